"""The walker: every press, wrong key, silence and hang-up at every place of a line, tried before any caller does.

explore     the theory, and the walk         state       what of a call decides its future
tries       what is tried at a place         values      values on which decisions hang
graph       states and turns, flat           coverage    what was come to, and why not to the rest
drives      whole calls: loops, repetition   ways        the longest way to a person
found       what a walk finds
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ivr.call.inputs import Dialed, HungUp, Recorded
from ivr.call.walk.coverage import Covered
from ivr.call.walk.drives import heard, loops, silence
from ivr.call.walk.explore import MOST_STATES, Explorer, Lengths, Progress
from ivr.call.walk.found import Coverage, Fault, Heard, Proof, Silence, Unreached, Walk, Way
from ivr.call.walk.graph import CAPPED, END
from ivr.call.walk.ways import longest, too_far, without_a_key_to_a_person
from ivr.menu.flow import Flow
from ivr.menu.graph import reaches_person

__all__ = ["Coverage", "Fault", "Heard", "Proof", "Silence", "Unreached", "Walk", "Way", "walk"]

MOST_NAMED = 5
"""Names that one line of the report lists."""

WHEN = datetime(2026, 6, 2, 17, tzinfo=UTC)
"""When the calls of a walk begin, if nobody says: the same line gives the same walk on every day."""


def walk(
    flow: Flow,
    *,
    at: datetime = WHEN,
    recorded: Mapping[tuple[str, str, int], float] | None = None,
    progress: Progress | None = None,
    most: int = MOST_STATES,
) -> Walk:
    """Walks a line that checks.

    `at`: when its calls begin (aware); hours are tried open and closed from then on. `recorded`: the seconds of
    recordings, by language, address and number of the text; what has none is estimated. `progress` is told now and
    then how many states are walked, and how many are known. `most`: states after which it is left off.
    Raises nothing for any line; what breaks is a fault.
    """
    lengths: Lengths = recorded or {}
    explorer = Explorer(flow, at.astimezone(UTC), lengths, most)
    explorer.walk(progress)
    around, driven = loops(explorer)
    far = too_far(explorer)
    steps = explorer.covered.coverage_of_steps()
    options, outcomes = explorer.covered.coverage_of_exits()
    return Walk(
        line=flow.name,
        states=len(explorer.graph.places),
        inputs=len(explorer.graph),
        steps=Coverage(
            steps.total, tuple(dict.fromkeys([*steps.missed, *(place for place in far if "." not in place)]))
        ),
        options=options,
        outcomes=outcomes,
        languages=explorer.covered.coverage_of_languages(),
        proof=_proof(explorer, around, driven),
        longest_in_keys=longest(explorer, seconds=False),
        longest_in_seconds=longest(explorer, seconds=True),
        silence=silence(explorer),
        too_far=far,
        no_key_to_a_person=without_a_key_to_a_person(explorer),
        heard=tuple(heard(explorer)),
        unreached=tuple(explorer.covered.unreached()),
        undecided=tuple(_undecided(explorer, explorer.covered)),
        faults=tuple(explorer.faults),
        finished=explorer.finished,
    )


def _proof(explorer: Explorer, around: int, driven: int) -> Proof:
    graph, flow = explorer.graph, explorer.flow
    hands_over = {name for name, step in flow.steps.items() if reaches_person(step)}
    gone = [
        isinstance(action.tried.input, HungUp)
        or (isinstance(action.tried.input, (Dialed, Recorded)) and action.tried.input.hung_up)
        for action in explorer.actions
    ]
    ended = handed = hung_up = capped = 0
    for source, target, action, flags in zip(graph.sources, graph.targets, graph.actions, graph.flags, strict=True):
        capped += bool(flags & CAPPED)
        if target == END:
            hung_up += gone[action]
            ended += not gone[action]
        elif graph.places[target] in hands_over and (source < 0 or graph.places[source] != graph.places[target]):
            handed += 1
    return Proof(ended, handed, hung_up, capped, around, driven)


def _undecided(explorer: Explorer, covered: Covered) -> list[str]:
    free = [name for name in explorer.choices.values if name not in explorer.choices.followed]
    told = list(explorer.undecided)
    told += [f"{place}: no valid answer could be found, so none was tried" for place in explorer.tries.unanswerable]
    told += covered.undecided()
    if free:
        names = ", ".join(free[:MOST_NAMED]) + (f" and {len(free) - MOST_NAMED} more" if len(free) > MOST_NAMED else "")
        told.append(f"{names}: tried each way wherever something hangs on it, and not followed through the call")
    return told
