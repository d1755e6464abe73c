"""Reading and checking a TwiML document: bytes in, the data of `twiml` out. Nothing is run here.

Where Twilio logs a schema warning and guesses, this raises `CarrierError` under the same code: a phone for
trying out lines should be the first to complain.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import urldefrag, urljoin

from ivr.phone.acts import KEYS
from ivr.phone.events import CarrierError
from ivr.phone.schema import ATTRIBUTES, CHILDREN, NOT_RUN, SSML, WITH_TEXT
from ivr.phone.twiml import (
    Dial,
    Document,
    Gather,
    Hangup,
    Method,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Verb,
)


def parse(body: bytes, url: str) -> Document:
    """Read the document that came from `url`; relative URLs in it become absolute.

    Raises CarrierError: 12100 for what is not XML, 12102 for a root that is not Response, 12200 for
    anything that TwiML lacks, 13xxx for a value that its verb does not take, 11100 for a broken URL.
    """
    try:
        root = ET.fromstring(body)  # noqa: S314 (expat bounds what entities may grow to, and loads none)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise CarrierError(12100, f"Document parse failure: {error}") from None
    if root.tag != "Response":
        raise CarrierError(12102, f"The root element must be Response, not {root.tag}")
    _check(root)
    return Document(url, tuple(_VERBS[child.tag](child, url) for child in root))


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
        if tag == "Response" and child.tag in NOT_RUN:
            raise CarrierError(12200, f"{child.tag} is not run by this phone")
        if child.tag not in CHILDREN.get(tag, ()):
            code = {"Gather": 13320, "Dial": 13215}.get(tag, 12200)
            raise CarrierError(code, f"{tag} cannot hold {child.tag}")
        _check(child)


def _check_attributes(element: ET.Element, allowed: set[str]) -> None:
    if unknown := set(element.attrib) - allowed:
        raise CarrierError(12200, f"{element.tag} has no attribute {', '.join(sorted(unknown))}")


def _say(element: ET.Element, _: str) -> Say:
    """ "Text limits: basic voices 4096 characters, Polly 3000, Google 5000"; "`language=en-US`"."""
    text = " ".join("".join(element.itertext()).split())
    voice = element.get("voice", "").partition(".")[0]
    limit = {"Polly": 3000, "Google": 5000}.get(voice, 4096)
    if not text or len(text) > limit:
        raise CarrierError(13520, f"Say: Invalid text: {len(text)} characters, allowed are 1 to {limit}")
    breaks = sum(_break(inner) for inner in element.iter("break"))
    return Say(text, element.get("language", "en-US"), _loop(element, 13510), breaks)


def _break(element: ET.Element) -> float:
    found = re.fullmatch(r"(\d{1,5})(ms|s)", element.get("time", "1s"))
    if not found:
        raise CarrierError(13520, f"Say: Invalid text: break takes a time such as 1s, not {element.get('time')}")
    return int(found[1]) / (1000 if found[2] == "ms" else 1)


def _play(element: ET.Element, base: str) -> Play:
    digits, url = element.get("digits", ""), _text(element)
    if bool(digits) == bool(url) or set(digits) - set(KEYS + "wW"):
        raise CarrierError(12200, "Play takes the URL of audio, or digits")
    return Play(_url(base, url) if url else "", digits, _loop(element, 13410))


def _pause(element: ET.Element, _: str) -> Pause:
    return Pause(_whole(element, "length", 1, 13910))


def _gather(element: ET.Element, base: str) -> Gather:
    inputs = element.get("input", "dtmf").split()
    if not inputs or set(inputs) - {"dtmf", "speech"}:
        raise CarrierError(13326, f"Gather: Invalid input value: {element.get('input')!r}")
    return Gather(
        action=_url(base, element.get("action", "")),
        method=_method(element, "method", 13312),
        timeout=_whole(element, "timeout", 5, 13313),
        finish_on_key=_finish_key(element),
        num_digits=_whole(element, "numDigits", 1, 13314) if "numDigits" in element.attrib else None,
        action_on_empty_result=_flag(element, "actionOnEmptyResult", False, 12200),
        takes_keys="dtmf" in inputs,
        parts=tuple(_PARTS[child.tag](child, base) for child in element),
    )


def _finish_key(element: ET.Element) -> str:
    key = element.get("finishOnKey", "#")
    if len(key) > 1 or key not in KEYS:
        raise CarrierError(13310, f"Gather: Invalid finishOnKey value: {key!r} is not one of {KEYS} or empty")
    return key


def _record(element: ET.Element, base: str) -> Record:
    """ "Default action = this URL (a loop, if forgotten). `timeout=5`, `finishOnKey=1234567890*#`"."""
    keys = element.get("finishOnKey", KEYS)
    if set(keys) - set(KEYS):
        raise CarrierError(13613, f"Record: Invalid finishOnKey value: {keys!r} is not among {KEYS}")
    _flag(element, "playBeep", True, 13616)
    callback = element.get("recordingStatusCallback")
    return Record(
        action=_url(base, element.get("action", "")),
        method=_method(element, "method", 13610),
        timeout=_whole(element, "timeout", 5, 13611),
        finish_on_key=keys,
        max_length=_whole(element, "maxLength", 3600, 13612),
        callback=_url(base, callback) if callback else None,
        callback_method=_method(element, "recordingStatusCallbackMethod", 12200),
    )


def _dial(element: ET.Element, base: str) -> Dial:
    """ "`timeout=30` (+5 s), `timeLimit=14400`, `answerOnBridge`."""
    nouns = [(child.tag, _text(child)) for child in element]
    if number := _text(element):
        nouns.insert(0, ("Number", number))
    if not nouns:
        raise CarrierError(13215, "Dial: Invalid nested element: nobody to dial")
    action = element.get("action")
    return Dial(
        parties=tuple(_party(tag, text) for tag, text in nouns),
        action=_url(base, action) if action else None,
        method=_method(element, "method", 13210),
        timeout=_whole(element, "timeout", 30, 13212),
        time_limit=_whole(element, "timeLimit", 14400, 13216),
        caller_id=element.get("callerId"),
        answer_on_bridge=_flag(element, "answerOnBridge", False, 12200),
    )


