"""Two thousand scripted calls through the local carrier; their key figures are counted by hand, from the scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hall import ANA, LINE, MONDAY, TEAM, TO, Hall, hall, talks

from ivr.phone import Script
from ivr.phone.acts import Act, read_script
from ivr.phone.events import Bridged, Event, Queued
from ivr.reports.kpi import Scope
from ivr.reports.report import report
from ivr.store.embedded import Embedded

WHOLE = LINE.replace("start: agents\n", "start: choice\n").replace(
    "steps:\n",
    """\
steps:
  choice:
    menu:
      1 -> told:
        en-US: For the timetable
        es-MX: Para los horarios
      2 -> agents:
        en-US: To talk to us
        es-MX: Para hablar con nosotros
      3 -> word:
        en-US: To leave a message
        es-MX: Para dejar un mensaje
    give_up: gone
  told:
    say:
      en-US: At nine.
      es-MX: A las nueve.
    goal: told
    go: hangup
  word:
    voicemail: main
    go: hangup
  asked:
    survey: satisfaction
    csat:
      en-US: How satisfied?
      es-MX: ¿Qué tan satisfecho?
    nps:
      en-US: How likely?
      es-MX: ¿Qué tan probable?
    ces:
      en-US: How easy?
      es-MX: ¿Qué tan fácil?
    go: after
""",
    1,
).replace("answered: after", "answered: asked")  # fmt: skip

DAY_AND_NIGHT = TEAM.replace("Mo-Fr 08:00-18:00", "24/7").replace("agents: [ana, raj]", "agents: [ana]")

SLOTS, APART = 150, 300
"""A talk and somebody who gives up waiting meanwhile, and how many seconds there are from one to the next."""

ALONE = 1700
"""Calls that need nobody."""

TALK = 120
TEN = {10: "1 0"}
"""Ten is two keys."""


class Timed(Script):
    """A caller with a watch: how long it was from the queue to the talk."""

    def __init__(self, acts: Iterable[Act], h: Hall) -> None:
        super().__init__(acts)
        self._hall = h
        self._queued: datetime | None = None
        self.waited = 0.0

    def hear(self, event: Event) -> None:
        """Looks at the watch."""
        if isinstance(event, Queued) and self._queued is None:
            self._queued = self._hall.now()
        elif isinstance(event, Bridged) and self._queued is not None:
            self.waited = (self._hall.now() - self._queued).total_seconds()


@dataclass
class ByHand:
    """What the scripts say."""

    calls: int = 0
    contained: int = 0
    helped: int = 0
    talks: list[Timed] = field(default_factory=list)
    gave_up: list[int] = field(default_factory=list)  # seconds in the queue
    csat: list[int] = field(default_factory=list)
    nps: list[int] = field(default_factory=list)
    ces: list[int] = field(default_factory=list)


def place(h: Hall, random: Random) -> ByHand:
    """All calls, each with what it comes to."""
    by_hand = ByHand()
    rings = [random.choice((2, 11)) for _ in range(SLOTS)]
    h.phone(ANA, *(talks(TALK, after=ring) for ring in rings))
    for slot, ring in enumerate(rings):
        at = slot * APART
        answers = random.randrange(4)
        marks = (random.randint(1, 5), random.choice((0, 5, 6, 7, 9, 10)), random.randint(1, 7))
        keys = " ".join((str(marks[0]), TEN.get(marks[1], f"{marks[1]}"), str(marks[2])) if answers == 3 else
                        (str(marks[0]), TEN.get(marks[1], f"{marks[1]}"), "hangup") if answers == 2 else
                        (str(marks[0]), "hangup") if answers == 1 else ("hangup",))  # fmt: skip
        caller = Timed(read_script(f"2 wait:{TALK + ring + 12} {keys}"), h)
        h.calls.append(h.exchange.call(TO, f"+1312555{slot:04}", caller, at=h.now() + timedelta(seconds=at)))
        by_hand.talks.append(caller)
        for asked, got in zip((by_hand.csat, by_hand.nps, by_hand.ces), marks[:answers], strict=False):
            asked.append(got)
        patience = random.choice((2, 10, 40, 80))
        h.call(f"2 wait:{patience} hangup", from_=f"+1773555{slot:04}", after=at + 30)
        by_hand.gave_up.append(patience)
    by_hand.calls = 2 * SLOTS
    callers: Counter[str] = Counter()
    for number in range(ALONE):
        at = random.randrange(SLOTS * APART)
        kind = random.choice(("told", "told", "told", "again", "silent", "wrong", "gone", "word"))
        caller = f"+1847555{number:04}" if kind != "again" else "+18475559999"
        script = {
            "told": "1", "again": "1", "silent": "silence silence silence", "wrong": "7 8 7", "gone": "wait:1 hangup",
            "word": "3 speak:5:#",
        }[kind]  # fmt: skip
        h.call(script, from_=caller, after=at)
        by_hand.calls += 1
        by_hand.contained += kind != "word"
        by_hand.helped += kind == "told"
        callers[caller] += kind == "again"
    by_hand.helped += 1  # the last call of whoever called again and again
    return by_hand


@pytest.mark.long
@pytest.mark.parametrize("seed", [6])
def test_the_figures_are_those_that_one_counts_by_hand(tmp_path: Path, valkey: Embedded, seed: int) -> None:
    """Calls, containment, waits, service level, abandonment, marks: what the report says is what the scripts say."""
    with hall(tmp_path, valkey.url, line=WHOLE, team=DAY_AND_NIGHT, every=2) as h:
        h.agent("ana")
        by_hand = place(h, Random(seed))
        h.run()
        over = h.now()
        told = report(
            h.parts.engine,
            Scope(MONDAY - timedelta(minutes=1), over + timedelta(minutes=1), now=over + timedelta(days=30)),
            MONDAY.tzinfo,  # type: ignore[arg-type]
        )
        figures = {section.kpi.name: section.whole for section in told.sections}
    assert by_hand.calls == len(h.calls) == figures["calls"].value
    assert figures["containment"].value == pytest.approx(by_hand.contained / by_hand.calls)
    assert figures["true_containment"].value == pytest.approx(by_hand.helped / by_hand.calls)
    waits = [caller.waited for caller in by_hand.talks]
    assert min(abs(wait - 20) for wait in waits) > 1  # none is a second from the limit
    long = [patience for patience in by_hand.gave_up if patience >= 5]
    assert figures["handled"].value == SLOTS
    assert figures["abandoned"].value == SLOTS
    assert figures["asa"].value == pytest.approx(sum(waits) / SLOTS, abs=1)
    assert figures["abandonment"].value == pytest.approx(len(long) / (SLOTS + len(long)))
    in_time = sum(wait <= 20 for wait in waits)
    assert figures["service_level"].value == pytest.approx(in_time / (SLOTS + len(long)))
    assert figures["talk_time"].value == pytest.approx(TALK, abs=1)
    asked = figures["csat"], figures["nps"], figures["ces"]
    for figure, marks in zip(asked, (by_hand.csat, by_hand.nps, by_hand.ces), strict=True):
        assert figure.n == len(marks)
    assert figures["csat"].value == pytest.approx(sum(mark >= 4 for mark in by_hand.csat) / len(by_hand.csat))
    promoters, detractors = (sum(map(which, by_hand.nps)) for which in ((9).__le__, (6).__ge__))
    assert figures["nps"].value == pytest.approx(100 * (promoters - detractors) / len(by_hand.nps))
    assert figures["ces"].value == pytest.approx(sum(mark > 4 for mark in by_hand.ces) / len(by_hand.ces))
