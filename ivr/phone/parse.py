"""Reading and checking a TwiML document: bytes in, the data of `twiml` out. Nothing is run here.

Where Twilio logs a schema warning and guesses, this raises `CarrierError` under the same code: a carrier for
trying out lines should be the first to complain.
"""

import xml.etree.ElementTree as ET

from ivr.phone.elements import VERBS
from ivr.phone.events import CarrierError
from ivr.phone.not_run import OTHERS, OTHERS_HOLD, TAKES_OVER
from ivr.phone.schema import ATTRIBUTES, CHILDREN, NOT_RUN, SSML, WITH_TEXT
from ivr.phone.twiml import Document, NotRun


def parse(body: bytes, url: str) -> Document:
    """Read the document that came from `url`; relative URLs in it become absolute.

    Raises CarrierError: 12100 for what is not XML, 12102 for a root that is not Response, 12200 for
    anything that TwiML lacks, 13xxx for a value that its verb does not take, 11100 for a broken URL, and 0,
    the carrier's own, for a noun that it does not run. A verb that it does not run is a `NotRun`.
    """
    try:
        root = ET.fromstring(body)  # noqa: S314 (expat bounds what entities may grow to, and loads none)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise CarrierError(12100, f"Document parse failure: {error}") from None
    if root.tag != "Response":
        raise CarrierError(12102, f"The root element must be Response, not {root.tag}")
    _check(root)
    return Document(
        url,
        tuple(
            VERBS[child.tag](child, url) if child.tag in VERBS else NotRun(child.tag, child.tag in TAKES_OVER)
            for child in root
        ),
    )


def _check(element: ET.Element) -> None:
    """Raise 12200 unless the element and all in it stand in the tables of `schema`."""
    tag = element.tag
    _check_attributes(element, ATTRIBUTES[tag])
    if tag not in WITH_TEXT and "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        raise CarrierError(12200, f"{tag} takes no text of its own")
    if tag == "Say":
        for inner in element.iter():
            if inner is not element:
                if inner.tag not in SSML:
                    raise CarrierError(12200, f"Say cannot hold {inner.tag}")
                _check_attributes(inner, SSML[inner.tag])
        return
    for child in element:
        if child.tag in NOT_RUN.get(tag, ()):
            _check_other(child)
            if tag != "Response":
                raise CarrierError(0, f"{child.tag} in {tag} is not run by this carrier")
        elif child.tag not in CHILDREN.get(tag, ()):
            code = {"Gather": 13320, "Dial": 13215}.get(tag, 12200)
            raise CarrierError(code, f"{tag} cannot hold {child.tag}")
        else:
            _check(child)


def _check_other(element: ET.Element) -> None:
    """Raise 12200 unless TwiML has the element, which is not run, with its attributes and what is in it."""
    _check_attributes(element, OTHERS[element.tag])
    for child in element:
        if child.tag in OTHERS_HOLD.get(element.tag, ()):
            _check_attributes(child, OTHERS.get(child.tag) or ATTRIBUTES.get(child.tag, set()))
        elif element.tag in OTHERS_HOLD:
            raise CarrierError(12200, f"{element.tag} cannot hold {child.tag}")


def _check_attributes(element: ET.Element, allowed: set[str]) -> None:
    if unknown := set(element.attrib) - allowed:
        raise CarrierError(12200, f"{element.tag} has no attribute {', '.join(sorted(unknown))}")
