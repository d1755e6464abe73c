"""The numbers of the carrier's account, looked at and set: what the console and `ivr numbers` do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ivr.carrier.account import AccountNumber
from ivr.carrier.rest import Carrier, NoAnswer, NotDone, RestError
from ivr.config import Settings
from ivr.menu import Flow
from ivr.switchboard.apology import static_document
from ivr.switchboard.hosted import amiss
from ivr.switchboard.numbers import Fault, Number, answers, faults, joined, wanted

DEED = "number_set"
"""How the audit trail names it."""

MOST = 1000
"""Numbers of an account that are looked at."""

PATIENCE = 30.0
"""Seconds after which no further number is set."""

Came = Literal["set", "as before", "not set", "nobody knows"]


@dataclass(frozen=True, slots=True)
class Look:
    """The numbers, each with its faults; what kept the account from being looked at (`trouble`, "" for nothing), and
    whether it has more numbers than were looked at.
    """

    numbers: tuple[Number, ...]
    trouble: str = ""
    more: bool = False

    @property
    def wrong(self) -> tuple[Number, ...]:
        """Those that are not as they should be."""
        return tuple(it for it in self.numbers if it.state == "wrong")

    @property
    def at_once(self) -> tuple[Number, ...]:
        """Those that may be set together: none that would be taken from something else."""
        return tuple(it for it in self.wrong if it.settable and not it.taken)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of setting a number, in a word and in words; `number` is as it is then, as far as that is known."""

    number: Number
    came: Came
    words: str


def lacking(settings: Settings) -> tuple[str, ...]:
    """The settings without which the account cannot be looked at, or its numbers not be judged."""
    values = {
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_tokens,
        "PUBLIC_URL": settings.public_url,
    }
    return tuple(name for name, value in values.items() if not value)


@contextmanager
def account(settings: Settings) -> Iterator[Carrier | None]:
    """The carrier's account, None without credentials."""
    if not settings.account_sid or not settings.auth_tokens:
        yield None
        return
    carrier = Carrier(settings.account_sid, settings.auth_tokens, settings.api_url)
    try:
        yield carrier
    finally:
        carrier.close()


def look(
    settings: Settings, carrier: Carrier | None, live: Sequence[Flow], drafts: Iterable[Flow], desk: Iterable[str]
) -> Look:
    """The numbers of the menus (of what is live, of files, of the desk) beside those of the account. Raises nothing:
    trouble is told.
    """
    held: list[AccountNumber] | None = None
    trouble = ""
    if carrier is not None:
        try:
            held = carrier.numbers(MOST + 1)
        except RestError as error:
            trouble = trouble_of(error)
    base = settings.public_url
    want = (lambda line: wanted(base, settings.fallback_url, line)) if base else None
    numbers = joined(answers(live, drafts, desk), held[:MOST] if held is not None else None, want)
    if settings.fallback_url and held is not None:
        found = amiss(settings.fallback_url, {flow.name: static_document(flow) for flow in live})
        numbers = [_with_document(it, found, settings.data) for it in numbers]
    return Look(tuple(numbers), trouble, held is not None and len(held) > MOST)


def _with_document(it: Number, found: Mapping[str, str], data: Path) -> Number:
    """The number, with what is wrong with the hosted document of its line."""
    line = it.answer.line if it.answer else ""
    if it.state not in ("right", "wrong") or line not in found:
        return it
    words = f"{found[line]}; {data / 'fallback' / line}.xml is the one to put there"
    return replace(it, state="wrong", faults=(*it.faults, Fault("fallback", words, False, "no")))


def set_numbers(
    carrier: Carrier,
    numbers: Iterable[Number],
    note: Callable[[Outcome, Number], None],
    *,
    take_over: bool = False,
    patience: float = PATIENCE,
) -> list[Outcome]:
    """Sets what is wrong with each, one request a number; what does not succeed keeps nothing else from it.

    `take_over` takes a number from its trunk or application, too; without it such a number is left. `note` is called
    with whatever may have changed something, and the number as it was. None is begun after `patience` seconds.
    """
    until = time.monotonic() + patience
    outcomes = []
    for number in numbers:
        if number.has is None or number.wanted is None or not number.settable or (number.taken and not take_over):
            outcomes.append(Outcome(number, "as before", "it cannot be set from here"))
            continue
        if time.monotonic() > until:
            outcomes.append(Outcome(number, "not set", f"not asked for any more after {patience:.0f} s; set it again"))
            continue
        done = _set(carrier, number, number.has.sid)
        if done.came in ("set", "nobody knows"):
            note(done, number)
        outcomes.append(done)
    return outcomes


def _set(carrier: Carrier, number: Number, sid: str) -> Outcome:
    try:
        now = carrier.set_number(sid, number.to_set, take_over=number.taken)
    except NoAnswer as error:
        return Outcome(number, "nobody knows", f"{trouble_of(error)}; look again whether it was done")
    except RestError as error:
        return Outcome(number, "not set", trouble_of(error))
    document = [it for it in number.faults if it.about == "fallback" and it.mend == "no"]
    left = (*faults(now, number.wanted), *document) if number.wanted else ()
    after = replace(number, has=now, faults=left, state="wrong" if left else "right")
    if any(it.mend != "no" for it in left):
        still = "; ".join(it.words for it in left)
        return Outcome(after, "set", f"the carrier took it, but says of the number: {still}")
    return Outcome(after, "set", "set")


def changes(before: Number, after: Number) -> dict[str, str]:
    """What setting a number changed, for the audit trail: what it was, an arrow, what it is."""
    if before.has is None or before.wanted is None:
        return {}
    # Where no answer came, what was asked for is what it may be now.
    now = after.has if after.has is not before.has else None
    told: dict[str, str] = {}
    for called, should in before.to_set.items():
        told[called] = f"{getattr(before.has, called)} → {getattr(now, called) if now else should}"
    for name in ("trunk", "application"):
        if before.taken and (was := getattr(before.has, name)):
            told[name] = f"{was} → {(getattr(now, name) if now else '') or 'none'}"
    return told


def trouble_of(error: RestError) -> str:
    """Why the carrier did not do as it was asked, for whoever has to see to it."""
    code = str(error)
    match code[:3]:
        case "401" | "403":
            return f"the carrier does not take the credentials ({code}): see TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
        case "404":
            return f"the carrier does not know it ({code}): see TWILIO_ACCOUNT_SID and TWILIO_API_URL"
        case "429":
            return f"the carrier has no time for so many requests ({code})"
    match error:
        case NotDone():
            return f"the carrier cannot be reached ({code})"
        case NoAnswer():
            return f"the carrier did not answer as it should ({code})"
        case _:
            return f"the carrier refused it ({code})"
