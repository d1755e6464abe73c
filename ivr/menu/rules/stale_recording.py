"""A recording that was made of other words than the file now has: callers hear a synthetic voice there instead.

The manifest beside the recordings binds each to the text that it was read from. `ivr check` looks into it where
`IVR_RECORDINGS` has one. Have the words recorded again, or put the old ones back.

    menus/meridian.yaml:42:9: warning stale-recording the recording en-US/meridian/main.menu.1.wav says other words

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity, all_of, shown
from ivr.menu.words import plain

ID = "stale-recording"
SEVERITY: Severity = "warning"

Recorded = Mapping[tuple[str, int, str], str]
"""By a prompt's address, the number of its wording (from 0) and its language: the words that were recorded."""


def check(flow: Flow, recorded: Recorded) -> Iterator[tuple[str, str]]:
    """Each prompt, with the languages whose recording is of other words."""
    for prompt in flow.prompts():
        stale = [
            (language, recorded[prompt.address, variant, language])
            for language, texts in prompt.texts.items()
            for variant, text in enumerate(texts)
            if recorded.get((prompt.address, variant, language), plain(text)) != plain(text)
        ]
        if stale:
            languages = all_of(dict.fromkeys(language for language, _ in stale))
            message = f"the recording in {languages} says other words, {shown(stale[0][1], 40)}"
            yield prompt.address, f"{message}; record it again"