def _party(tag: str, text: str) -> str:
    if tag == "Client" and text:
        return f"client:{text}"
    if tag == "Sip" and re.match(r"sips?:\S", text):
        return text
    if tag == "Number" and re.fullmatch(r"\+?[0-9][0-9 ().-]*", text):
        return text
    code = {"Number": 13223, "Sip": 13243}.get(tag, 13215)
    raise CarrierError(code, f"Dial: {tag} cannot be {text!r}")


def _redirect(element: ET.Element, base: str) -> Redirect:
    return Redirect(_url(base, _text(element)), _method(element, "method", 13710))


def _reject(element: ET.Element, _: str) -> Reject:
    reason = element.get("reason", "rejected")
    if reason not in ("rejected", "busy"):
        raise CarrierError(12200, f"Reject: reason is rejected or busy, not {reason!r}")
    return Reject(reason)


def _text(element: ET.Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _url(base: str, url: str) -> str:
    """`url` made absolute. "`action` = this URL" where it is empty; "the fragment is not signed"."""
    try:
        return urldefrag(urljoin(base, url.strip()))[0]
    except ValueError as error:
        raise CarrierError(11100, f"Invalid URL format: {url!r}: {error}") from None


def _method(element: ET.Element, name: str, code: int) -> Method:
    method = element.get(name, "POST")
    if method not in ("GET", "POST"):
        raise CarrierError(code, f"{element.tag}: Invalid {name} value: GET or POST, not {method!r}")
    return method  # type: ignore[return-value]  # the line above narrows it


def _flag(element: ET.Element, name: str, default: bool, code: int) -> bool:
    text = element.get(name, str(default).lower())
    if text not in ("true", "false"):
        raise CarrierError(code, f"{element.tag}: {name} must be true or false, not {text!r}")
    return text == "true"


def _whole(element: ET.Element, name: str, default: int, code: int, least: int = 1) -> int:
    text = element.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise CarrierError(code, f"{element.tag}: Invalid {name} value: a positive whole number, not {text!r}")
    return int(text)


def _loop(element: ET.Element, code: int) -> int:
    """ "`loop=0` means 1000."""
    return _whole(element, "loop", 1, code, least=0) or 1000


_PARTS: dict[str, Callable[[ET.Element, str], Say | Play | Pause]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
}
_VERBS: dict[str, Callable[[ET.Element, str], Verb]] = {
    **_PARTS,
    "Gather": _gather,
    "Record": _record,
    "Dial": _dial,
    "Redirect": _redirect,
    "Hangup": lambda _element, _base: Hangup(),
    "Reject": _reject,
}
