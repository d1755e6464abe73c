"""A menu that takes more than thirty seconds to hear to its end, in one of the line's languages.

Counted is what is said first and all its options, in the slowest wording. Half a minute is what callers bear; say
fewer options, or shorter ones.

```diff steps
 main:
   say: Welcome to the sports centre, where there is something for everybody on each day of the week.
   menu:
-    1 -> goodbye: To book a court for tennis, badminton or squash on one of the next fourteen days
-    2 -> goodbye: To change or to cancel a booking of a court that you or somebody else made
-    3 -> goodbye: To hear the times of all courses that begin in this month or in the next one
-    4 -> goodbye: To hear what members pay in a month, and what it costs to come just once
+    1 -> goodbye: To book a court
+    2 -> goodbye: To change a booking
+    3 -> goodbye: To hear our courses
+    4 -> goodbye: To hear our prices
     0 -> person: To talk to one of us about anything else that you would like to know
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.spoken import text_seconds
from ivr.menu.steps import Act, Menu, Step

ID = "long-menu"
SEVERITY: Severity = "warning"

MOST = 30.0
"""Seconds."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each menu in its longest language."""
    for step in flow.steps.values():
        if isinstance(step.act, Menu):
            language = max(flow.languages, key=lambda it: menu_seconds(flow, step, it))
            seconds = menu_seconds(flow, step, language)
            if seconds > MOST:
                yield (
                    f"{step.name}.menu",
                    f"this menu takes about {seconds:.0f} s to hear in {language}; a menu takes at most {MOST:g} s",
                )


def menu_seconds(flow: Flow, step: Step[Act], language: str) -> float:
    """How long the first presentation of a menu takes in the language."""
    if not isinstance(step.act, Menu):
        return 0.0
    said = [step.say] if step.say else []
    said += [option.prompt for option in step.act.options]
    return sum(
        text_seconds(prompt.texts[language][0], language, flow.types) for prompt in said if prompt.texts.get(language)
    )
