"""The walk itself: every state that calls of a line can be in, found by the engine's own `step`.

Theory. A call's future hangs on its *key* alone (`state`), of which a line has a bounded number, where of calls it has
more than one could ever try. So one call stands for all of its key. From the beginning on, each state found takes
every input that is tried there (`tries`); the turns that `step` gives lead to further states, until none is new.

What a turn decides on and no key holds (the hours, the clock, names that are not followed) is chosen when a turn is
seen to have read it: the turn is taken again, once for each choice. What the key leaves out of a call is added where
it matters: a call is put on the brink of each cap, and each place is put beneath another that `back` may lead to.

So the turns of a walk are at least those of all calls. That they may be more (a caller gone `back` to a place where
this very caller has not been, hours that change during a call) makes no proof weaker. A way that is shown is
confirmed by the engine.

That calls end follows from three facts, which the walk checks: each turn that takes an input of the caller counts it
against their cap; turns that take none count steps, which are in the key, so that going round in them would be seen;
and a cap, reached at any place, hands over or ends, which it can do three times.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from ivr.call.engine import MORE_INPUTS, step
from ivr.call.events import Capped, Entered, NoInput, NoMatch
from ivr.call.inputs import FROM_THE_CALLER, Input, Started, Troubled
from ivr.call.says import Say
from ivr.call.state import Call, Turn
from ivr.call.walk.action import Action, Chosen
from ivr.call.walk.coverage import Covered
from ivr.call.walk.found import Fault
from ivr.call.walk.graph import BEGINS, CALLER, CAPPED, END, UNSURE, WILLING, Graph, Neighbours
from ivr.call.walk.state import Key, States, Trail
from ivr.call.walk.tried import Try
from ivr.call.walk.tries import Tries
from ivr.call.walk.values import Choices, choices
from ivr.menu.flow import Flow
from ivr.menu.spoken import spoken_seconds
from ivr.menu.words import Pause

MOST_STATES = 1_000_000
"""States that a walk keeps; a line with more is not walked to its end, and the walk says so."""

MOST_CHOSEN = 50
"""Times that one turn is taken with different choices."""

MOST_FAULTS = 20

CALLER_ID = "+12125550142"
"""The number that callers of a walk have, where nothing hangs on it."""

Progress = Callable[[int, int], None]
"""Told from time to time: how many states are walked, and how many are known so far."""

Lengths = Mapping[tuple[str, str, int], float]
"""Seconds of recordings: by language, address of the prompt and number of its text (0: the first time)."""


class Explorer:
    """One walk while it goes on; `graph`, `covered`, `faults` and `undecided` are what it finds."""

    def __init__(self, flow: Flow, at: datetime, lengths: Lengths, most: int = MOST_STATES) -> None:
        self.flow = flow
        self.choices: Choices = choices(flow, at)
        self.tries = Tries(flow, self.choices)
        self.states = States(flow, self.choices)
        self.graph = Graph()
        self.covered = Covered(flow)
        self.actions: list[Action] = []
        self.faults: list[Fault] = []
        self.undecided: dict[str, None] = {}
        self.arrivals: list[tuple[Call, Turn]] = []  # the first call at each place that awaits keys, per language
        self.finished = True
        self._lengths = lengths
        self._most = most
        self._numbers: dict[Key, int] = {}
        self._todo: deque[tuple[int, Call, bool]] = deque()
        self._known_actions: dict[tuple[object, ...], int] = {}
        self._below: dict[str, dict[str, None]] = {}  # place -> places that were beneath it on a trail
        self._returns: dict[str, list[tuple[int, Call, Action, int]]] = {}  # place -> turns that follow the trail
        self._contexts: set[Key] = set()
        self._braved: set[str] = set()  # places that were tried on the brink of the caps
        self._met: set[tuple[str, str]] = set()
        self._seconds: dict[tuple[str, int, str], float] = {}
        self._trouble = Try(Troubled(self.tries.at, "walk"), "trouble of ours", willing=False)

    def walk(self, progress: Progress | None = None) -> None:
        """Finds all states."""
        call, start = self.begin
        self._try(BEGINS, call, Try(start, ""), 0)
        done = 0
        while self._todo:
            number, call, told = self._todo.popleft()
            done += 1
            if progress and done % 500 == 0:
                progress(done, len(self.graph.places))
            for tried in self.tries.at_place(call, told):
                self._try(number, call, tried, CALLER if isinstance(tried.input, FROM_THE_CALLER) else 0)
            self._brave(number, call, told)
            if len(self.graph.places) > self._most or len(self.faults) >= MOST_FAULTS:
                self.finished = not self._todo
                break
        if progress:
            progress(done, len(self.graph.places))

    @property
    def known(self) -> Iterable[Key]:
        """The keys of all states, in the order in which they were found."""
        return self._numbers

    # Turns

    def turns(self, call: Call, tried: Try) -> Iterator[tuple[Action, Turn]]:
        """The turns of one input: one, or one for each choice of what it reads."""
        reads = self.choices.reads
        todo: list[Chosen] = [{}]
        taken = 0
        while todo:
            action = Action(tried, todo.pop(), self.flow.zone)
            turn = step(self.flow, *action.apply(call))
            unread = _unread(turn, action.chosen, reads) if reads else None
            if unread is None:
                yield action, turn
                taken += 1
            elif taken + len(todo) >= MOST_CHOSEN:
                self.undecided[f"{call.place or self.flow.start}: too much hangs on one input to try all of it"] = None
                yield action, turn
                taken += 1
            else:
                todo += [{**action.chosen, unread: value} for value in self.choices.of(unread)]

    def _try(self, source: int, call: Call, tried: Try, flags: int) -> None:
        try:
            for action, turn in self.turns(call, tried):
                self._add(source, action, turn, flags)
                if (
                    isinstance(turn.call.trail, Trail)
                    and turn.call.trail.followed
                    and call.place in self.states.awaits_keys
                ):
                    self._returns.setdefault(call.place, []).append((source, call, action, flags))
                    for below in list(self._below.get(call.place, ())):
                        self._back(source, call, action, flags, below)
        except Exception as error:  # whatever it raises: to find that is what the walk is for
            self._fault(source, call.place, f"the step breaks: {type(error).__name__}: {error}", tried)

    def _back(self, source: int, call: Call, action: Action, flags: int, below: str) -> None:
        """The turn once more, with another place beneath."""
        twin, input_ = action.apply(call)
        twin = twin.copy()
        twin.trail = Trail((below, *call.trail))
        self._add(source, action, step(self.flow, twin, input_), flags | UNSURE)

    def _add(self, source: int, action: Action, turn: Turn, flags: int) -> None:
        """The turn becomes an edge, and what it leads to a state, unless it is known."""
        call = turn.call
        capped = misses = False
        for event in turn.events:
            if isinstance(event, Capped):
                capped = True
                if event.limit == "steps" and not flags & UNSURE:
                    what = f"goes on without the caller for {self.flow.limits.steps} steps, until a cap stops it"
                    self._fault(source, event.step, what, action)
            elif isinstance(event, (NoInput, NoMatch)):
                misses = True
        flags |= CAPPED if capped else 0
        if action.tried.willing and not misses and not capped:
            flags |= WILLING
        if flags & CALLER and not (call.inputs or call.ended):
            self._fault(
                source, call.place, "does not count an input of the caller, so that no cap could end the call", action
            )
        self.covered.turn(turn, self.graph.places[source] if source >= 0 else "")
        seconds = sum(self.seconds(said) for said in turn.says if isinstance(said, Say)) if turn.says else 0.0
        place = call.place
        target, new = END, False
        arrived: Call | None = None
        if not call.ended:
            if len(call.trail) > 1 and call.trail[-1] == place:
                self._beneath(place, call.trail[-2])
            if place in self.states.awaits_keys and (place, call.language) not in self._met:
                self._met.add((place, call.language))
                self.arrivals.append((call.copy(), turn))
            self.states.settle(call)
            told = turn.want is not None
            key = self.states.key(call, told)
            known = self._numbers.get(key)
            if known is None:
                new = True
                known = self._numbers[key] = self.graph.state(place)
                arrived = call
            target = known
        self.graph.add(source, target, self._action(action), flags, action.tried.keys, seconds)
        if new and arrived is not None:
            self._todo.append((target, arrived, told))
            context = self.states.context(key)
            if context not in self._contexts:
                self._contexts.add(context)
                self._brave(target, arrived, told, all_=True)

    def _beneath(self, place: str, below: str) -> None:
        places = self._below.setdefault(place, {})
        if below not in places:
            places[below] = None
            for source, call, action, flags in list(self._returns.get(place, ())):
                self._back(source, call, action, flags, below)

    def _brave(self, number: int, call: Call, told: bool, *, all_: bool = False) -> None:
        """Puts the call on the brink of each cap, and into trouble: once at each place, and more often per context."""
        if not all_:
            if call.place in self._braved:
                return
            self._braved.add(call.place)
        limits = self.flow.limits
        ways = 2 if self.flow.person == self.flow.rescue else 3
        for rescues in range(ways if all_ else 1):
            twin = call.copy()
            twin.rescues = rescues
            self._try(number, twin, self._trouble, UNSURE)
            if told:
                continue
            twin = twin.copy()
            twin.inputs = limits.inputs + MORE_INPUTS * rescues
            self._try(number, twin, self.tries.silence, CALLER | UNSURE)
            if call.place in self.states.awaits_keys:
                twin = twin.copy()
                twin.inputs = 0
                twin.errors = limits.errors * (rescues + 1) - 1
                self._try(number, twin, self.tries.silence, CALLER | UNSURE)

    # What else is noted

    @property
    def begin(self) -> tuple[Call, Input]:
        """The call with which the walk begins, and its first input."""
        to = next(iter(self.flow.numbers), "")
        call = Call("walk", "", self.flow.name, str(self.choices.values.get("call.from", (CALLER_ID,))[0]), to)
        call.trail = Trail()
        return call, Started(self.tries.at)

    @cached_property
    def roots(self) -> dict[int, float]:
        """The states in which calls begin, and the seconds of what is said there."""
        first = ((number, self.graph.edge(number)) for number, source in enumerate(self.graph.sources) if source < 0)
        return {edge.target: edge.seconds for _, edge in first if edge.target >= 0}

    @cached_property
    def straight(self) -> tuple[Neighbours, Neighbours]:
        """The turns of callers who make no mistakes, by the state they lead from, and by the one they lead to."""
        keep = _kept(WILLING)
        return self.graph.from_each(keep), self.graph.into_each(keep)

    @cached_property
    def _any(self) -> Neighbours:
        return self.graph.from_each(_kept(0))

    def among(self, flag: int) -> Neighbours:
        """The turns that a call surely has, by the state that they lead from: with WILLING, those without mistakes."""
        return self.straight[0] if flag == WILLING else self._any

    def seconds(self, said: Say) -> float:
        """How long it takes to say: as its recording does, else by an estimate."""
        address = said.prompt.address
        key = (address, said.variant, said.language)
        found = None if said.values else self._seconds.get(key)
        if found is None:
            pauses = sum(
                piece.seconds for piece in said.prompt.texts[said.language][said.variant] if isinstance(piece, Pause)
            )
            recorded = self._lengths.get((said.language, address, said.variant))
            found = spoken_seconds(said.words(), said.language) + pauses if recorded is None else recorded
            if not said.values:
                self._seconds[key] = found
        return found

    def words(self, path: list[int]) -> tuple[str, ...]:
        """The path of turns for a person: what the caller presses, and what else happens."""
        spoken = (self.actions[self.graph.edge(number).action].words for number in path)
        return tuple(word for word in spoken if word)

    def _action(self, action: Action) -> int:
        # Tries are made once each, and the walk keeps them: their identity is theirs alone.
        key = (id(action.tried), *action.chosen.items()) if action.chosen else (id(action.tried),)
        number = self._known_actions.get(key)
        if number is None:
            number = self._known_actions[key] = len(self.actions)
            self.actions.append(action)
        return number

    def _fault(self, source: int, place: str, what: str, tried: Try | Action) -> None:
        if any((fault.step, fault.what) == (place, what) for fault in self.faults):
            return
        way = self.words(self.graph.path_to(source)) if source >= 0 else ()
        last = tried.words if isinstance(tried, Action) else tried.label
        self.faults.append(Fault(place or self.flow.start, what, (*way, last) if last else way))


def _unread(turn: Turn, chosen: Chosen, reads: Mapping[str, tuple[str, ...]]) -> str | None:
    """A name that the turn decided on and that nothing was chosen for yet."""
    for event in turn.events:
        if isinstance(event, Entered):
            for name in reads.get(event.step, ()):
                if name not in chosen:
                    return name
    for name in reads.get(turn.call.place, ()) if not turn.call.ended else ():  # it may present itself again
        if name not in chosen:
            return name
    return None


def _kept(flag: int) -> Callable[[int], bool]:
    """Whether a turn that has such flags is one that a call surely has, with this flag among them."""
    return lambda flags: flags & flag == flag and not flags & (CAPPED | UNSURE)
