"""What the tests of documents share: a small line, its says, and the library's verbs."""

from twilio.twiml import voice_response as library
from twilio.twiml.voice_response import VoiceResponse

from ivr.call.says import Said, Say
from ivr.carrier.profile import TWILIO, Profile
from ivr.carrier.twiml import Renderer
from ivr.menu import Flow, load
from ivr.menu.words import Prompt, Text, parse

BASE = "https://phone.example.com"
ACTION = f"{BASE}/voice/CA1/3"

FILE = b"""\
line: Test
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: main
steps:
  main:
    say:
      en-US: Welcome <call.from as phone> & co.
      es-MX: Hola <call.from as phone> & co.
    menu:
      1 -> message:
        en-US: To leave a message
        es-MX: Para dejar un mensaje
    give_up: message
  message:
    voicemail: box
    go: hangup
"""


def small_line() -> Flow:
    """A small line that checks."""
    menus = load({"test.yaml": FILE})
    assert not menus.errors
    return menus.flows["test"]


FLOW = small_line()


def prompt(*texts: str | Text, address: str = "step.say", language: str = "en-US") -> Prompt:
    """A prompt of one language, each text as in a menu file or in pieces."""
    return Prompt(address, {language: tuple(parse(text) if isinstance(text, str) else text for text in texts)})


def say(text: str | Text, *values: str, held: bool = False, language: str = "en-US") -> Say:
    """A Say of one text."""
    return Say(prompt(text, language=language), 0, language, values, not held)


def render(*says: Said, base: str = BASE, sid: str = "CA1", profile: Profile = TWILIO) -> str:
    """The document of the says in turn 3."""
    return Renderer(FLOW, {}, profile).render(says, base=base, sid=sid, turn=3)


def gather(response: VoiceResponse, digits: int = 1, wait: int = 5, finish: str = "") -> library.Gather:
    """The library's Gather in a response."""
    made = library.Gather(
        input="dtmf", num_digits=digits, timeout=wait, finish_on_key=finish, action=ACTION, method="POST"
    )
    response.append(made)
    return made


def again(response: VoiceResponse) -> None:
    """The library's Redirect to the action."""
    response.redirect(ACTION, method="POST")
