"""Words that together are more than a carrier takes in one document (64 kB), with room for what comes before."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.steps import prompts
from ivr.menu.words import Prompt

ID = "too-long"
SEVERITY: Severity = "error"

MOST = 12_000  # bytes of XML for one step in one language


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each step in its longest language."""
    for step in flow.steps.values():
        sizes = [sum(size(prompt, language) for prompt in prompts(step)) for language in flow.languages]
        if sizes and max(sizes) > MOST:
            yield (
                step.name,
                f"this step's words fill {max(sizes):,} bytes; the most is {MOST:,}; split it into steps",
            )


def size(prompt: Prompt, language: str) -> int:
    """The bytes of XML of the prompt's longest text in the language, its tags and values estimated."""
    return max(
        (
            sum(_escaped(piece) if isinstance(piece, str) else 80 for piece in text) + 40
            for text in prompt.texts.get(language, ())
        ),
        default=0,
    )


def _escaped(text: str) -> int:
    return len(text.encode()) + 4 * sum(text.count(sign) for sign in '&<>"')
