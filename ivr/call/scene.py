"""The mutable helper of one `step()`; it never leaves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from ivr.call import events
from ivr.call.events import Event
from ivr.call.facts import names_of, text_of, value_of
from ivr.call.inputs import Dialed, Hidden, Input, Offered, Pressed, Verdict, Waited
from ivr.call.says import Gather, Hangup, Said, Say
from ivr.call.speech import spoken
from ivr.call.state import Call
from ivr.call.wants import Want
from ivr.menu.conditions import Condition
from ivr.menu.flow import Flow
from ivr.menu.graph import END
from ivr.menu.steps import ANSWERS, Ask
from ivr.menu.values import Type
from ivr.menu.words import Prompt, Value

LONGEST_TRAIL = 10

KEPT_DIGITS = 4
"""Of numbers: enough to tell two calls apart."""

APOLOGY = "apology"
TOO_MANY = "too_many"
"""The service's phrases for a caller who is handed on: something of ours failed, or a cap was reached."""


def _kept(input_: Input) -> Input:
    """The input without the numbers of others, of which four digits may be kept, and none of an agent's."""
    match input_:
        case Offered():
            return replace(input_, address="")
        case Dialed(onward=onward) if onward.startswith("dial:"):
            return replace(input_, onward=f"dial:{onward.removeprefix('dial:')[-KEPT_DIGITS:]}")
        case Waited(keys=keys) if len(keys) > KEPT_DIGITS:
            return replace(input_, keys=keys[-KEPT_DIGITS:])
    return input_


