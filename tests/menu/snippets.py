"""Little menu files that tests are made of."""

from __future__ import annotations

from ivr.menu import Flow, Menus, load

TOP = """\
line: Test
numbers: ["+15005550006"]
timezone: America/Chicago
languages: [en-US]
start: main
"""

MAIN = """\
steps:
  main:
    say: Hello.
    go: hangup
"""


def line(steps: str = MAIN, top: str = "") -> bytes:
    """A whole file: the required top, more of the top, and the steps."""
    return (TOP + top + steps).encode()


def loaded(steps: str = MAIN, top: str = "") -> Menus:
    """What `load` makes of it."""
    return load({"test.yaml": line(steps, top)})


def flow_of(steps: str = MAIN, top: str = "") -> Flow:
    """The flow of a file that checks."""
    menus = loaded(steps, top)
    assert not menus.errors, "\n".join(map(str, menus.errors))
    return menus.flows["test"]


def rules_of(steps: str = MAIN, top: str = "") -> list[str]:
    """The rules of its problems, in order."""
    return [problem.rule for problem in loaded(steps, top).problems]
