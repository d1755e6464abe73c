"""The reports: pages that say where the line helps callers and where it loses them, each figure with its calls.

A page is a module with a blueprint. What all have in common: the filters of the URL (`filters`), the frame (`frame`),
plots (`plots`), links from a figure to its formula and its calls (`links`).
"""

import ivr.web.people.app  # noqa: F401 - the pages need its rooms, and it needs the pages: it is made first
