"""Calls through the engine from beginning to end, for what no single turn shows: that the caps stop callers who go
round, that a way is one that a caller can go, and what is heard over and over again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from ivr.call.engine import step
from ivr.call.inputs import Released, Told, Waited
from ivr.call.says import Gather, Say
from ivr.call.state import Call, Turn
from ivr.call.walk.action import Action
from ivr.call.walk.explore import Explorer
from ivr.call.walk.found import Fault, Heard, Silence
from ivr.call.walk.graph import CALLER, CAPPED, UNSURE, WILLING, groups
from ivr.call.walk.tried import Try
from ivr.menu.graph import reaches_person
from ivr.menu.steps import Dial, Queue, Voicemail

MOST_DRIVEN = 100
"""Times that the engine is driven round a loop to its end."""

MOST_STARTS = 1_000
"""States of a loop from which that is tried: not each is one to which a call can be led again."""

TIMES = 3
"""As often as nobody wants to hear the same words."""

LONGEST = 40
"""Inputs after which a caller who only makes mistakes is left alone: the caps are far below."""


def begun(explorer: Explorer) -> tuple[Call, Turn]:
    """A call that has begun as the walk's calls do."""
    call, input_ = explorer.begin
    turn = step(explorer.flow, call, input_)
    return turn.call, turn


def replayed(explorer: Explorer, path: list[int]) -> Call | None:
    """The call at the end of a path of turns from the beginning; None where the engine goes another way."""
    graph = explorer.graph
    call = explorer.begin[0]
    for number in path:
        edge = graph.edge(number)
        call = _done(explorer, call, explorer.actions[edge.action]).call
        if bool(call.ended) != (edge.target < 0) or (edge.target >= 0 and call.place != graph.places[edge.target]):
            return None
    return call


def _done(explorer: Explorer, call: Call, action: Action) -> Turn:
    return step(explorer.flow, *action.apply(call))


def _tried(explorer: Explorer, call: Call, tried: Try) -> Turn:
    return step(explorer.flow, call, tried.input)


# Going round


