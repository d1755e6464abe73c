"""What agents did when: their states and their wrap-ups; what waiting callers were told; and the views of all that."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LASTING = sa.text("ended_at IS NULL")
MISSED = sa.text("how IN ('missed', 'expired')")

NO_SERVICE = "(calls.line IS NULL OR calls.line NOT LIKE 'service.%')"
OF_CALL = "calls.line, calls.version, calls.language, calls.caller_hash, calls.called_back"

TOLD = """
    INSERT INTO waits_told (call_sid, seq, n, queue, agent, low, high, at, outcome, ended_at)
    SELECT events.call_sid, events.seq, events.n, coalesce(events.data->>'queue', ''), visit.agent,
        CAST(events.data->>'low' AS INTEGER), CAST(events.data->>'high' AS INTEGER), records.at,
        visit.outcome, visit.at
    FROM events
        JOIN records ON records.call_sid = events.call_sid AND records.seq = events.seq
        LEFT JOIN queue_visits AS visit ON visit.call_sid = events.call_sid
            AND visit.seq = (SELECT min(seq) FROM queue_visits AS later
                WHERE later.call_sid = events.call_sid AND later.seq > events.seq)
            AND visit.n = (SELECT min(n) FROM queue_visits AS first
                WHERE first.call_sid = visit.call_sid AND first.seq = visit.seq)
    WHERE events.kind = 'wait_told' AND events.data->>'low' IS NOT NULL AND events.data->>'high' IS NOT NULL
"""

OFFERS = """
    UPDATE queue_visits SET offer = (SELECT data->>'offer' FROM events
        WHERE events.call_sid = queue_visits.call_sid AND events.seq = queue_visits.seq AND events.n = queue_visits.n)
    WHERE outcome = 'answered'
"""

VIEWS = {
    "v_queue_visits": f"""
        SELECT queue_visits.call_sid, queue_visits.seq, queue_visits.n, {OF_CALL}, queue_visits.queue,
            queue_visits.agent, queue_visits.outcome, queue_visits.waited, queue_visits.talked,
            wrap_ups.seconds AS wrapped, queue_visits.ended_by, queue_visits.at
        FROM queue_visits JOIN calls ON calls.call_sid = queue_visits.call_sid
            LEFT JOIN wrap_ups ON wrap_ups.offer = queue_visits.offer
        WHERE {NO_SERVICE}""",
    "v_waits_told": f"""
        SELECT waits_told.call_sid, waits_told.seq, waits_told.n, {OF_CALL}, waits_told.queue, waits_told.agent,
            waits_told.low, waits_told.high, waits_told.at, waits_told.outcome, waits_told.ended_at
        FROM waits_told JOIN calls ON calls.call_sid = waits_told.call_sid WHERE {NO_SERVICE}""",
    "v_agent_states": f"""
        SELECT agent_states.agent, agent_states.state, agent_states.reason, agent_states.how,
            agent_states.began_at, agent_states.ended_at, agent_states.queue, agent_states.call_sid, {OF_CALL}
        FROM agent_states LEFT JOIN calls ON calls.call_sid = agent_states.call_sid""",
    "v_missed_offers": f"""
        SELECT agent_states.call_sid, {OF_CALL}, agent_states.queue, agent_states.agent, agent_states.how,
            agent_states.began_at AS at
        FROM agent_states JOIN calls ON calls.call_sid = agent_states.call_sid
        WHERE agent_states.how IN ('missed', 'expired') AND {NO_SERVICE}""",
    "v_wrap_ups": f"""
        SELECT wrap_ups.call_sid, {OF_CALL}, wrap_ups.queue, wrap_ups.agent, wrap_ups.code, wrap_ups.seconds,
            wrap_ups.began_at, wrap_ups.ended_at
        FROM wrap_ups JOIN calls ON calls.call_sid = wrap_ups.call_sid WHERE {NO_SERVICE}""",
}


def upgrade() -> None:
    op.execute("DROP VIEW v_queue_visits")
    _agents()
    _waits()
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def _agents() -> None:
    op.create_table(
        "agent_states",
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("offer", sa.Text, nullable=True),
        sa.Column("call_sid", sa.Text, nullable=True),
        sa.Column("queue", sa.Text, nullable=True),
        sa.Column("follows", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("agent", "id", name="pk_agent_states"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_agent_states_began_at", "agent_states", ["began_at"])
    op.create_index("ix_agent_states_call_sid", "agent_states", ["call_sid"])
    op.create_index(
        "ix_agent_states_lasting", "agent_states", ["agent"], sqlite_where=LASTING, postgresql_where=LASTING
    )
    op.create_index(
        "ix_agent_states_missed", "agent_states", ["began_at"], sqlite_where=MISSED, postgresql_where=MISSED
    )
    op.create_table(
        "wrap_ups",
        sa.Column("offer", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("seconds", sa.Integer, nullable=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("noted", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("offer", name="pk_wrap_ups"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_wrap_ups_call_sid", "wrap_ups", ["call_sid"])
    op.create_index("ix_wrap_ups_began_at", "wrap_ups", ["began_at"])
    op.create_table(
        "rollup_agents",
        sa.Column("span", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("begins", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("seconds", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("span", "begins", "agent", "what", "name", "queue", name="pk_rollup_agents"),
        sqlite_with_rowid=False,
    )
    op.add_column("queue_visits", sa.Column("offer", sa.Text, nullable=True))
    op.execute(OFFERS)


def _waits() -> None:
    op.create_table(
        "waits_told",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=True),
        sa.Column("low", sa.Integer, nullable=False),
        sa.Column("high", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("call_sid", "seq", "n", name="pk_waits_told"),
        sqlite_with_rowid=False,
    )
    op.execute(TOLD)
    op.create_index("ix_waits_told_at", "waits_told", ["at"])
