"""Scripted calls placed: each on the real application, several at once, and what came of it."""

from __future__ import annotations

import os
import queue
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import chain
from pathlib import Path

from redis import Redis

from ivr.cli.faked import Faked, misfits
from ivr.cli.trial import MOST_SERVICES, Ground, Trial, ground, service
from ivr.menu import Flow
from ivr.phone import Event, ManualClock, PhoneCall, Script
from ivr.phone.events import Began, Did
from ivr.phone.scripts import CallScript, answer_line, matches, rewritten
from ivr.phone.transcript import lines, words

WORKS_EVERY = 20.0
"""Seconds of a script's clock between two rounds of the worker. Callers are offered with each piece of a wait, too."""

AT_ONCE = min(MOST_SERVICES, 2 * (os.cpu_count() or 1))
"""Services that are called at the same time."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A script to be run: its file, its text, what it says, and the menu file that it calls, checked."""

    path: Path
    text: str
    script: CallScript
    menu: Path
    flow: Flow


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a script.

    `problems` are sentences, each with the number of a line in the script's file (0 for the whole of it). `heard`
    is the script's text as the call would write it; `same` tells that it says what the file says. `whole` tells
    that the call went as the script does it, so that `heard` may take the file's place.
    """

    placed: Placed
    same: bool
    heard: str
    problems: tuple[tuple[int, str], ...] = ()
    whole: bool = True

    @property
    def passed(self) -> bool:
        """Whether everything was as the script says."""
        return self.same and not self.problems


def run_all(scripts: Iterable[Placed], done: Callable[[Verdict], None]) -> list[Verdict]:
    """The verdicts, in the order of the scripts. `done` is told each as it comes, from several threads."""
    scripts = list(scripts)
    portions = _portions(scripts)
    if not portions:
        return []
    with ground() as shared, ThreadPoolExecutor(AT_ONCE) as pool:
        numbers: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(AT_ONCE):
            numbers.put(number)
        verdicts = chain.from_iterable(pool.map(lambda part: _portion(part, shared, numbers, done), portions))
        found = {verdict.placed.path: verdict for verdict in verdicts}
    return [found[placed.path] for placed in scripts]


def _portions(scripts: list[Placed]) -> list[list[Placed]]:
    """The scripts in portions for one service each: of one menu file, and so many that all hands are busy."""
    most = max(4, -(-len(scripts) // AT_ONCE))
    by_menu: dict[Path, list[Placed]] = {}
    for placed in scripts:
        by_menu.setdefault(placed.menu, []).append(placed)
    return [group[first : first + most] for group in by_menu.values() for first in range(0, len(group), most)]


def _portion(
    scripts: list[Placed], shared: Ground, numbers: queue.SimpleQueue[int], done: Callable[[Verdict], None]
) -> list[Verdict]:
    """The verdicts of scripts of one menu file. Nothing that goes wrong in one keeps the others from running."""
    number = numbers.get()
    verdicts: list[Verdict] = []
    rows: list[str] = []
    clock, faked = ManualClock(), Faked(rows.append, servers=False)
    redis = Redis.from_url(shared.redis_of(number))
    try:
        with service(scripts[0].menu, clock, faked, on=shared, number=number) as trial:
            for placed in scripts:
                try:
                    rows.clear()
                    redis.flushdb()  # no call finds what another one left
                    trial.forget()
                    verdict = _run(placed, _Line(trial, clock, faked, rows))
                except Exception as error:  # whatever it is, the other scripts are run
                    verdict = _broken(placed, f"this script broke the test, {_where(error)}")
                verdicts.append(verdict)
                done(verdict)
    except Exception as error:  # likewise: no service, or one that would not end
        for placed in scripts[len(verdicts) :]:
            verdicts.append(_broken(placed, f"no service came up for it, {_where(error)}"))
            done(verdicts[-1])
    finally:
        redis.close()
        numbers.put(number)
    return verdicts


@dataclass(frozen=True, slots=True)
class _Line:
    """A service to be called: on whose clock; its look-ups, and where the call is written."""

    trial: Trial
    clock: ManualClock
    faked: Faked
    rows: list[str]


def _run(placed: Placed, line: _Line) -> Verdict:
    script = placed.script
    at = script.at if script.at.tzinfo else script.at.replace(tzinfo=placed.flow.zone)
    line.clock.moment = at.astimezone(UTC)
    unfit = [(it.number, message) for it, message in line.trial.begin(script.given)]
    problems = [*misfits(placed.flow, script.answers), *unfit]
    if problems:
        return Verdict(placed, same=False, heard=placed.text, problems=tuple(problems), whole=False)
    line.faked.expect(script.answers)
    did: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Did):
            did.append(words(event.act))
        if not isinstance(event, Began):
            line.rows.extend(lines(event))

    caller = Script(act for _, act in script.acts)
    call = PhoneCall(
        f"{line.trial.url}/voice",
        to=script.to,
        from_=script.from_,
        clock=line.clock,
        zone=placed.flow.zone,
        auth_token=line.trial.token,
        fallback_url=f"{line.trial.url}/voice/fallback",
        status_url=f"{line.trial.url}/voice/status",
        hear=hear,
    )
    call.exchange.every(WORKS_EVERY, line.trial.worker.round)
    try:
        call.run(caller)
    except ValueError as error:
        number = script.acts[len(script.acts) - len(caller.left) - 1][0]
        return _stopped(placed, line.rows, number, str(error).partition(";")[0])  # without all that would fit anywhere
    problems += _undone(script, caller, line.faked)
    whole = not problems
    problems += _unsaid(script, did)
    return Verdict(placed, matches(script, line.rows), rewritten(script, line.rows), tuple(problems), whole)


def _undone(script: CallScript, caller: Script, faked: Faked) -> Iterator[tuple[int, str]]:
    """What the script has and the call had no place for, and the other way about: nothing that rewriting mends."""
    for number, act in script.acts[len(script.acts) - len(caller.left) :]:
        yield number, f'the call is over before this: "> {words(act)}"'
    for answer in faked.left:
        yield answer.number, f'no look-up asked for this: "{answer_line(answer)}"'
    for name in faked.refused:
        yield 0, f'the look-up "{name}" asks a server, which no script does; write "lookup {name}: …" where it is asked'


def _unsaid(script: CallScript, did: list[str]) -> Iterator[tuple[int, str]]:
    """What was done in the call although the script does not say it."""
    said = [words(act) for _, act in script.acts]
    odd = next((place for place, (one, other) in enumerate(zip(did, said, strict=False)) if one != other), None)
    if odd is not None:
        yield script.acts[odd][0], f'the line dials before this; write what becomes of it, such as "> {did[odd]}"'
    elif len(did) > len(said):
        number = len(script.top) + len(script.body)
        yield number, f'the script ends, and the call goes on; write what happens then, such as "> {did[len(said)]}"'


def _stopped(placed: Placed, rows: list[str], number: int, why: str) -> Verdict:
    """The verdict on a script whose act at this line did not fit: what comes after it has not been heard."""
    script = placed.script
    rest = number - len(script.top) - 1
    heard = rewritten(replace(script, body=script.body[:rest]), rows)
    return Verdict(placed, False, heard + "\n".join((*script.body[rest:], "")), ((number, why),), whole=False)


def _broken(placed: Placed, why: str) -> Verdict:
    return Verdict(placed, same=False, heard=placed.text, problems=((0, why),), whole=False)


def _where(error: Exception) -> str:
    """What was raised, and at which place: enough to find it, and not a page for each script."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {place.filename}:{place.lineno}: {error}"
