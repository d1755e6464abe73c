"""Numbers: which line answers each, what the carrier's account has set for it, and what is wrong with that.

Pure: lines, the account's numbers and the settings' addresses go in, each number with its faults comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import SplitResult, urlsplit

from ivr.carrier.account import AccountNumber, Called, Hook
from ivr.carrier.urls import fallback_url, status_url, voice_url
from ivr.menu import Flow
from ivr.switchboard.desk_line import LINE as DESK

CALLED: tuple[Called, ...] = get_args(Called)
SAYS: dict[Called, str] = {
    "voice": "a call comes in",
    "fallback": "primary handler fails",
    "status": "call status changes",
}
"""When the carrier calls each address, in the words of its own console."""

_NONE: dict[Called, str] = {
    "voice": "no address is set, so callers reach nobody",
    "fallback": "no address is set, so callers hear the carrier's own error where the service cannot be reached",
    "status": "no address is set, so nobody tells the service that a caller has hung up",
}
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a number should have."""

    voice: Hook
    fallback: Hook
    status: Hook

    def of(self, called: Called) -> Hook:
        """One of them."""
        hook: Hook = getattr(self, called)
        return hook


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers a number: a line, by its name and title. `live` is whether callers hear it, or only a file says so;
    `also` are other lines whose files name the number, too.
    """

    line: str
    title: str
    live: bool
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a number, in words; `lost` where callers do not get to the line by it.

    It is mended by setting the addresses (`set`), by that and by taking the number from what has its calls
    (`take over`), or not from here (`no`).
    """

    about: Called | Literal["number"]
    words: str
    lost: bool
    mend: Literal["set", "take over", "no"] = "set"


State = Literal["right", "wrong", "unknown", "missing", "other", "draft", "unlisted"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number: who answers it, what the account has of it, what it should have, and what is wrong.

    right, wrong    as it should be, or not             missing     the account has not got it
    other           no menu answers it                  draft       only a file that is not live names it
    unlisted        a SIP or client address             unknown     there is nothing to compare it with
    """

    number: str
    state: State
    answer: Answer | None = None
    has: AccountNumber | None = None
    wanted: Wanted | None = None
    faults: tuple[Fault, ...] = ()
    here: bool = False
    """Whether the carrier sends its calls here, where it is one that no menu answers."""

    @property
    def to_set(self) -> dict[Called, Hook]:
        """The addresses that are wrong, as they should be."""
        if self.wanted is None:
            return {}
        return {it.about: self.wanted.of(it.about) for it in self.faults if it.about != "number" and it.mend != "no"}

    @property
    def taken(self) -> bool:
        """Whether something else has its calls, so that setting the addresses alone would change nothing."""
        return any(it.mend == "take over" for it in self.faults)

    @property
    def settable(self) -> bool:
        """Whether it can be mended from here."""
        return self.state == "wrong" and any(it.mend != "no" for it in self.faults)


def wanted(public_url: str, fallbacks: str | None, line: str) -> Wanted:
    """What a number of this line should have. `public_url` is where carriers call; `fallbacks` where the lines' static
    documents are hosted, if they are: as files, which are asked for by GET. The desk has none.
    """
    hosted = Hook(f"{fallbacks}/{line}.xml", "GET") if fallbacks and line != DESK else None
    return Wanted(Hook(voice_url(public_url)), hosted or Hook(fallback_url(public_url)), Hook(status_url(public_url)))


def answers(live: Iterable[Flow], drafts: Iterable[Flow], desk: Iterable[str]) -> dict[str, Answer]:
    """Who answers each number: the desk before any line, what is live before what only a file says."""
    found = {number: Answer(DESK, "the desk by phone", True) for number in desk}
    for flow in live:
        for number in flow.numbers:
            found.setdefault(number, Answer(flow.name, flow.title, True))
    for flow in drafts:
        for number in flow.numbers:
            first = found.setdefault(number, Answer(flow.name, flow.title, False))
            if first.line != flow.name:
                found[number] = Answer(first.line, first.title, first.live, (*first.also, flow.name))
    return found


def joined(
    answered: Mapping[str, Answer],
    held: Iterable[AccountNumber] | None,
    want: Callable[[str], Wanted] | None,
) -> list[Number]:
    """Every number of the menus and of the account, by number. `held` is None where nobody could be asked, `want` gives
    what a line's numbers should have, None where that is not known.
    """
    account = {it.number: it for it in held or ()}
    return [
        _number(number, answered.get(number), account.get(number), held is not None, want)
        for number in sorted({*answered, *account})
    ]


def _number(
    number: str,
    answer: Answer | None,
    has: AccountNumber | None,
    asked: bool,
    want: Callable[[str], Wanted] | None,
) -> Number:
    if answer is None:
        leads = has is not None and want is not None and not any(it.lost for it in faults(has, want("")))
        return Number(number, "other", has=has, here=leads)
    should = want(answer.line) if want else None
    if not number.startswith("+"):
        return Number(number, "unlisted", answer, wanted=should)
    if not answer.live:
        return Number(number, "draft", answer, has, should)
    if not asked or (has is not None and should is None):
        return Number(number, "unknown", answer, has, should)
    if has is None or should is None:
        return Number(number, "missing", answer, wanted=should)
    found = tuple(faults(has, should))
    return Number(number, "wrong" if found else "right", answer, has, should, found)


def faults(has: AccountNumber, should: Wanted) -> Iterator[Fault]:
    """What is wrong with a number, the worst first."""
    if not has.speaks:
        yield Fault("number", "the carrier says that it takes no calls", True, "no")
    if has.trunk:
        words = f"the SIP trunk {has.trunk} has its calls, and the carrier does not look at the addresses here"
        yield Fault("number", words, True, "take over")
    if has.application:
        words = f"the application {has.application} has its calls, and the carrier does not look at the addresses here"
        yield Fault("number", words, True, "take over")
    if has.fax:
        yield Fault("number", "it is set to receive faxes, not calls", True, "take over")
    for called in CALLED:
        hook: Hook = getattr(has, called)
        yield from (Fault(called, words, called == "voice") for words in _differences(called, hook, should.of(called)))


def _differences(called: Called, has: Hook, should: Hook) -> Iterator[str]:
    """How an address differs from what it should be. What stands behind a "?" or a "#" does not matter: the service
    does not look at it, and a carrier finds there how often to try again.
    """
    if not has.url:
        yield _NONE[called]
        return
    there = urlsplit(should.url)
    try:
        here = urlsplit(has.url)
        ports = _port(here), _port(there)
    except ValueError:
        yield "it is no address of the web"
        return
    if here.scheme not in _PORTS or not here.hostname:
        yield "it is no address of the web"
        return
    if here.hostname != there.hostname:
        hosted = called == "fallback" and should.method == "POST"
        hint = "; if the line's document is hosted there, IVR_FALLBACK_URL says so" if hosted else ""
        yield f"another host, {here.hostname}, is called{hint}"
        return
    if here.scheme != there.scheme:
        clear = "http instead of https, so what callers enter can be read on its way"
        yield clear if there.scheme == "https" else "https, where the service is reached by http"
    elif ports[0] != ports[1]:
        yield f"port {ports[0]} instead of {ports[1]}"
    if here.path != there.path:
        yield f"the path is {here.path or '/'} instead of {there.path}"
    if has.method != should.method:
        taken = "files are asked for by GET" if should.method == "GET" else "the service takes POST alone"
        yield f"{has.method} instead of {should.method}: {taken}"


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)
