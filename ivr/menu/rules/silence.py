"""A comment that should allow something and does not: no such rule, no reason, or a rule that breaks calls.

What a rule warns of can be right for once. A comment allows it, with a reason for whoever reads it next: at the end of
a line for that line and all that stands below it, further in; on a line of its own for the next line so.

```diff steps
 main:
-  menu:  # ivr: allow too-many-options
+  menu:  # ivr: allow too-many-options: each of our six branches has its own
     1 -> goodbye: For the north
     2 -> goodbye: For the south
     3 -> goodbye: For the east
     4 -> goodbye: For the west
     5 -> goodbye: For the harbour
     6 -> goodbye: For the airport
     0 -> person: To talk to us
```
"""

from __future__ import annotations

from ivr.menu.problems import Severity

ID = "silence"
SEVERITY: Severity = "warning"
