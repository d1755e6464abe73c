"""The last words: a document for a call of which nothing can be known, written from the line alone.

"Whatever raises, the caller hears an apology in their language and is handed to the line's operator, else
its last resort, else a voicemail." Where state can be read, the engine does that (`Troubled`); this is for
when it cannot: no state, no engine, nothing that could raise again.
"""

from __future__ import annotations

from pathlib import Path

from ivr.call import says
from ivr.call.inputs import Input, Recorded
from ivr.carrier.twiml import farewell, standing
from ivr.menu import Flow
from ivr.menu.phrases import phrase
from ivr.menu.steps import Dial
from ivr.switchboard.lines import Line

UNKNOWN_LANGUAGE = "en-US"


def last_words(line: Line | None, sid: str, input_: Input | None, base: str) -> str:
    """The line's static document; where it has no number to dial, an apology and a voicemail, then the end.

    A caller who comes back from that voicemail (Recorded) hears goodbye, so that it cannot go round. Without a
    line it is an apology in English.
    """
    if line is None:
        language = UNKNOWN_LANGUAGE
        return farewell(f"{phrase('apology', language)} {phrase('goodbye', language)}", language)
    language = line.flow.languages[0]
    if isinstance(input_, Recorded):
        return farewell(phrase("goodbye", language), language)
    if number_of(line.flow):
        return static_document(line.flow)
    service = line.flow.service
    parts = (
        says.Say(service["apology"], 0, language),
        says.Say(service["voicemail"], 0, language),
        says.Record(longest=120, silence=5),
    )
    return line.renderer.render(parts, base=base, sid=sid, turn=0)


def static_document(flow: Flow) -> str:
    """A document that is fit to be hosted anywhere: it names no address of ours.

    An apology in each of the line's languages, the operator's number or the last resort where there is one,
    goodbye, and the end.
    """
    words = [(phrase("apology", language), language) for language in flow.languages]
    last = (phrase("goodbye", flow.languages[0]), flow.languages[0])
    return standing(words, number_of(flow), flow.numbers[0], last)


def keep_document(flow: Flow, folder: Path) -> None:
    """Writes the line's static document, to be hosted elsewhere for the day when nothing here answers."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{flow.name}.xml"
    draft.write_text(static_document(flow), "utf-8")
    draft.replace(folder / f"{flow.name}.xml")


def number_of(flow: Flow) -> str | None:
    """The operator's number, where the operator is one, else the last resort."""
    step = flow.steps.get(flow.person)
    if step and isinstance(step.act, Dial) and not step.act.to.names:
        return step.act.to.source
    return flow.last_resort
