"""A turn's says as TwiML: what we send is, byte for byte, what Twilio's library would have built.

Its objects take 160 µs for a menu of five options; the words rendered before and joined here take a few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import ceil

from ivr.call.says import (
    Closing,
    Dial,
    DialAgent,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Record,
    Redirect,
    Said,
    Say,
    Wait,
)
from ivr.carrier import queueing
from ivr.carrier.fragments import Fragment, Named, Played, played, say, worded
from ivr.carrier.markup import clean, escape, quoted
from ivr.carrier.profile import TWILIO, Profile
from ivr.carrier.urls import action_url, recording_status_url
from ivr.menu.flow import Flow
from ivr.menu.words import Prompt, Value

_HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
_TAIL = "</Response>"

RecordingKey = tuple[str, int, str]
"""A recorded text: its prompt's address, which of the prompt's texts (0 is the first), and the language."""


class Renderer:
    """Renders the turns of one version of a line. Read only once it is made, so threads share it.

    `recordings` holds, for each text whose recording was read from just that text, the URL path of the audio
    under `/recordings/`, such as `en-US/meridian/main.menu.1.wav`. A text with values is always spoken; but `audio`
    holds, for the address of a prompt whose one value names an audio, what gives that audio's URL path.
    """

    def __init__(
        self,
        flow: Flow,
        recordings: Mapping[RecordingKey, str],
        profile: Profile = TWILIO,
        audio: Mapping[str, Callable[[str], str]] | None = None,
    ) -> None:
        self._recordings = recordings
        self._audio = audio or {}
        self._profile = profile
        self._prompts = tuple(flow.prompts())  # kept, so that their ids below stay theirs
        self._fragments = {id(prompt): self._languages(prompt) for prompt in self._prompts}

    def _languages(self, prompt: Prompt) -> dict[str, tuple[Fragment, ...]]:
        return {
            language: tuple(self._fragment(prompt, language, variant) for variant in range(len(texts)))
            for language, texts in prompt.texts.items()
        }

    def _fragment(self, prompt: Prompt, language: str, variant: int) -> Fragment:
        if prompt.address in self._audio:
            return Named(self._audio[prompt.address])
        text = prompt.texts[language][variant]
        path = self._recordings.get((prompt.address, variant, language))
        if path is None or any(isinstance(piece, Value) for piece in text):
            return worded(text, language, self._profile)
        return played(path)

    def render(self, says: Sequence[Said], *, base: str, sid: str, turn: int, place: str = "") -> str:
        """The document of one turn. `base` is what our URLs begin with, without a slash at the end; `place` the
        token that stands in the action URLs.

        Where the words are more than a document may hold, the earliest are left out: the last ones say what
        to press. Says without a closing one give a document that ends the call; no says, an empty document.
        """
        address, _ = _xml(base)
        spoken: list[str] = []
        held = 0  # so many must be heard out
        closing: Closing | None = None
        for said in says:
            if isinstance(said, Say):
                languages = self._fragments.get(id(said.prompt))
                fragment = (
                    languages[said.language][said.variant]
                    if languages
                    else self._fragment(said.prompt, said.language, said.variant)
                )
                if isinstance(fragment, str):
                    spoken.append(fragment)
                elif isinstance(fragment, Played):
                    spoken.append(fragment.fill(address))
                elif isinstance(fragment, Named):
                    spoken.append(fragment.fill(address, said.values))
                else:
                    spoken.append(fragment.fill(said.values))
                if not said.interruptible:
                    held = len(spoken)
            else:
                closing = said
        finished = _finished(spoken, held, closing, base, sid, turn, place, self._profile)
        while len(finished) > self._profile.largest_document // 4 and spoken and self._too_large(finished):
            del spoken[0]
            held = max(held - 1, 0)
            finished = _finished(spoken, held, closing, base, sid, turn, place, self._profile)
        return finished

    def _too_large(self, finished: str) -> bool:
        return len(finished.encode()) > self._profile.largest_document


def document(*fragments: str) -> str:
    """A document of verbs that are XML already."""
    body = "".join(fragments)
    return f"{_HEAD}{body}{_TAIL}" if body else empty()


def empty() -> str:
    """The document that asks for nothing: "an empty body is 11770"."""
    return '<?xml version="1.0" encoding="UTF-8"?><Response />'


def redirect(url: str) -> str:
    """The document that sends the carrier to a URL, which must be absolute."""
    return document(f'<Redirect method="POST">{escape(clean(url))}</Redirect>')


def farewell(text: str, language: str, profile: Profile = TWILIO) -> str:
    """The document that says something and ends the call."""
    return document(say(text, language, profile.longest_text), "<Hangup />")


def standing(words: Sequence[tuple[str, str]], number: str | None, caller_id: str, last: tuple[str, str]) -> str:
    """A document that needs no service behind it: words, a number where there is one, last words, the end.

    `words` and `last` are texts with their language. The Dial has no action, so the carrier goes on with the
    next verb when the talk is over.
    """
    spoken = [say(text, language, TWILIO.longest_text) for text, language in words]
    dial = f'<Dial answerOnBridge="true" callerId={quoted(caller_id)}>{_noun(number, None)}</Dial>' if number else ""
    return document(*spoken, dial, say(*last, TWILIO.longest_text), "<Hangup />")


def _finished(
    spoken: list[str], held: int, closing: Closing | None, base: str, sid: str, turn: int, place: str, profile: Profile
) -> str:
    """The whole document: the words, and what waits for the caller."""
    text, value = _xml(base)
    match closing:
        case Gather(digits, finish, wait):
            action, again = action_url(value, sid, turn, place), action_url(text, sid, turn, place)
            nested = "".join(spoken[held:])  # keys count while these are heard
            end = f">{nested}</Gather>" if nested else " />"
            return (
                f'{_HEAD}{"".join(spoken[:held])}<Gather action="{action}" finishOnKey="{finish}" input="dtmf" '
                f'method="POST" numDigits="{digits}" timeout="{ceil(wait)}"{end}'
                f'<Redirect method="POST">{again}</Redirect>{_TAIL}'
            )
        case Enqueue() | Wait() | Leave() | DialAgent():
            where = queueing.Where(text, value, sid, turn, place)
            return queueing.closed("".join(spoken), closing, where, profile)
        case None:
            return document(*spoken)
    return document(*spoken, _closed(closing, text, value, sid, turn, place))


def _closed(closing: Record | Dial | Redirect | Hangup, text: str, value: str, sid: str, turn: int, place: str) -> str:
    """The verbs that end a document other than those that wait for keys."""
    action, again = action_url(value, sid, turn, place), action_url(text, sid, turn, place)
    match closing:
        case Redirect():
            return f'<Redirect method="POST">{again}</Redirect>'
        case Hangup():
            return "<Hangup />"
        case Record(longest, silence):
            # Twilio's reference of Record: verbs after it are unreachable, except that for an empty recording
            # it does not request the action but goes on with the next verb. So silence arrives by the Redirect.
            # maxLength must be greater than 1.
            return (
                f'<Record action="{action}" finishOnKey="#" maxLength="{max(2, ceil(longest))}" method="POST" '
                f'playBeep="true" recordingStatusCallback="{recording_status_url(value)}" '
                f'recordingStatusCallbackMethod="POST" timeout="{ceil(silence)}" />'
                f'<Redirect method="POST">{again}</Redirect>'
            )
        case Dial(to, caller_id, ring, send_digits):
            # Without answerOnBridge the caller's call counts as answered while it only rings.
            # "Set callerId: anonymous callers otherwise fail (13214)"; an empty one is no caller ID.
            caller = f" callerId={quoted(caller_id)}" if caller_id else ""
            return (
                f'<Dial action="{action}" answerOnBridge="true"{caller} method="POST" timeout="{ceil(ring)}">'
                f"{_noun(to, send_digits)}</Dial>"
            )


def _noun(to: str, send_digits: str | None) -> str:
    """Who is dialled: only a Number takes digits to send."""
    scheme, _, rest = to.partition(":")
    match scheme.lower():
        case "sip" | "sips":
            return f"<Sip>{escape(clean(to))}</Sip>"
        case "client":
            return f"<Client>{escape(clean(rest))}</Client>"
    digits = f" sendDigits={quoted(send_digits)}" if send_digits else ""
    return f"<Number{digits}>{escape(clean(to))}</Number>"


@lru_cache(maxsize=16)
def _xml(base: str) -> tuple[str, str]:
    """The base of URLs as XML: as the content of an element, and in an attribute's quotes."""
    return escape(clean(base)), quoted(base)[1:-1]
