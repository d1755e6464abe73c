"""The one place that knows how a call looks as text.

line: meridian.yaml
from: +15005550100
to: +15005550006
at: 2026-07-01T10:00:00-05:00

en-US  For English, press 1.
> 1
play   hold.wav
dial   +15005550199
> answered 30 s after 12 s
  en-US  Bookings. Press 1 to take it.
  > 1
queue  bookings
sms    +15005550100: Your ticket is here.
hangup by the line

What is indented was heard and done on the phone of the party that was dialled.
"""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from ivr.phone.acts import Act, Dialed, HangUp, Press, Silent, Speak, Wait
from ivr.phone.events import (
    Aside,
    Began,
    Dialing,
    Did,
    Ending,
    Event,
    Paused,
    Played,
    Queued,
    Recording,
    Rejected,
    Spoke,
    Texted,
    Warned,
)


def lines(event: Event) -> list[str]:
    """The lines that an event prints, without line ends."""
    match event:
        case Began(header, from_, to, at):
            named = [*header, ("from", from_), ("to", to), ("at", at.isoformat(timespec="seconds"))]
            return [*(f"{name}: {value}".rstrip() for name, value in named), ""]
        case Spoke(language, text):
            return [_line(language, text)]
        case Played(url, digits):
            return [_line("play", f"digits {digits}" if digits else name_of(url))]
        case Paused(seconds):
            return [_line("pause", f"{seconds} s")]
        case Dialing(parties):
            return [_line("dial", ", ".join(parties))]
        case Queued(name):
            return [_line("queue", name)]
        case Texted(to, text):
            return [_line("sms", f"{to}: {text}")]
        case Recording():
            return ["record"]
        case Aside(_, inner):
            told = not isinstance(inner, Began | Ending) or (isinstance(inner, Ending) and inner.by == "error")
            return [f"  {line}" for line in lines(inner)] if told else []
        case Rejected(reason):
            return [f"reject {reason}"]
        case Did(act):
            return [f"> {words(act)}"]
        case Warned(code, text):
            return [f"warning {code} {text}"]
        case Ending("error", code, text):
            return [f"error {code} {text}"]
        case Ending(by):
            return [f"hangup by the {by}"]
    return []  # what a page shows and a text does not: ringing, bridges, the ends of sounds, documents


def transcript(events: Iterable[Event]) -> str:
    """A whole call as text, each line with its end."""
    return "".join(f"{line}\n" for event in events for line in lines(event))


def words(act: Act) -> str:
    """What stands behind `> ` for an act; `acts.read_act` reads it back."""
    match act:
        case Press(keys, early):
            return f"early {keys}" if early else keys
        case Silent():
            return "silence"
        case HangUp(early):
            return "early hangup" if early else "hangup"
        case Speak(seconds, ends):
            return f"speak {seconds} s {ends}".rstrip()
        case Wait(seconds):
            return f"wait {seconds} s"
        case Dialed("answered", seconds, hangs_up, after, press):
            taken = f"answered {seconds} s" + (" hangup" if hangs_up else "") + _after(after)
            return taken if press == "1" else f"{taken} press {press or 'nothing'}"
        case Dialed(outcome, after=after):
            return outcome + _after(after)


def name_of(url: str) -> str:
    """What to call the audio at a URL: its path below `/recordings/`, else the last part of its path.

    A phone hears audio and cannot read it, so the words of a recording are not known here.
    """
    path = unquote(urlsplit(url).path)
    _, found, below = path.partition("/recordings/")
    return (below if found else path.rpartition("/")[2]) or url


def _after(seconds: int | None) -> str:
    return "" if seconds is None else f" after {seconds} s"


def _line(label: str, text: str) -> str:
    return f"{label:<5}  {text}"
