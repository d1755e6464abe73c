"""What reports read: visits to queues, more of each call, and the views for those who read the log themselves.

A later migration that changes a table which a view reads drops the view first, and makes it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VISITS = """
    INSERT INTO queue_visits (call_sid, seq, n, queue, outcome, waited, agent, talked, ended_by, at)
    SELECT call_sid, seq, n, coalesce(data->>'queue', ''),
        CASE kind WHEN 'connected' THEN 'answered' WHEN 'abandoned' THEN 'abandoned'
            ELSE coalesce(data->>'how', data->>'why', '') END,
        CAST(data->>'waited' AS INTEGER), data->>'agent',
        CASE WHEN kind = 'connected' AND next_kind = 'completed' THEN CAST(next_data->>'talked' AS INTEGER) END,
        CASE WHEN kind = 'connected' AND next_kind = 'completed' THEN next_data->>'by' END,
        at
    FROM (
        SELECT events.call_sid, events.seq, events.n, events.kind, events.data, records.at,
            lead(events.kind) OVER one_call AS next_kind, lead(events.data) OVER one_call AS next_data
        FROM events JOIN records ON records.call_sid = events.call_sid AND records.seq = events.seq
        WHERE events.kind IN ('connected', 'completed', 'abandoned', 'queue_exited', 'queue_refused')
        WINDOW one_call AS (PARTITION BY events.call_sid ORDER BY events.seq, events.n)
    ) AS told
    WHERE kind <> 'completed'
"""

OF_EVENTS = """
    UPDATE calls SET
        wanted_person = EXISTS (SELECT 1 FROM events WHERE events.call_sid = calls.call_sid AND kind IN
            ('queue_entered', 'queue_refused', 'dialing', 'dial_refused', 'message_left')),
        called_back = EXISTS (SELECT 1 FROM records WHERE records.call_sid = calls.call_sid
            AND input->>'kind' = 'started' AND coalesce(input->>'step', '') <> ''),
        queue = (SELECT data->>'queue' FROM events WHERE events.call_sid = calls.call_sid
            AND kind IN ('queue_entered', 'queue_refused', 'connected', 'abandoned', 'queue_exited')
            ORDER BY seq DESC, n DESC LIMIT 1),
        agent = (SELECT data->>'agent' FROM events WHERE events.call_sid = calls.call_sid
            AND kind = 'connected' ORDER BY seq DESC, n DESC LIMIT 1),
        served_at = (SELECT min(CASE kind WHEN 'dial_ended' THEN {dialled} ELSE records.at END) FROM events
            JOIN records ON records.call_sid = events.call_sid AND records.seq = events.seq
            WHERE events.call_sid = calls.call_sid AND (kind IN ('connected', 'goal_reached')
                OR kind = 'dial_ended' AND data->>'outcome' = 'answered'))
"""

DIALLED = {  # when the talk began, as its event tells the end
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', records.at, '-' || (data->>'seconds') || ' seconds')",
    "postgresql": "records.at - CAST((data->>'seconds') || ' seconds' AS interval)",
}

NO_SERVICE = "(calls.line IS NULL OR calls.line NOT LIKE 'service.%')"

OF_CALL = """calls.line, calls.version, calls.language, calls.caller_hash, calls.called_back"""

GOALS = {
    "sqlite": "json_each(calls.goals) AS goal",
    "postgresql": "json_array_elements_text(calls.goals) AS goal(value)",
}


def views(dialect: str) -> dict[str, str]:
    return {
        "v_calls": f"""
            SELECT calls.call_sid, {OF_CALL}, calls.caller_last4, calls.called, calls.queue, calls.agent,
                calls.started_at, calls.ended_at, calls.seconds, calls.how, calls.step, calls.served_at,
                calls.wanted_person, calls.goals, json_array_length(calls.goals) AS goals_reached,
                calls.path_hash
            FROM calls WHERE {NO_SERVICE}""",
        "v_queue_visits": f"""
            SELECT queue_visits.call_sid, queue_visits.seq, queue_visits.n, {OF_CALL}, queue_visits.queue,
                queue_visits.agent, queue_visits.outcome, queue_visits.waited, queue_visits.talked,
                queue_visits.ended_by, queue_visits.at
            FROM queue_visits JOIN calls ON calls.call_sid = queue_visits.call_sid WHERE {NO_SERVICE}""",
        "v_goals": f"""
            SELECT calls.call_sid, {OF_CALL}, calls.queue, calls.agent, calls.started_at, calls.ended_at,
                goal.value AS goal
            FROM calls, {GOALS[dialect]} WHERE {NO_SERVICE}""",
        "v_callbacks": """
            SELECT callbacks.id, callbacks.call_sid, callbacks.line, callbacks.version, callbacks.language,
                callbacks.queue, CAST(NULL AS TEXT) AS agent, callbacks.number_last4, callbacks.booked_at, callbacks.state, callbacks.tries,
                callbacks.called_at, callbacks.ended_at, callbacks.leg_sid, callbacks.why
            FROM callbacks""",
        "v_surveys_asked": f"""
            SELECT surveys_asked.call_sid, surveys_asked.seq, surveys_asked.line, surveys_asked.version,
                calls.language, calls.called_back, surveys_asked.caller_hash, surveys_asked.survey,
                surveys_asked.queue, surveys_asked.agent, surveys_asked.goal, surveys_asked.path_hash,
                surveys_asked.at
            FROM surveys_asked JOIN calls ON calls.call_sid = surveys_asked.call_sid WHERE {NO_SERVICE}""",
        "v_survey_answers": f"""
            SELECT survey_answers.call_sid, survey_answers.seq, survey_answers.line, survey_answers.version,
                calls.language, calls.called_back, calls.caller_hash, survey_answers.survey,
                survey_answers.question, survey_answers.kind, survey_answers.value, survey_answers.queue,
                survey_answers.agent, survey_answers.goal, survey_answers.path_hash, survey_answers.at
            FROM survey_answers JOIN calls ON calls.call_sid = survey_answers.call_sid WHERE {NO_SERVICE}""",
    }


def upgrade() -> None:
    no = sa.text("false") if op.get_bind().dialect.name == "postgresql" else sa.text("0")
    op.add_column("calls", sa.Column("queue", sa.Text, nullable=True))
    op.add_column("calls", sa.Column("agent", sa.Text, nullable=True))
    op.add_column("calls", sa.Column("served_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calls", sa.Column("wanted_person", sa.Boolean, nullable=False, server_default=no))
    op.add_column("calls", sa.Column("called_back", sa.Boolean, nullable=False, server_default=no))
    op.create_index("ix_calls_caller_hash_started_at", "calls", ["caller_hash", "started_at", "called_back", "line"])
    op.create_table(
        "queue_visits",
        sa.Column("call_sid", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("waited", sa.Integer, nullable=True),
        sa.Column("agent", sa.Text, nullable=True),
        sa.Column("talked", sa.Integer, nullable=True),
        sa.Column("ended_by", sa.Text, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "seq", "n", name="pk_queue_visits"),
        sqlite_with_rowid=False,
    )
    op.execute(OF_EVENTS.format(dialled=DIALLED[op.get_bind().dialect.name].replace(":", r"\:")))
    op.execute(VISITS)
    op.create_index("ix_queue_visits_at", "queue_visits", ["at"])
    for name, query in views(op.get_bind().dialect.name).items():
        op.execute(f"CREATE VIEW {name} AS {query}")
