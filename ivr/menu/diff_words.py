"""What callers hear, before and now: which words are different, and how much longer they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from babel import Locale

from ivr.menu.diff import Change
from ivr.menu.flow import Flow
from ivr.menu.options import option_words
from ivr.menu.prompts import key_name
from ivr.menu.spoken import spoken_seconds
from ivr.menu.steps import Act, Menu, Step, prompts
from ivr.menu.words import Pause, Prompt, Text, plain

SAME = 0.5
"""Seconds of difference that nobody hears."""

AROUND = 2
"""Words that are shown before and behind those that are different."""

LONGEST = 16
"""Words that are shown of a text."""

_TIMES = ("", ", the second time", ", the third time", ", the fourth time")

_PARTS = {
    "say": "", "ask": ", question", "no_input": ", words after no key", "no_match": ", words after a wrong key",
    "csat": ", question CSAT", "nps": ", question NPS", "ces": ", question CES",
    "comment": ", words before the comment", "invite": ", invitation", "thanks": ", thanks",
}  # fmt: skip


def word_changes(old: Step[Act], new: Step[Act], before: Flow, now: Flow) -> Iterator[Change]:
    """The words of a step that are different, in each language that the line had and has."""
    was, is_ = _by_part(old), _by_part(new)
    for part in dict.fromkeys((*was, *is_)):
        option = part.startswith("menu.")
        if option and not (part in was and part in is_):
            continue  # an option that is new or gone is told with its words
        yield from prompt_changes(was.get(part), is_.get(part), _place(new.name, part), before, now, old.name, new.name)


def prompt_changes(
    old: Prompt | None, new: Prompt | None, place: str, before: Flow, now: Flow, *names: str
) -> Iterator[Change]:
    """A prompt that is different: `place` begins the sentence, `names` are those of its step, before and now."""
    for language in now.languages:
        if language not in before.languages:
            continue
        was = old.texts.get(language, ()) if old else ()
        is_ = new.texts.get(language, ()) if new else ()
        spoken = _language(language, now.languages)
        for time in range(max(len(was), len(is_))):
            one, other = (texts[time] if time < len(texts) else None for texts in (was, is_))
            if one == other:
                continue
            words = f"{place}{_TIMES[min(time, 3)]}: {_told(one, other, language, spoken)}"
            yield Change(
                "words",
                names[-1],
                language,
                plain(one) if one else None,
                plain(other) if other else None,
                words,
                tuple(names[:1]),
            )


def seconds(text: Text, language: str) -> float:
    """How long a text takes, pauses and all; a value counts as one word."""
    paused = sum(piece.seconds for piece in text if isinstance(piece, Pause))
    spoken = "".join(piece if isinstance(piece, str) else " value " for piece in text if not isinstance(piece, Pause))
    return paused + spoken_seconds(spoken, language)


def quoted(text: str) -> str:
    """The text in quotes: its beginning where it is long."""
    words = text.split()
    return f"“{' '.join(words[:LONGEST])}{' …' if len(words) > LONGEST else ''}”"


def option_said(step: Step[Act], key: str, language: str) -> str:
    """The words of the option of that key, without the key itself."""
    options = step.act.options if isinstance(step.act, Menu) else ()
    return next((option_words(it, language) for it in options if it.key == key), "")


def key_words(key: str) -> str:
    """A key as people call it: key 2, the star key."""
    return f"the {key_name(key, 'en-US')} key" if key in "*#" else f"key {key}"


def _by_part(step: Step[Act]) -> Mapping[str, Prompt]:
    return {prompt.address.removeprefix(f"{step.name}."): prompt for prompt in prompts(step)}


def _place(step: str, part: str) -> str:
    if part.startswith("menu."):
        return f"{key_words({'star': '*', 'pound': '#'}.get(part[5:], part[5:]))} of {step}"
    return step + _PARTS.get(part, f", {part.replace('_', ' ').replace('.', ' ')}")


def _language(language: str, all_: tuple[str, ...]) -> str:
    locale = Locale.parse(language, sep="-")
    several = sum(it.split("-")[0] == locale.language for it in all_) > 1
    return str(locale.get_display_name("en") if several else locale.get_language_name("en"))


def _told(old: Text | None, new: Text | None, language: str, spoken: str) -> str:
    if old is None:
        return f"{spoken} words are new: {quoted(plain(new or ()))}"
    if new is None:
        return f"{spoken} words are gone: {quoted(plain(old))}"
    more = seconds(new, language) - seconds(old, language)
    longer = f"{abs(more):.0f} s {'longer' if more > 0 else 'shorter'}" if abs(more) >= SAME else "reworded"
    was, is_ = _different(plain(old).split(), plain(new).split())
    return f"{spoken} prompt {longer}: “{was}” is now “{is_}”"


def _different(old: list[str], new: list[str]) -> tuple[str, str]:
    """Both texts but for what they have in common at their beginnings and ends, with some words around."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return _middle(old, first, last), _middle(new, first, last)


def _middle(words: list[str], first: int, last: int) -> str:
    begins = max(first - AROUND, 0)
    ends = min(len(words) - last + AROUND, len(words))
    shown = words[begins:ends]
    more = len(shown) > LONGEST or ends < len(words)
    return ("… " if begins else "") + " ".join(shown[:LONGEST]) + (" …" if more else "")
