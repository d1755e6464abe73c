"""Whether a document is TwiML that a carrier takes: `check_twiml(document)`.

Which verbs there are, what may stand in which, with which attributes, is asked of Twilio's own library: each
class is built with all its parameters, and the methods that add a child to it are called. What the library
does not know (that it "validates nothing") are the carrier's rules of values and order, written down below.
"""

import inspect
import itertools
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
LARGEST = 64_000
LONGEST_TEXT = 3000


@dataclass
class Element:
    """What one class of the library may have."""

    attributes: set[str] = field(default_factory=set)
    children: dict[str, "Element"] = field(default_factory=dict)
    text: bool = False


def _schema() -> Element:
    known: dict[type, Element] = {}

    def describe(made: TwiML) -> Element:
        if type(made) in known:
            return known[type(made)]
        element = known[type(made)] = Element(set(made.attrs), text=made.value is not None)
        for name, method in inspect.getmembers(made, inspect.ismethod):
            if name.startswith("_") or hasattr(TwiML, name):
                continue
            parameters = inspect.signature(method).parameters.values()
            child = method(**{each.name: "x" for each in parameters if each.kind is not each.VAR_KEYWORD})
            element.children[child.name] = describe(child)
        return element

    return describe(VoiceResponse())


SCHEMA = _schema()
"""The element Response."""

COUNTS = {"timeout", "numDigits", "maxLength", "timeLimit", "length"}
METHODS = {"method", "recordingStatusCallbackMethod", "statusCallbackMethod"}
URLS = {"action", "recordingStatusCallback", "statusCallback", "url"}
YES_NO = {"answerOnBridge", "playBeep", "actionOnEmptyResult", "hangupOnStar"}
NEEDS_TEXT = {"Say", "Play", "Redirect", "Number", "Sip", "Client"}
AT_LEAST = {"maxLength": 2}


def check_twiml(document: str) -> list[str]:
    """What a carrier would find wrong with the document; empty where it is right."""
    wrong = []
    if not document.startswith(HEAD):
        wrong.append("it does not begin with its XML declaration in UTF-8")
    try:
        size = len(document.encode())
        root = ET.fromstring(document.encode())
    except (UnicodeEncodeError, ET.ParseError) as error:
        return [*wrong, f"12100: not XML: {error}"]
    if size > LARGEST:
        wrong.append(f"11750: {size} bytes")
    if root.tag != "Response":
        return [*wrong, f"12100: the root is {root.tag}"]
    return wrong + _element(root, SCHEMA) + _order(root)


def _element(node: ET.Element, may: Element) -> list[str]:
    wrong = [f"12200: {node.tag} has no attribute {name}" for name in node.attrib if name not in may.attributes]
    text = (node.text or "") + "".join(child.tail or "" for child in node)
    if text.strip() and not may.text:
        wrong.append(f"12200: {node.tag} holds text")
    if node.tag in NEEDS_TEXT and not "".join(node.itertext()).strip() and not node.attrib.get("digits"):
        wrong.append(f"{node.tag} is empty")
    if node.tag == "Say" and len("".join(node.itertext())) > LONGEST_TEXT:
        wrong.append("13520: Say has too much text")
    if node.tag in ("Redirect", "Play") and not _absolute(text):
        wrong.append(f"{node.tag} has no absolute URL: {text!r}")
    if node.tag == "Dial" and not len(node) and not text.strip():
        wrong.append("13201: Dial dials nobody")
    wrong += [complaint for name, value in node.attrib.items() for complaint in _value(node.tag, name, value)]
    for child in node:
        if child.tag in may.children:
            wrong += _element(child, may.children[child.tag])
        else:
            wrong.append(f"12200: {child.tag} cannot stand in {node.tag}")
    return wrong


def _value(tag: str, name: str, value: str) -> list[str]:
    where = f"{tag} {name}={value!r}"
    if name in COUNTS and not (value.isascii() and value.isdigit() and int(value) >= AT_LEAST.get(name, 1)):
        return [f"{where} is no whole number that it may be"]
    if name in METHODS and value not in ("GET", "POST"):
        return [f"{where} is neither GET nor POST"]
    if name in URLS and not _absolute(value):
        return [f"{where} is no absolute URL"]
    if name in YES_NO and value not in ("true", "false"):
        return [f"{where} is neither true nor false"]
    if name == "finishOnKey" and (set(value) - set("0123456789*#") or len(value) > 1):
        return [f"{where} is more than one key"]
    if name == "callerId" and not value.strip():
        return [f"13214: {where}"]
    return []


def _order(root: ET.Element) -> list[str]:
    """ "Verbs after Redirect, Record with action, Dial with action, Enqueue with action are dead."

    But for a Redirect after a Record, to which an empty recording falls through, and after a Leave, which does
    nothing outside of a wait document.
    """
    wrong = []
    for verb, after in itertools.pairwise(root):
        last = verb.tag in ("Redirect", "Hangup", "Leave", "Reject")
        if last or ("action" in verb.attrib and verb.tag in ("Record", "Dial", "Enqueue")):
            if verb.tag in ("Record", "Leave") and after.tag == "Redirect":
                continue
            wrong.append(f"{after.tag} after {verb.tag} is dead")
    if len(root) and root[-1].tag == "Gather":
        wrong.append("a Gather is last: silence would end the call")
    return wrong


def _absolute(url: str) -> bool:
    parts = urlsplit(url.strip())
    return parts.scheme in ("http", "https") and bool(parts.netloc)
