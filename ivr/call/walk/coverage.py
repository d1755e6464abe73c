"""What the turns of a walk came to: steps, options, outcomes and languages, and why not to the others."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.call import events
from ivr.call.events import Event
from ivr.call.state import Turn
from ivr.call.walk.found import Coverage, Unreached
from ivr.menu.conditions import names_in
from ivr.menu.flow import Flow
from ivr.menu.graph import END, Exit, exits
from ivr.menu.steps import Act, Dial, If, Lookup, Menu, Opening, Option, Say, Set, Step, Survey, Switch, Voicemail


class Covered:
    """What was come to so far."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.steps: set[str] = set()
        self.languages: set[str] = set()
        self._chosen: set[tuple[str, str]] = set()  # step, key
        self._done: set[tuple[str, str]] = set()  # step, name of the exit
        self._moves: set[tuple[str, str]] = set()  # step, the step that came right after it

    def turn(self, turn: Turn, before: str) -> None:
        """Notes what the turn came to; `before` is the place where it began."""
        self.languages.add(turn.call.language)
        last = before
        for event in turn.events:
            last = self._event(event, last)

    def _event(self, event: Event, last: str) -> str:
        match event:
            case events.Entered(step=step):
                self.steps.add(step)
                self._moves.add((last, step))
                return step
            case events.Chose(step=step, key=key):
                self._chosen.add((step, key))
            case events.LookedUp(step=step, outcome=outcome) | events.DialEnded(step=step, outcome=outcome):
                self._done.add((step, outcome))
            case events.QueueRefused(step=step, why=why):
                self._done.add((step, why))
            case events.QueueExited(step=step, how=why):
                self._done.add((step, why))
            case events.Completed(step=step):
                self._done.add((step, "answered"))
            case events.DialRefused(step=step):
                self._done.add((step, "failed"))
            case events.GaveUp(step=step):
                self._done.add((step, "give_up"))
            case events.Answered(step=step) | events.LanguageChosen(step=step) | events.MessageLeft(step=step):
                self._done.add((step, "go"))
            case events.Ended(how="line"):
                self._moves.add((last, END))
            case events.Capped() | events.Rescued():
                return ""  # what comes next is no way out of the step
        return last

    # What there is

    def coverage_of_steps(self) -> Coverage:
        """Of the file's own steps."""
        own = [name for name in self.flow.steps if "." not in name]
        return Coverage(len(own), tuple(name for name in own if name not in self.steps))

    def coverage_of_languages(self) -> Coverage:
        """Of the line's languages: those in which a caller can go on."""
        return Coverage(
            len(self.flow.languages), tuple(one for one in self.flow.languages if one not in self.languages)
        )

    def coverage_of_exits(self) -> tuple[Coverage, Coverage]:
        """Of the options of menus, and of all other ways out of steps."""
        options = outcomes = 0
        missed: tuple[list[str], list[str]] = ([], [])
        for name, step in self.flow.steps.items():
            if "." in name:
                continue
            for exit_ in exits(step):
                is_option = _option(step, exit_) is not None
                options += is_option
                outcomes += not is_option
                if not self._taken(step, exit_):
                    missed[not is_option].append(f"{name}.{exit_.key}")
        return Coverage(options, tuple(missed[0])), Coverage(outcomes, tuple(missed[1]))

    def _taken(self, step: Step[Act], exit_: Exit) -> bool:
        option = _option(step, exit_)
        if option:
            return (step.name, option.key) in self._chosen
        if isinstance(step.act, (If, Switch, Opening, Set, Say, Survey)):
            if exit_.to in ("back", "repeat"):
                return step.name in self.steps  # which place that is, only a call knows
            to = {"start": self.flow.start, "operator": self.flow.person}.get(exit_.to, exit_.to)
            return (step.name, to) in self._moves
        if isinstance(step.act, Menu) and exit_.key == "extension.go":
            return (step.name, "go") in self._done
        return (step.name, exit_.key) in self._done

    # Why not

    def unreached(self) -> Iterator[Unreached]:
        """Each way out of a step some call comes to that none takes; then each step that none comes to."""
        into: dict[str, list[str]] = {}
        for name, step in self.flow.steps.items():
            for exit_ in exits(step):
                to = {"start": self.flow.start, "operator": self.flow.person}.get(exit_.to, exit_.to)
                into.setdefault(to, []).append(name)
                if name in self.steps and "." not in name and not self._taken(step, exit_):
                    yield Unreached(name, exit_.key, self._why(step, exit_))
        for name in self.coverage_of_steps().missed:
            leading = list(dict.fromkeys(into.get(name, ())))
            tried = [other for other in leading if other in self.steps]
            if tried:
                why = f"the way from {_listed(tried)} to it is never taken"
            elif leading:
                why = f"only {_listed(leading)} leads to it, and no call comes there"
            else:
                why = "nothing leads to it"
            yield Unreached(name, "", why)

    def _why(self, step: Step[Act], exit_: Exit) -> str:
        option = _option(step, exit_)
        match step.act:
            case _ if option:
                return _not_offered(option)
            case If(when=when):
                return f"{when.source} is {'never' if exit_.key == 'then' else 'always'} true with the values tried"
            case Switch(switch=name):
                return f"{name} has another value whenever a call comes here"
            case Opening(hours=hours):
                return f"the hours {hours} are never {exit_.key}"
            case Lookup() | Dial() | Voicemail():
                return "no call waits here for it"
        if exit_.key == "give_up":
            return "the errors of the call are used up before the tries here"
        return "no call goes this way"

    def undecided(self) -> Iterator[str]:
        """Ways that hang on a condition for which the walk found no values: there may be some all the same."""
        for missed in self.unreached():
            step = self.flow.steps[missed.step]
            when = None
            if missed.way and isinstance(step.act, If):
                when = step.act.when
            elif missed.way and isinstance(step.act, Menu):
                when = next((option.when for option in step.act.options if _is(step, option, missed.way)), None)
            if when and names_in(when):
                yield f"{missed.step}.{missed.way}: {missed.why}; whether other values do, the walk cannot tell"


def _option(step: Step[Act], exit_: Exit) -> Option | None:
    if not isinstance(step.act, Menu) or not exit_.key.startswith("menu."):
        return None
    return next((option for option in step.act.options if _is(step, option, exit_.key)), None)


def _is(step: Step[Act], option: Option, way: str) -> bool:
    return option.prompt.address == f"{step.name}.{way}"


def _not_offered(option: Option) -> str:
    if option.hours and option.when:
        return f"it is never offered: {option.hours} and {option.when.source} never hold together"
    if option.hours:
        return f"it is never offered: the hours {option.hours} are never open"
    if option.when:
        return f"it is never offered: {option.when.source} is never true with the values tried"
    return "no call goes this way"


def _listed(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
