"""From one checked element of TwiML to the data of its verb, with every default filled in.

Raises CarrierError, under the code that each verb has for a value that it does not take.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import urljoin

from ivr.phone.acts import KEYS
from ivr.phone.events import CarrierError
from ivr.phone.twiml import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Method,
    Noun,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
    Told,
    Verb,
)


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
    nouns = [_noun(child, base) for child in element]
    if number := _text(element):
        nouns.insert(0, Noun("Number", _address("Number", number)))
    if not nouns:
        raise CarrierError(13215, "Dial: Invalid nested element: nobody to dial")
    if len(nouns) > 1 and any(noun.kind == "Queue" for noun in nouns):
        raise CarrierError(13215, "Dial: Invalid nested element: a Queue stands alone")
    action = element.get("action")
    return Dial(
        nouns=tuple(nouns),
        action=_url(base, action) if action else None,
        method=_method(element, "method", 13210),
        timeout=_whole(element, "timeout", 30, 13212),
        time_limit=_whole(element, "timeLimit", 14400, 13216),
        caller_id=element.get("callerId"),
        answer_on_bridge=_flag(element, "answerOnBridge", False, 12200),
        hangup_on_star=_flag(element, "hangupOnStar", False, 13213),
        sequential=_flag(element, "sequential", False, 12200),
    )


def _noun(element: ET.Element, base: str) -> Noun:
    url = element.get("url")
    digits = element.get("sendDigits", "")
    if set(digits) - set(KEYS + "wW"):
        raise CarrierError(13222, f"Dial->{element.tag}: Invalid sendDigits value: {digits!r}")
    return Noun(
        element.tag,  # type: ignore[arg-type]  # the schema knows what stands in a Dial
        _address(element.tag, _text(element)),
        url=_url(base, url) if url else None,
        method=_method(element, "method", {"Number": 13221, "Sip": 13242}.get(element.tag, 12200)),
        send_digits=digits,
        told=_told(element, base),
    )


def _address(tag: str, text: str) -> str:
    if tag == "Client" and text:
        return f"client:{text}"
    if tag == "Sip" and re.match(r"sips?:\S", text):
        return text
    if tag == "Number" and re.fullmatch(r"\+?[0-9][0-9 ().-]*", text):
        return text
    if tag == "Queue" and text:
        return _queue_name(text)
    code = {"Number": 13223, "Sip": 13243}.get(tag, 13215)
    raise CarrierError(code, f"Dial: {tag} cannot be {text!r}")


def _told(element: ET.Element, base: str) -> Told | None:
    """`statusCallbackEvent` is `completed` where it does not say."""
    url = element.get("statusCallback")
    if not url:
        return None
    events = element.get("statusCallbackEvent", "completed").split()
    if unknown := set(events) - {"initiated", "ringing", "answered", "completed"}:
        raise CarrierError(12200, f"{element.tag}: no statusCallbackEvent {', '.join(sorted(unknown))}")
    return Told(_url(base, url), _method(element, "statusCallbackMethod", 12200), frozenset(events))


def _queue_name(text: str) -> str:
    """ "Queue names up to 64 characters"."""
    if len(text) > 64:
        raise CarrierError(12200, f"a queue's name has at most 64 characters, not {len(text)}")
    return text


def _enqueue(element: ET.Element, base: str) -> Enqueue:
    name = _text(element)
    if "workflowSid" in element.attrib:
        raise CarrierError(0, "Enqueue with a workflowSid is not run by this carrier")
    if not name:
        raise CarrierError(12200, "Enqueue needs the name of a queue")
    action, wait = element.get("action"), element.get("waitUrl")
    return Enqueue(
        name=_queue_name(name),
        action=_url(base, action) if action else None,
        method=_method(element, "method", 12200),
        wait_url=_url(base, wait) if wait else None,
        wait_method=_method(element, "waitUrlMethod", 12200),
    )


def _sms(element: ET.Element, base: str) -> Sms:
    """A message has at most 1600 characters, and says something."""
    text = _text(element)
    if not text or len(text) > 1600:
        raise CarrierError(14103, f"Sms: Invalid body: {len(text)} characters, allowed are 1 to 1600")
    for name, code in (("to", 14101), ("from", 14102)):
        if name in element.attrib and not re.fullmatch(r"\+?[0-9]{3,15}", element.attrib[name]):
            raise CarrierError(code, f"Sms: Invalid {name} attribute: {element.attrib[name]!r}")
    action, status = element.get("action"), element.get("statusCallback")
    return Sms(
        text=text,
        to=element.get("to"),
        from_=element.get("from"),
        action=_url(base, action) if action else None,
        method=_method(element, "method", 14104),
        told=Told(_url(base, status), "POST", frozenset({"sent"})) if status else None,
    )


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
    """`url` made absolute. "`action` = this URL" where it is empty; its fragment may say how to retry."""
    try:
        return urljoin(base, url.strip())
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
VERBS: dict[str, Callable[[ET.Element, str], Verb]] = {
    **_PARTS,
    "Gather": _gather,
    "Record": _record,
    "Dial": _dial,
    "Enqueue": _enqueue,
    "Leave": lambda _element, _base: Leave(),
    "Sms": _sms,
    "Redirect": _redirect,
    "Hangup": lambda _element, _base: Hangup(),
    "Reject": _reject,
}
"""What reads each verb, from the element and the URL of its document."""
