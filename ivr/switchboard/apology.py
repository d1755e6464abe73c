"""The last words: a document for a call of which nothing can be known, written from the line alone.

"Whatever raises, the caller hears an apology in their language and is handed to the line's operator, else
its last resort, else a voicemail." Where state can be read, the engine does that (`Troubled`); this is for
when it cannot: no state, no engine, nothing that could raise again.
"""

from __future__ import annotations

from ivr.call import says
from ivr.call.inputs import Dialed, Input, Recorded
from ivr.carrier.twiml import farewell
from ivr.menu.phrases import phrase
from ivr.menu.steps import Dial
from ivr.switchboard.lines import Line

UNKNOWN_LANGUAGE = "en-US"


def last_words(line: Line | None, sid: str, input_: Input | None, base: str) -> str:
    """An apology and the number that the line falls back to, else a voicemail; then the end.

    A caller who comes back from such a number or voicemail (Dialed, Recorded) hears goodbye, so that it
    cannot go round. Without a line it is an apology in English.
    """
    language = line.flow.languages[0] if line else UNKNOWN_LANGUAGE
    if isinstance(input_, (Dialed, Recorded)):
        return farewell(phrase("goodbye", language), language)
    if line is None:
        return farewell(f"{phrase('apology', language)} {phrase('goodbye', language)}", language)
    service = line.flow.service
    apology = says.Say(service["apology"], 0, language)
    number = _number(line)
    if number:
        closing: tuple[says.Said, ...] = (says.Dial(number, caller_id=line.flow.numbers[0], ring=30),)
    else:
        closing = (says.Say(service["voicemail"], 0, language), says.Record(longest=120, silence=5))
    return line.renderer.render((apology, *closing), base=base, sid=sid, turn=0)


def _number(line: Line) -> str | None:
    """The operator's number, where the operator is one, else the last resort."""
    step = line.flow.steps.get(line.flow.person)
    if step and isinstance(step.act, Dial) and not step.act.to.names:
        return step.act.to.source
    return line.flow.last_resort
