"""A call in a terminal: the transcript as it happens, with a script or a person holding the phone."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from typing import TextIO, TypeVar

from ivr.phone.acts import Act, Dialed, HangUp, Press, Silent, Speak, read_act
from ivr.phone.call import PhoneCall
from ivr.phone.caller import Script
from ivr.phone.clock import Clock
from ivr.phone.events import Did, Ending, Event, Warned
from ivr.phone.exchange import ACCOUNT
from ivr.phone.transcript import lines
from ivr.phone.twiml import Dial, Gather, Pause, Play, Record, Say

A = TypeVar("A", bound=Act)

_BACK_OVER_IT = "\x1b[1A\r\x1b[2K"
_OVER_IT = "\r\x1b[2K"


def call(
    url: str,
    *,
    to: str,
    from_: str,
    keys: str | None = None,
    clock: Clock | None = None,
    zone: tzinfo = UTC,
    header: Mapping[str, str] | None = None,
    auth_token: str | None = None,
    account_sid: str = ACCOUNT,
    fallback_url: str | None = None,
    status_url: str | None = None,
    out: TextIO | None = None,
    stdin: TextIO | None = None,
    worker: Callable[[], object] | None = None,
) -> Ending:
    """Call `url` and print the transcript to `out` (standard output) as it happens; how the call ended.

    With `keys`, a script holds the phone (see `acts`). Without, it is whoever types on `stdin` (standard
    input): an empty line is silence, `hangup`, the end of the input or Ctrl-C hangs up. Only a terminal is
    asked for anything. `worker` is called again and again on the clock meanwhile: what the application does by itself.
    The other arguments are those of `PhoneCall`. Raises ValueError for a script, or for
    lines of an input that is no terminal, with something that no caller can do, or not at that place.
    """
    out = out or sys.stdout
    caller = Person(stdin or sys.stdin, out) if keys is None else Script.read(keys)
    screen = Screen(out)
    placed = PhoneCall(
        url,
        to=to,
        from_=from_,
        clock=clock,
        zone=zone,
        header=header,
        auth_token=auth_token,
        account_sid=account_sid,
        fallback_url=fallback_url,
        status_url=status_url,
        hear=screen.show,
        ctrl_c_hangs_up=isinstance(caller, Person),
    )
    if worker is not None:
        placed.exchange.every(0.5, worker)
    placed.run(caller)
    assert placed.ending is not None  # noqa: S101 (a call that ran has ended)
    return placed.ending


class Screen:
    """Prints events; in colour on a terminal, and plainly anywhere else."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colour = out.isatty()

    def show(self, event: Event) -> None:
        """Print one event."""
        for line in lines(event):
            self._out.write(f"{self._painted(line, event)}\n")
        self._out.flush()

    def _painted(self, line: str, event: Event) -> str:
        if not self._colour:
            return line
        match event:
            case Did():
                return f"\x1b[1m{line}\x1b[0m"
            case Warned() | Ending("error"):
                return f"\x1b[31m{line}\x1b[0m"
        return line


class Person:
    """A caller who types one line at each prompt that waits, in the words of `acts`.

    At a terminal, `> ` asks, what cannot be done is explained and asked again, and what was typed gives way
    to the transcript's own line, so that the call can be pasted as it stands. Where `stdin` is no
    terminal, nothing is asked: lines are read in silence, a dialled party answers, and a line that cannot
    be done is a ValueError.
    """

    def __init__(self, stdin: TextIO, out: TextIO) -> None:
        self._in = stdin
        self._out = out
        self._asks = stdin.isatty()

    def early(self, part: Say | Play | Pause) -> None:
        """Nothing: prompts are printed at once, and leave no time to act in."""

    def gather(self, gather: Gather) -> Press | Silent | HangUp:  # noqa: ARG002 (any Gather is asked alike)
        """Keys, silence, or hanging up."""
        return self._ask("keys, an empty line for silence, or hangup", (Press, Silent, HangUp), Silent())

    def dial(self, dial: Dial) -> Dialed | HangUp:  # noqa: ARG002
        """What becomes of the dialled call; an empty line lets it be answered."""
        if not self._asks:
            return Dialed()
        return self._ask("answered[:SECONDS], busy, no-answer, failed or hangup", (Dialed, HangUp), Dialed())

    def record(self, record: Record) -> Speak | Press | Silent | HangUp:  # noqa: ARG002
        """How long the message is; an empty line is silence."""
        return self._ask("speak[:SECONDS], silence or hangup", (Speak, Press, Silent, HangUp), Silent())

    def _ask(self, allowed: str, kinds: tuple[type[A], ...], nothing: A) -> A | HangUp:
        while True:
            line = self._line()
            if line is None:
                return HangUp()
            try:
                act = read_act(line) if line.strip() else nothing
            except ValueError:
                act = None
            if isinstance(act, kinds):
                return act
            if not self._asks:
                raise ValueError(f"{line.strip()!r} does not fit here; allowed: {allowed}")
            self._out.write(f"# {allowed}\n")

    def _line(self) -> str | None:
        """What was typed, None at its end or for Ctrl-C; a terminal is left where `> ` began."""
        if self._asks:
            self._out.write("> ")
            self._out.flush()
        try:
            line = self._in.readline()
        except KeyboardInterrupt:
            line = ""
        if self._asks and self._out.isatty():
            self._out.write(_BACK_OVER_IT if line.endswith("\n") else _OVER_IT)
        elif self._asks:
            self._out.write("\n")
        return line or None
