"""A menu with more than five options: who listens forgets the first before the last is said.

Count the keys 1 to 9; 0, star, pound and the keys that work anywhere stand apart. Callers take in about five choices:
say the five that most call for, and put the rest behind one of them, or behind a person.

```diff steps
 main:
   menu:
     1 -> goodbye: To check a booking
     2 -> goodbye: To change a booking
     3 -> goodbye: To cancel a booking
     4 -> goodbye: To hear our prices
     5 -> goodbye: To report something you lost
-    6 -> goodbye: To hear our hours
-    7 -> goodbye: To hear where we are
+    0 -> person: For anything else
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.steps import Menu

ID = "too-many-options"
SEVERITY: Severity = "warning"

MOST = 5


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each menu's own keys 1 to 9."""
    for step in flow.steps.values():
        if isinstance(step.act, Menu):
            keys = [option.key for option in step.act.options if option.key in "123456789"]
            own = [key for key in keys if key not in flow.anywhere]
            if len(own) > MOST:
                message = f"callers hear {len(own)} options here, and keep about {MOST} in mind; make two menus of them"
                yield f"{step.name}.menu", message