class Scene:
    """What one step sees and makes: the call (a copy), what is said, what is wanted, what happened."""

    __slots__ = ("again", "call", "events", "flow", "input", "kept", "missed", "said", "says", "want")

    def __init__(self, flow: Flow, call: Call, input_: Input) -> None:
        self.flow = flow
        self.call = call
        self.input = input_
        self.kept = _kept(input_)  # the input as it may be stored
        self.says: list[Said] = []
        self.events: list[Event] = []
        self.want: Want | None = None
        self.missed = False  # a look-up found nothing, and the place that comes next asks once more
        self.again = False  # the caller asked to hear the same words again
        self.said = 0  # characters so far

    @property
    def at(self) -> datetime:
        """The moment of the input, in UTC."""
        return self.input.at

    def event(self, event: Event) -> None:
        """Notes what happened."""
        self.events.append(event)

    # What may be kept

    def hide(self, keys: str, verdict: Verdict) -> None:
        """Of the input only the number of its keys and what they were judged to be may be kept."""
        self.kept = Hidden(self.at, len(keys), verdict)

    def forget_keys(self) -> None:
        """Of keys that nothing takes, none may be kept: they may belong to a secret answer."""
        if isinstance(self.input, Pressed):
            self.kept = Pressed(self.at, "")
        elif isinstance(self.kept, Waited):
            self.kept = replace(self.kept, keys="")

    def judged(self, verdict: Literal["valid", "no_match"]) -> None:
        """Of a number that the caller entered, its end and this verdict may be kept."""
        if isinstance(self.kept, Waited):
            self.kept = replace(self.kept, judged=verdict)

    # What is said

    def speak(self, prompt: Prompt, *, interruptible: bool = True, language: str | None = None) -> None:
        """Says the prompt, in the call's language unless one is given: the text for as often as it was heard."""
        language = language or self.call.language
        texts = prompt.texts[language]
        variant = 0
        if len(texts) > 1:
            heard = self.call.heard.get(prompt.address, 0)
            if self.again and heard:
                heard -= 1
            else:
                self.call.heard[prompt.address] = min(heard + 1, len(texts))
            variant = min(heard, len(texts) - 1)
        text = texts[variant]
        values: tuple[str, ...] = ()
        if len(text) == 1 and isinstance(text[0], str):  # as most are
            self.said += len(text[0])
        else:
            values = tuple(self._spoken(piece, language) for piece in text if isinstance(piece, Value))
            self.said += sum(map(len, values)) + sum(len(piece) for piece in text if isinstance(piece, str))
        self.says.append(Say(prompt, variant, language, values, interruptible))

    def _spoken(self, piece: Value, language: str) -> str:
        value, type_ = self._entry() if piece.name == "entry" else value_of(piece.name, self.flow, self.call, self.at)
        return spoken(value, type_, piece.format, language, self.flow.country)

    def _entry(self) -> tuple[str, Type]:
        """The answer that waits for its confirmation."""
        act = self.flow.steps[self.call.place].act
        return self.call.confirming or "", ANSWERS[act.type] if isinstance(act, Ask) else "text"

    def service(self, name: str) -> None:
        """Says one of the service's own phrases."""
        self.speak(self.flow.service[name])

    def notice(self, words: str, language: str, queue: str = "", *, interruptible: bool = False) -> None:
        """Says the words of a notice."""
        self.says.append(Say(self.flow.service["notice"], 0, language, (words,), interruptible))
        self.said += len(words)
        self.event(events.NoticeHeard(self.call.place or self.flow.start, queue, language))

    def gather(self, digits: int, finish: bool, wait: float) -> None:
        """Waits for keys at this place."""
        self.says.append(Gather(digits, "#" if finish else "", wait))

    # What is known

    def holds(self, condition: Condition) -> bool:
        """Whether the condition holds; one without a value does not, and leaves an event."""
        try:
            return condition.holds(names_of(condition, self.flow, self.call, self.at))
        except ValueError as error:
            self.event(events.ConditionFailed(self.call.place, str(error)))
            return False

    def text(self, name: str) -> str:
        """The value of a name as plain text."""
        return text_of(name, self.flow, self.call, self.at)

    def is_open(self, hours: str) -> bool:
        """Whether the line's hours of that name are open now: those of the file, unless a special day or somebody
        says otherwise."""
        if self.call.closed:
            return False
        rules = "; ".join(filter(None, (self.call.special.get(""), self.call.special.get(hours))))
        return self.flow.hours[hours].amended(rules).is_open(self.at)

    # Where it goes

    def anywhere(self, keys: str) -> str | None:
        """Where a key that works anywhere leads, noted as chosen; nothing for keys that do not."""
        to = self.flow.anywhere.get(keys)
        if to is not None:
            self.event(events.Chose(self.call.place, keys, to))
        return to

    def misunderstood(self, keys: str) -> None:
        """Notes that these keys mean nothing here; no keys are silence, unless they are hidden.

        One key is kept: what callers press in vain shows what they miss in a menu. Several may be a secret, typed
        too early or too late: a line that asks for one does not keep them.
        """
        if not keys and not isinstance(self.input, (Pressed, Hidden)):
            self.event(events.NoInput(self.call.place))
            return
        if len(keys) > 1 and self.flow.secrets and isinstance(self.kept, Pressed):
            self.hide(self.kept.keys, "no_match")
        secret = isinstance(self.kept, Hidden) or (len(keys) > 1 and bool(self.flow.secrets))
        self.event(events.NoMatch(self.call.place, None if secret else keys))

    def remember(self) -> None:
        """Adds this place, which awaits keys, to the trail that `back` follows."""
        trail = self.call.trail
        if not trail or trail[-1] != self.call.place:
            trail.append(self.call.place)
            del trail[:-LONGEST_TRAIL]

    def error(self) -> str | None:
        """Counts an error of the call; where the caller goes if it was one too many."""
        self.call.errors += 1
        if self.call.errors >= self.flow.limits.errors * (self.call.rescues + 1):
            return self.capped("errors")
        return None

    def miss(self, tries: int | None, give_up: str) -> str | None:
        """Counts an error at this place; where the caller goes if the tries, or the call's errors, are used up."""
        self.call.misses += 1
        capped = self.error()
        if capped:
            return capped
        if self.call.misses >= (tries or self.flow.limits.tries):
            self.event(events.GaveUp(self.call.place))
            return give_up
        return None

    def capped(self, limit: str) -> str:
        """A cap is reached: the caller hears so and is handed on."""
        self.event(events.Capped(self.call.place, limit))
        return self.rescue(TOO_MANY)

    def rescue(self, phrase: str) -> str:
        """Where a caller goes whom the line cannot serve: to a person, then to the last resort, then to the end.

        Each is tried once, so that this ends whatever is wrong.
        """
        self.call.rescues += 1
        self.call.steps = 0
        if not self.helpless or phrase == APOLOGY:
            self.service(phrase)
        return END if self.helpless else self._ways[self.call.rescues - 1]

    @property
    def _ways(self) -> tuple[str, ...]:
        """Where callers are handed on to, one after the other."""
        return tuple(dict.fromkeys((self.flow.person, self.flow.rescue)))

    @property
    def helpless(self) -> bool:
        """Whether nobody is left whom the caller could be handed to."""
        return self.call.rescues > len(self._ways)

    def end(self, how: str) -> None:
        """The call is over."""
        self.event(events.Ended(self.call.place, how))
        self.call.ended = how
        self.call.secrets.clear()
        self.call.typed = self.call.offered = ""
        self.call.confirming = None
        self.says.append(Hangup())
