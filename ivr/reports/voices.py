"""What callers said: comments in surveys and messages, each with the marks that the same call gave."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, Integer, Select, and_, case, cast, exists, func, or_, select, true

from ivr.reports.call_wanted import MEASURES, Range
from ivr.reports.kpi import Scope
from ivr.reports.named import NONE, named, one_of
from ivr.store.desk_tables import messages
from ivr.store.log_tables import calls
from ivr.store.survey_tables import survey_answers

Order = Literal["newest", "lowest"]
What = Literal["all", "comment", "message"]

MOST = 10_000
"""So many are counted; of more it is said that they are more."""

NO_MARK = 101
"""Where a call gave no mark: behind all that did, from 0 to 100."""

_KINDS: dict[What, tuple[str, ...]] = {
    "all": ("comment", "message"), "comment": ("comment",), "message": ("message",),
}  # fmt: skip

Place = tuple[int, int]
"""Where a page ends: the lowest mark of the call (`NO_MARK` where the newest come first), and the id."""


@dataclass(frozen=True, slots=True)
class Score:
    """A mark that a call gave: of which kind, from `low` to `high`; `level` is high, middle or low."""

    kind: str
    question: str
    value: int

    @property
    def of(self) -> int:
        """The highest that it could be."""
        return MEASURES.get(self.kind, (0, 0))[1]

    @property
    def level(self) -> str:
        """How good it is: below the middle third, or above it."""
        lowest, highest = MEASURES.get(self.kind, (0, 1))
        share = (self.value - lowest) / (highest - lowest)
        return "low" if share < 0.4 else "high" if share > 0.6 else "middle"


@dataclass(frozen=True, slots=True)
class Voice:
    """A comment or a message. `box` is the survey of a comment, the box of a message."""

    id: int
    call_sid: str
    seq: int
    kind: str
    box: str
    left_at: datetime
    seconds: int
    audio: str
    line: str | None
    language: str | None
    last4: str | None
    queue: str | None
    agent: str | None
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Voices:
    """A page of them; `number` is all, `MOST` at most: `more` says that there are more. `older` is where it ends."""

    voices: tuple[Voice, ...]
    number: int
    older: Place | None
    more: bool = False


def voices(
    engine: Engine,
    scope: Scope,
    *,
    what: What = "all",
    order: Order = "newest",
    survey: str | None = None,
    score: tuple[str, Range] | None = None,
    after: Place | None = None,
    size: int = 20,
) -> Voices:
    """A page of comments and messages: the newest first, or those of the calls with the lowest mark first.

    Raises SQLAlchemyError.
    """
    mark = _lowest().label("mark")
    whole = _whole(scope, what, survey, score, mark if order == "lowest" else None)
    with engine.connect() as connection:
        some = whole.with_only_columns(messages.c.id, maintain_column_froms=True).limit(MOST + 1).subquery()
        number: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
        rows = [
            row
            for each in ((messages.c.kind == kind for kind in _KINDS[what]) if order == "newest" else (true(),))
            for row in connection.execute(_page(whole.where(each), order, after, size + 1)).mappings()
        ]
        if order == "newest":
            # Each kind by itself: their index has the newest of a kind, and not of both.
            rows = sorted(rows, key=lambda row: (row["left_at"], row["id"]), reverse=True)[: size + 1]
        scores = _scores(connection, [row["call_sid"] for row in rows[:size]])
    found = tuple(
        Voice(
            **{name: row[name] for name in Voice.__slots__ if name != "scores"}, scores=scores.get(row["call_sid"], ())
        )
        for row in rows[:size]
    )
    last = rows[size - 1] if len(rows) > size else None
    older = None if last is None else (last.get("mark", NO_MARK), last["id"])
    return Voices(found, min(number, MOST), older, number > MOST)


def _whole(
    scope: Scope, what: What, survey: str | None, score: tuple[str, Range] | None, mark: ColumnElement[int] | None
) -> Select[Any]:
    answer = survey_answers
    queue = func.coalesce(answer.c.queue, calls.c.queue).label("queue")
    agent = func.coalesce(answer.c.agent, calls.c.agent).label("agent")
    names = ("id", "call_sid", "seq", "kind", "box", "left_at", "seconds", "audio")
    columns = [*(messages.c[it] for it in names), calls.c.line, calls.c.language, calls.c.caller_last4.label("last4")]
    query = select(*columns, queue, agent, *([] if mark is None else [mark]))
    query = query.join_from(messages, calls, calls.c.call_sid == messages.c.call_sid, isouter=True)
    query = query.outerjoin(answer, and_(answer.c.call_sid == messages.c.call_sid, answer.c.seq == messages.c.seq))
    query = query.where(messages.c.left_at >= scope.since, messages.c.left_at < scope.until)
    query = query.where(or_(calls.c.line.is_(None), calls.c.line.not_like("service.%")))
    # Always said: there is an index of both.
    query = query.where(messages.c.kind.in_(_KINDS[what]))
    if survey is not None:
        query = query.where(messages.c.kind == "comment", messages.c.box == survey)
    for name in ("line", "version", "language"):
        if (wanted := getattr(scope, name)) is not None:
            # In this way, or SQLite begins with all calls of that name, however few messages there are.
            query = query.where(func.coalesce(calls.c[name], "") == ("" if wanted == NONE else wanted))
    if scope.queues is not None:
        query = query.where(one_of(func.coalesce(answer.c.queue, calls.c.queue), scope.queues))
    if scope.agent is not None:
        query = query.where(named(func.coalesce(answer.c.agent, calls.c.agent), scope.agent))
    if score is not None:
        kind, marks = score
        given = survey_answers.alias()
        between = given.c.value.between(marks.low or 0, marks.high if marks.high is not None else 10)
        query = query.where(exists().where(given.c.call_sid == messages.c.call_sid, given.c.kind == kind, between))
    return query


def _page(whole: Select[Any], order: Order, after: Place | None, size: int) -> Select[Any]:
    if order == "newest":
        if after is not None:
            left = select(messages.c.left_at).where(messages.c.id == after[1]).scalar_subquery()
            older = and_(messages.c.left_at == left, messages.c.id < after[1])
            whole = whole.where(or_(messages.c.left_at < left, older))
        return whole.order_by(messages.c.left_at.desc(), messages.c.id.desc()).limit(size)
    each = whole.subquery()
    query = select(each)
    if after is not None:
        query = query.where(or_(each.c.mark > after[0], and_(each.c.mark == after[0], each.c.id < after[1])))
    return query.order_by(each.c.mark, each.c.id.desc()).limit(size)


def _lowest() -> ColumnElement[int]:
    """The lowest mark that the call gave, each from 0 to 100."""
    given = survey_answers.alias()
    hundredths = case(
        *(
            (given.c.kind == kind, (given.c.value - lowest) * 100 / (highest - lowest))
            for kind, (lowest, highest) in MEASURES.items()
        )
    )
    least = select(func.min(cast(hundredths, Integer))).where(given.c.call_sid == messages.c.call_sid)
    return func.coalesce(least.correlate(messages).scalar_subquery(), NO_MARK)


def _scores(connection: Any, sids: list[str]) -> dict[str, tuple[Score, ...]]:
    it = survey_answers.c
    query = select(it.call_sid, it.kind, it.question, it.value).where(it.call_sid.in_(sids), it.value.is_not(None))
    found: dict[str, list[Score]] = defaultdict(list)
    for row in connection.execute(query.order_by(it.call_sid, it.seq)):
        found[row.call_sid].append(Score(row.kind, row.question, row.value))
    return {sid: tuple(scores) for sid, scores in found.items()}