def loops(explorer: Explorer) -> tuple[int, int]:
    """Drives the engine round the line's loops; how many groups of states there are in which one can go round, and
    in how many of them every drive ended. Where one does not, or where no caller is asked, that is a fault.
    """
    graph = explorer.graph
    for group in groups(graph, lambda flags: not flags & (CALLER | CAPPED | UNSURE)):
        what = "goes round and round without the caller, and no cap ends it"
        explorer.faults.append(Fault(graph.places[group[0]], what, explorer.words(graph.path_to(group[0]))))
    found = _by_places(explorer, groups(graph, lambda flags: not flags & (CAPPED | UNSURE)))
    each = max(MOST_DRIVEN // max(len(found), 1), 1)
    driven = 0
    for same in found[:MOST_DRIVEN]:
        starts = [(group, state) for group in same for state in group[:: max(len(group) // each, 1)]]
        ended = 0
        for group, state in starts[:MOST_STARTS]:
            ended += _drive_round(explorer, set(group), state)
            if ended >= each:
                break
        driven += ended > 0
    return len(found), driven


def _by_places(explorer: Explorer, found: Iterable[list[int]]) -> list[list[list[int]]]:
    """The groups of states that go round the same places together, the larger first; a part of a loop is none."""
    places = explorer.graph.places
    larger = sorted(
        ((frozenset(places[state] for state in group), group) for group in found), key=lambda one: -len(one[0])
    )
    loops_: list[list[list[int]]] = []
    around: dict[str, list[tuple[frozenset[str], int]]] = {}  # place -> the loops that go through it
    for through, group in larger:
        known = around.get(places[group[0]], ())
        number = next((number for other, number in known if through <= other), None)
        if number is not None:
            if through == next(other for other, same in known if same == number):
                loops_[number].append(group)
            continue
        for place in through:
            around.setdefault(place, []).append((through, len(loops_)))
        loops_.append([group])
    return loops_


def _drive_round(explorer: Explorer, group: set[int], start: int) -> bool:
    """Whether the engine came to the loop, went round it, and ended the call."""
    graph = explorer.graph
    call = replayed(explorer, graph.path_to(start))
    if call is None or call.ended:
        return False
    cycle = _cycle(explorer, group, start)
    counted = sum(bool(graph.flags[number] & CALLER) for number in cycle)  # at least one: else it is a fault above
    rounds = (explorer.flow.limits.inputs + 100) // max(counted, 1) + 1
    most = rounds * len(cycle) + 4 * explorer.flow.limits.steps
    turn: Turn | None = None
    for count in range(most):
        edge = graph.edge(cycle[count % len(cycle)])
        on_the_way = call.place == graph.places[edge.source] and not call.rescues
        if turn is None or on_the_way:
            turn = _done(explorer, call, explorer.actions[edge.action])
        else:
            turn = _tried(explorer, call, _unwilling(explorer, turn))
        call = turn.call
        if call.ended:
            return True
    what = f"does not end after {most} inputs, whatever the caps say"
    explorer.faults.append(Fault(graph.places[start], what, explorer.words(graph.path_to(start))))
    return False


def _cycle(explorer: Explorer, group: set[int], start: int) -> list[int]:
    """Turns from the state back to it, within its group; without mistakes of the caller where that can be."""
    graph = explorer.graph
    for keep in (WILLING, 0):
        among = explorer.among(keep)
        by: dict[int, int] = {}
        todo = deque([start])
        while todo and start not in by:
            state = todo.popleft()
            for number in among.of(state):
                other = graph.targets[number]
                if other in group and other not in by:
                    by[other] = number
                    todo.append(other)
        if start in by:
            path = [by[start]]
            while graph.sources[path[-1]] != start:
                path.append(by[graph.sources[path[-1]]])
            return path[::-1]
    raise AssertionError("each state of a group leads back to itself")


# Callers who make mistakes


def silence(explorer: Explorer) -> Silence | None:
    """What a caller meets who never presses a key; None where no call of theirs comes to a person or an end."""
    call, turn = begun(explorer)
    seconds = _seconds(explorer, turn)
    for _ in range(explorer.flow.limits.inputs):
        if call.ended:
            return Silence(seconds, "")
        if reaches_person(explorer.flow.steps[call.place]):
            return Silence(seconds, call.place)
        if turn.says and isinstance(turn.says[-1], Gather):
            seconds += turn.says[-1].wait
        turn = _tried(explorer, call, _unwilling(explorer, turn, willing=True))
        call = turn.call
        seconds += _seconds(explorer, turn)
    return None


def _seconds(explorer: Explorer, turn: Turn) -> float:
    return sum(explorer.seconds(said) for said in turn.says if isinstance(said, Say))


def _unwilling(explorer: Explorer, turn: Turn, *, willing: bool = False) -> Try:
    """What happens where the caller does nothing: silence, nobody answers, the look-up fails (or, willing, works)."""
    tries = explorer.tries
    act = explorer.flow.steps[turn.call.place].act
    if turn.want is not None:
        told = [one for one in tries.at_place(turn.call, told=True) if isinstance(one.input, (Told, Waited, Released))]
        return told[0] if willing else told[-1]
    return tries.no_answer if isinstance(act, Dial) else tries.silence


def heard(explorer: Explorer) -> Iterator[Heard]:
    """Each place where the caller hears the same words three times: by silence, wrong keys, or what nobody finds."""
    tries = explorer.tries

    def silent(_: Turn) -> Try | None:
        return tries.silence

    def wrong(turn: Turn) -> Try | None:
        return tries.wrong(turn.call)

    def unknown(turn: Turn) -> Try | None:
        if turn.want is not None:
            return next(one for one in tries.at_place(turn.call, told=True) if _not_found(one))
        return tries.valid(turn.call)

    whys: dict[str, Callable[[Turn], Try | None]] = {
        "pressing nothing": silent,
        "pressing wrong keys": wrong,
        "entering what is not found": unknown,
    }
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for _, arrival in explorer.arrivals:
        for why, does in whys.items():
            for place, prompt, language in _again_and_again(explorer, arrival, does):
                found.setdefault((place, why, language), {})[prompt] = None
    told: set[tuple[str, str, str]] = set()
    for (place, why, language), prompts in found.items():
        new = tuple(prompt for prompt in prompts if (place, why, prompt) not in told)
        told.update((place, why, prompt) for prompt in new)
        if new:
            yield Heard(place, new, language, why)


def _not_found(tried: Try) -> bool:
    return isinstance(tried.input, Told) and tried.input.outcome == "not_found"


def _again_and_again(
    explorer: Explorer, arrival: Turn, does: Callable[[Turn], Try | None]
) -> Iterator[tuple[str, str, str]]:
    counts: dict[tuple[str, int, str], int] = {}
    turn = arrival
    for _ in range(LONGEST):
        for said in turn.says:
            if isinstance(said, Say):
                key = (said.prompt.address, said.variant, said.language)
                counts[key] = counts.get(key, 0) + 1
                if counts[key] == TIMES:
                    yield turn.call.place, said.prompt.address, said.language
        if turn.call.ended or isinstance(explorer.flow.steps[turn.call.place].act, (Dial, Queue, Voicemail)):
            return
        tried = does(turn)
        if tried is None:
            return
        turn = _tried(explorer, turn.call, tried)
