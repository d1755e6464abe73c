"""What the page sounds like: the voice, in its language, and the tones of the keys.

A Chromium without a screen has neither voices nor ears, so what the page asks of them is noted.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from phones import MERIDIAN, QUICK, Phone, Served
from playwright.sync_api import BrowserContext, Page

Opens = Callable[[], Phone]

VOICES = """
  window.noted = [];
  class Utterance { constructor(text) { this.text = text; } }
  const voices = ["en-US", "es-ES", "es-MX"].map((lang) => ({ lang, name: lang, localService: true }));
  const synthesis = {
    getVoices: () => voices,
    addEventListener() {},
    speak(words) {
      window.noted.push(`speak ${words.lang} ${words.voice.lang}: ${words.text}`);
      window.ends = () => words.onend?.();
    },
    cancel() { window.noted.push("cancel"); },
    pause() { window.noted.push("pause"); },
    resume() { window.noted.push("resume"); },
  };
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
"""

TONES = """
  window.tones = [];
  const create = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    const made = create.call(this);
    const start = made.start;
    made.start = (...given) => { window.tones.push(made.frequency.value); return start.apply(made, given); };
    return made;
  };
"""


@pytest.fixture
def voices(context: BrowserContext, phone: Opens) -> Opens:
    """Tabs of a browser that has voices."""
    context.add_init_script(VOICES)
    return phone


def spoken(page: Page, words: str) -> None:
    """Waits until this was asked of the voice."""
    page.wait_for_function("(words) => window.noted.some((one) => one.includes(words))", arg=words, timeout=20_000)


def test_words_are_spoken_in_their_language(voices: Opens) -> None:
    """Each with a voice of that very language; the next one comes when the voice says that it is done."""
    caller = voices()
    caller.call(MERIDIAN, "2026-07-01T10:05")
    caller.hears("Meridian Coaches")
    caller.press("2")
    caller.hears("Para saber a qué hora")
    caller.press("1")
    caller.hears("Marque los cuatro")
    caller.press("0417")
    spoken(caller.page, "speak es-MX es-MX: El próximo autobús va a Houston.")
    caller.page.wait_for_timeout(300)
    assert not caller.page.evaluate("window.noted.some((one) => one.includes('de nuevo la salida'))")
    caller.page.evaluate("window.ends()")
    spoken(caller.page, "speak es-MX es-MX: Para escuchar de nuevo la salida")


def test_a_key_stops_the_voice(voices: Opens) -> None:
    """At once, and for good where the line takes the key."""
    caller = voices()
    caller.call(QUICK)
    spoken(caller.page, "speak en-US en-US: To sign in")
    caller.page.evaluate("window.noted.length = 0")
    caller.press("7")
    assert caller.page.evaluate("window.noted[0]") == "pause"
    spoken(caller.page, "That was none of the choices.")
    noted = caller.page.evaluate("window.noted")
    assert "cancel" in noted[: noted.index("speak en-US en-US: That was none of the choices.")]


def test_what_must_be_heard_goes_on(voices: Opens) -> None:
    """A key that the line does not take leaves the words only a moment of silence."""
    caller = voices()
    caller.call(QUICK)
    spoken(caller.page, "To sign in")
    caller.press("4")  # to a notice that may not be interrupted
    spoken(caller.page, "This must be heard")
    caller.page.evaluate("window.noted.length = 0")
    caller.press("1")
    caller.page.wait_for_function("() => window.noted.includes('resume')")
    assert caller.page.evaluate("window.noted") == ["pause", "resume"]


def test_muted_nothing_is_spoken(voices: Opens) -> None:
    """The words are shown, for as long as they would take."""
    caller = voices()
    caller.page.click("#mute")
    caller.call(QUICK)
    caller.hears("To leave a message")
    assert not caller.page.evaluate("window.noted.some((one) => one.startsWith('speak'))")


def test_keys_have_their_tones(phone: Opens, context: BrowserContext, served: Served) -> None:
    """The two frequencies of each key (ITU-T Q.23); none where the phone is muted."""
    context.add_init_script(TONES)
    caller = phone()
    caller.page.keyboard.press("5")
    caller.press("*")
    assert caller.page.evaluate("window.tones") == [770, 1336, 941, 1209]
    caller.page.click("#mute")
    caller.press("1")
    assert len(caller.page.evaluate("window.tones")) == 4
