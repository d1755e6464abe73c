"""A comment that allows what is not there (any more). `ivr check --fix` removes it.

```diff steps
 main:
-  menu:  # ivr: allow too-many-options: each of our six branches has its own
+  menu:
     1 -> person: To talk to us
     2 -> goodbye: To end this call
```
"""

from __future__ import annotations

from ivr.menu.problems import Severity

ID = "unused-silence"
SEVERITY: Severity = "warning"
