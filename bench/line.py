"""The menu files that are called: any number of menus, each with five options, each option leading to another menu."""

from __future__ import annotations

NUMBER = "+15005550007"

OPTIONS = (
    "To hear when the next coach leaves",
    "To check a booking",
    "To report something you lost",
    "To hear our office hours",
    "To talk to one of us",
)


def next_step(step: int, key: int, steps: int) -> int:
    """Where a key, 1 to 5, leads; with many steps these lie far apart."""
    return (step + 1 + (key - 1) * 7) % steps


def line(steps: int) -> str:
    """The text of a file with so many steps, named `step_0` and so on. Key 1 comes to all of them."""
    rows = ["line: Bench", f'numbers: ["{NUMBER}"]', "timezone: America/Chicago", "languages: [en-US]"]
    rows += ["start: step_0", "steps:"]
    for step in range(steps):
        rows += [f"  step_{step}:", "    menu:"]
        rows += [
            f"      {key} -> step_{next_step(step, key, steps)}: {words}" for key, words in enumerate(OPTIONS, start=1)
        ]
    return "\n".join(rows) + "\n"
