"""Words that take more than eight seconds to say, in one of the line's languages.

Nobody remembers the beginning of a long prompt at its end, and whoever waits for a key hangs up. Languages differ:
the same sentence takes longer in German than in English, so each is measured by itself. It is an estimate, from the
pace of a voice on the phone (150 English words a minute); a value counts as what it is most often spoken as.

```diff steps
 welcome:
-  say: >
-    Thank you for calling Meridian Coaches, the company that has taken people from city to city in comfort for
-    more than forty years, and that is happy to help you.
+  say: Thank you for calling Meridian Coaches.
   go: goodbye
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.spoken import text_seconds
from ivr.menu.steps import prompts
from ivr.menu.words import Prompt

ID = "long-prompt"
SEVERITY: Severity = "warning"

MOST = 8.0
"""Seconds."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each prompt of a step in the language in which it is longest, and there in its longest wording."""
    for step in flow.steps.values():
        for prompt in prompts(step):
            if not prompt.texts:
                continue
            language = max(prompt.texts, key=lambda it: _longest(flow, prompt, it))
            seconds = _longest(flow, prompt, language)
            if seconds > MOST:
                spoken = f"these words take about {seconds:.1f} s to say in {language}"
                yield prompt.address, f"{spoken}; a prompt takes at most {MOST:g} s: say less, or in two steps"


def _longest(flow: Flow, prompt: Prompt, language: str) -> float:
    return max((text_seconds(text, language, flow.types) for text in prompt.texts[language]), default=0.0)
