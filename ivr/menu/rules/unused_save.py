"""A value that is saved or set, and that nothing uses: no words, no condition, no look-up.

Either it was forgotten where it should be used, or callers enter something for nothing. What is entered to be found
in the call's record, and not by the line, is a reason to allow it.

```diff steps
 main:
   ask: Enter the number of your booking.
   digits: 4
   save: number
   go: told
 told:
-  say: Thank you.
+  say: Thank you. You entered <number>.
   go: hangup
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow
from ivr.menu.names import declared, used
from ivr.menu.problems import Severity, shown
from ivr.menu.steps import Broken

ID = "unused-save"
SEVERITY: Severity = "warning"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each saved name once; what a piece gives or was given counts as used."""
    if any(isinstance(step.act, Broken) for step in flow.steps.values()):
        return
    found = {use.name for use in used(flow.steps, flow.lookups)}
    found |= {f"{name}.{inner}" for name, use in flow.uses.items() for inner in (*use.gives, *use.needs)}
    for entry in declared(flow.steps, {}):
        if entry.name not in found:
            found.add(entry.name)
            yield entry.address, f"nothing uses {shown(entry.name)}; use it, or do not ask for it"
