"""Options whose keys are not said in ascending order: 1, 3, 2.

Callers expect the next option under the next key, and begin to press before they have heard it. Options are said in
the order of the file: 1 to 9, then 0, star and pound. `ivr check --fix` puts them into this order; no key leads
elsewhere by that.

```diff steps
 main:
   menu:
-    2 -> person: To talk to us
     1 -> goodbye: To end this call
+    2 -> person: To talk to us
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ivr.menu.flow import Flow
from ivr.menu.problems import Severity
from ivr.menu.prompts import key_name
from ivr.menu.steps import Menu

ID = "key-order"
SEVERITY: Severity = "warning"

ORDER = "1234567890*#"
"""In which order keys are said."""


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each menu, where the first key is out of order."""
    for step in flow.steps.values():
        if isinstance(step.act, Menu):
            keys = [option.key for option in step.act.options]
            for before, after in pairwise(keys):
                if ORDER.index(after) < ORDER.index(before):
                    after, before = key_name(after, "en"), key_name(before, "en")
                    yield f"{step.name}.menu", f"key {after} is said after key {before}; say keys in ascending order"
                    break
