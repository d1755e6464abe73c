"""All of it, day after day: who calls, what becomes of them in the menu, in the queues and after it, as rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from ivr.call import Call
from ivr.call.inputs import HungUp, QueueLeft, Released, Started, Told, Waited
from ivr.call.wants import JoinQueue, MaySurvey, Want
from ivr.menu import Flow
from ivr.menu.steps import Queue as QueueStep
from ivr.menu.team import Queue, Team
from ivr.store.callers import CallerHash, last_four
from ivr.store.demo_calls import PREFIX
from ivr.switchboard.demo.agents import AgentRows
from ivr.switchboard.demo.callers import Callers, language, number
from ivr.switchboard.demo.crew import Crew
from ivr.switchboard.demo.days import HOURS, Day, days
from ivr.switchboard.demo.hall import Hall
from ivr.switchboard.demo.library import Book
from ivr.switchboard.demo.persona import Guide, Persona
from ivr.switchboard.demo.plan import Issue, Plan, issues, tables_beside
from ivr.switchboard.demo.rows import Batch, Writing
from ivr.switchboard.demo.tape import Tape
from ivr.switchboard.demo.visits import Booking, Visit
from ivr.switchboard.demo.waits import wait
from ivr.switchboard.demo.walk import World, tables_of, walk
from ivr.switchboard.menu_folder import beside
from ivr.switchboard.surveys import drawn
from ivr.switchboard.tables import Tables

AT_ONCE = 2000
"""Calls in a batch."""

LOST = 0.0025
"""The share of calls whose end nobody reports."""

PILOTS = 300
"""Calls by which it is told how many come to the queues."""


@dataclass(slots=True)
class _Line:
    """A line through time."""

    issues: list[Issue]
    begins: list[float]
    books: dict[int, Book]
    share: float

    @property
    def flow(self) -> Flow:
        return self.issues[-1].edition.flow


@dataclass(slots=True)
class _Going:
    """A call that is made. `at` is when it began, in seconds since 1970."""

    sid: str
    at: float
    number: str
    who: int  # which caller
    tape: Tape
    caller: Persona


class Making:
    """The calls of a plan. The same plan makes the same calls."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._team = beside(plan.menus) or Team()
        self._world = World(Tables(plan.menus))
        self._hashes = CallerHash(plan.key)
        self._rows = Writing(self._hashes, self._resolved)
        tables = tables_of(tables_beside(plan.menus))
        self._lines = self._of_issues(issues(plan))
        self._guides = {
            it.edition.version: Guide(it.edition.flow, tables) for line in self._lines for it in line.issues
        }
        self._callers = Callers(self._dice("callers"))
        self._talks = self._dice("talks")
        self._desk = self._dice("desk")
        self._ids = self._dice("sids")
        self._asked: dict[tuple[int, str], list[float]] = {}
        self._by_sid: dict[str, _Going] = {}
        self._count = 0
        self._most = min(150, max(12, plan.calls // 400))
        self._to_queues = self._pilot()
        days_ = max((plan.until - plan.since) / timedelta(days=1), 1)
        spoken = sorted({it for line in self._lines for it in line.flow.languages})
        first = max(self._lines, key=lambda it: it.share).flow
        spoken.sort(key=lambda it: first.languages.index(it) if it in first.languages else 99)
        busiest = plan.calls / days_ * self._to_queues * max(HOURS) / sum(HOURS)
        self._crew = Crew(self._team, self._queues(), spoken, busiest, self._dice("crew"))
        self._zone = first.zone
        self._agents = AgentRows(self._rows.moment, self._dice("codes"), self._team)

    def _dice(self, name: str) -> Random:
        return Random(f"{self._plan.seed} {name}")  # noqa: S311 - nothing is kept secret by them

    def _of_issues(self, found: list[Issue]) -> list[_Line]:
        names = sorted({it.line for it in found})
        lines = [[it for it in found if it.line == name] for name in names]
        whole = sum(len(line[-1].edition.flow.steps) for line in lines)
        return [
            _Line(line, [it.at.timestamp() for it in line], {}, len(line[-1].edition.flow.steps) / whole)
            for line in lines
        ]

    def _queues(self) -> list[str]:
        used = {
            step.act.queue
            for line in self._lines
            for step in line.flow.steps.values()
            if isinstance(step.act, QueueStep)
        }
        return [name for name in self._team.queues if name in used]

    def _resolved(self, at: float) -> tuple[float | None, str | None]:
        """When somebody did what a message asks for."""
        done = at + 300 + self._desk.expovariate(1 / 14_000)
        if done > self._plan.until.timestamp() or self._desk.random() < 0.03 or not self._crew.members:
            return None, None
        return done, self._desk.choice(self._crew.members).agent.id

    def _pilot(self) -> float:
        """The share of calls that come to a queue at a busy hour."""
        dice, joined = self._dice("pilot"), 0
        line = max(self._lines, key=lambda it: it.share)
        # A Tuesday at eleven, a little after the beginning.
        day = self._plan.since + timedelta(days=(1 - self._plan.since.weekday()) % 7)
        at = day.astimezone(line.flow.zone).replace(hour=11, minute=0, second=0).timestamp() + 0.5
        book = Book(line.flow, "", self._guides[line.issues[-1].edition.version], self._world, 0)
        for turn in range(PILOTS):
            spoken = language(turn, line.flow.languages)
            joined += isinstance(book.begin(at, "pilot", "+13125550100", spoken, dice).want, JoinQueue)
        return joined / PILOTS

    # Days

    def batches(self) -> Iterator[Batch]:
        """The rows, in the order of days."""
        plan, batch = self._plan, Batch()
        planned = days(plan.calls, plan.since, plan.until, self._zone, self._dice("days"), self._off)
        carried: list[Booking] = []
        owed, to_come = 0, plan.calls  # calls by which others were called back come off those of later days
        for turn, day in enumerate(planned):
            to_come -= day.calls
            taken = min(owed, day.calls)
            owed -= taken
            dice = self._dice(f"day {day.date}")
            going, hall = self._day(turn, day, day.calls - taken, carried, dice, to_come - owed)
            owed += hall.called
            last = turn == len(planned) - 1
            for one in going:
                lost = self._ids.random() < LOST and one.tape.loses_end()
                self._rows.add(batch, one.tape, one.sid, one.at, one.number, lost=lost)
                if batch.calls >= AT_ONCE:
                    yield batch
                    batch = Batch()
            carried = [it for it in hall.bookings if it.state == "booked"]
            over = hall.bookings if last else [it for it in hall.bookings if it.state != "booked"]
            batch.rows["callbacks"] += [self._callback(it) for it in over]
            self._agents.add(batch, hall.changes)
            kept = {it.visit.sid for it in carried}
            self._by_sid = {sid: one for sid, one in self._by_sid.items() if sid in kept}
        self._agents.end(batch, plan.until.timestamp())
        yield batch

    def _day(
        self, turn: int, day: Day, calls: int, carried: list[Booking], dice: Random, most_back: int
    ) -> tuple[list[_Going], Hall]:
        """The calls of a day, those too by which others were called back; and its queues."""
        going: list[_Going] = []
        visits: list[Visit] = []
        for at in Day(day.date, calls, day.hours, day.begins, day.ends).moments(dice):
            line = dice.choices(self._lines, weights=[it.share for it in self._lines])[0]
            one, want = self._begin(line, at, dice)
            going.append(one)
            if (visit := self._goes_on(one, want)) is not None:
                visits.append(visit)
        busiest = day.calls * self._to_queues * max(day.hours) / sum(day.hours)
        shifts = self._crew.shifts(self._office(day.date), busiest, turn, self._dice(f"shifts {day.date}"))
        hall = Hall(self._team, shifts, dice, self._call_back, most_back)
        hall.run(visits, carried)
        back = [self._by_sid[it.leg] for it in hall.bookings if it.leg is not None and it.state == "done"]
        going += sorted(back, key=lambda it: it.sid)
        for visit in [*visits, *hall.calls]:
            one = self._by_sid[visit.sid]
            self._ends(one, wait(one.tape, visit, one.caller, self._world, self._may_survey))
        for one in going:
            served = bool(one.tape.row.goals) or one.tape.row.agent is not None
            self._callers.was(one.who, one.at + one.tape.now, served=served)
        return going, hall

    def _off(self, day: date) -> bool:
        """Whether the office is closed on a day."""
        return not self._office(day) if self._queues() or self._first_hours() else day.weekday() == 6

    def _first_hours(self) -> bool:
        return any(line.flow.hours for line in self._lines)

    def _office(self, day: date) -> list[tuple[float, float]]:
        """When the queues are open on a day; where there are none, a line's first hours. In seconds since 1970."""
        openings = [self._team.queues[name].opening for name in self._queues()]
        openings = openings or [next(iter(line.flow.hours.values())) for line in self._lines if line.flow.hours]
        zone = next((it.zone for it in openings if it), self._zone)
        begins = datetime(day.year, day.month, day.day, tzinfo=zone)
        if not any(openings):
            return [((begins + timedelta(hours=8)).timestamp(), (begins + timedelta(hours=20)).timestamp())]
        found = []
        for opening in openings:
            if opening is not None:
                for since, until, *_ in opening.rules.intervals(begins, begins + timedelta(days=1)):
                    middle = since + (until - since) / 2
                    if opening.is_open(middle):
                        found.append((since.timestamp(), until.timestamp()))
        return sorted(set(found))

    # Calls

    def _sid(self) -> str:
        self._count += 1
        return f"{PREFIX}{self._count:08x}{self._ids.getrandbits(64):016x}"

    def _begin(self, line: _Line, at: float, dice: Random) -> tuple[_Going, Want | None]:
        place = bisect_right(line.begins, at) - 1
        if place not in line.books:
            issue = line.issues[place]
            guide = self._guides[issue.edition.version]
            # Those of before are not needed again: calls come in order.
            line.books = {place: Book(issue.edition.flow, issue.edition.version, guide, self._world, self._most)}
        book = line.books[place]
        who = self._callers.next(at)
        sid, shown = self._sid(), number(who, dice)
        begun = book.begin(at, sid, shown, language(who, book.flow.languages), dice)
        return _Going(sid, at, shown, who, begun.tape, begun.caller), begun.want

    def _goes_on(self, one: _Going, want: Want | None) -> Visit | None:
        """Goes on until the call is over, or in a queue: as a visit, of which the hall says more."""
        while want is not None:
            match want:
                case MaySurvey():
                    told = self._may_survey(one.tape, want, one.tape.at())
                    want = walk(one.tape, one.tape.take(told), one.caller, self._world, self._may_survey)
                case JoinQueue(queue=name) if name in self._team.queues:
                    self._by_sid[one.sid] = one
                    return self._visit(one, self._team.queues[name])
                case _:
                    turn = one.tape.take(Released(one.tape.at(), "unavailable"))
                    want = walk(one.tape, turn, one.caller, self._world, self._may_survey)
        return None

    def _visit(self, one: _Going, queue: Queue) -> Visit:
        spoken = one.tape.call.language
        return Visit(one.sid, one.at, one.tape.now, queue, spoken, one.number != "anonymous")

    def _ends(self, one: _Going, want: Want | None) -> None:
        """Who comes to a queue for the second time in a call hangs up at once."""
        tape = one.tape
        while isinstance(want, MaySurvey):
            turn = tape.take(self._may_survey(tape, want, tape.at()))
            want = walk(tape, turn, one.caller, self._world, self._may_survey)
        if isinstance(want, JoinQueue):
            tape.take(Waited(tape.at(), queue=want.queue))
            tape.now += 1
            tape.take(QueueLeft(tape.at(), "hangup"))
        if want is not None:
            tape.take(HungUp(tape.at()))

    def _may_survey(self, tape: Tape, want: MaySurvey, at: datetime) -> Told:
        """As the service decides it: by the share, and by how often this caller was asked."""
        one = self._by_sid.get(tape.call.sid)
        if not drawn(tape.call.sid, want.survey, want.share):
            return Told(at, "not_found", why="not_drawn")
        if want.times and one is not None and one.number != "anonymous":
            asked = self._asked.setdefault((one.who, want.survey), [])
            now = at.timestamp()
            if sum(it >= now - want.seconds for it in asked) >= want.times:
                return Told(at, "not_found", why="asked_before")
            asked.append(now)
        return Told(at, "found")

    # Callbacks

    def _call_back(self, booking: Booking, at: float) -> Visit:
        """The call by which somebody is called back, who has pressed 1."""
        before = self._by_sid[booking.visit.sid]
        flow, call = before.tape.flow, before.tape.call
        base = int(at) + 1 + self._talks.randrange(1, 1000) / 1000
        sid = self._sid()
        tape = Tape(flow, Call(sid, call.version, call.line, before.number, call.to), datetime.fromtimestamp(base, UTC))
        step = _step_of(flow, booking.visit.queue.name)
        tape.take(Started(tape.at(), before.number, call.to, call.line, call.version, step, booking.visit.language))
        caller = before.caller
        one = _Going(sid, base, before.number, before.who, tape, caller)
        self._by_sid[sid] = one
        return Visit(sid, base, 0, booking.visit.queue, booking.visit.language, booking=booking)

    def _callback(self, it: Booking) -> tuple[object, ...]:
        one, queue = self._by_sid[it.visit.sid], it.visit.queue
        moment, call = self._rows.moment, one.tape.call
        if it.state == "booked":
            it.state, it.who, it.why, it.ended = "cancelled", "the service", "nobody came to it", it.next_at
        joined = it.visit.base + it.visit.joined
        times = [None if at is None else moment(at) for at in (it.called, it.ended)]
        return (
            f"{one.sid}-{queue.name}"[:64], queue.name, call.line, call.version, _step_of(one.tape.flow, queue.name),
            it.visit.language, call.to, None, self._hashes.of(one.number) or "", last_four(one.number) or "", one.sid,
            joined, joined - queue.priority, moment(it.booked), it.state, it.tries, moment(it.next_at), it.leg, *times,
            it.who, it.why,
        )  # fmt: skip


def _step_of(flow: Flow, queue: str) -> str:
    """The step by which callers come to a queue."""
    steps = flow.steps.values()
    return next(it.name for it in steps if isinstance(it.act, QueueStep) and it.act.queue == queue)


def batches(plan: Plan) -> Generator[Batch, None, None]:
    """The rows of a plan."""
    yield from Making(plan).batches()
