"""A secret that would be spoken, copied, compared or dialled. A secret may be given to a look-up, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.flow import Flow, Request
from ivr.menu.names import used
from ivr.menu.problems import Severity
from ivr.menu.steps import Ask

ID = "secret-use"
SEVERITY: Severity = "error"


def check(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each use of a secret, and questions that would read one back."""
    requests = {name: source for name, source in flow.lookups.items() if isinstance(source, Request)}
    addresses = {f".lookups.{name}.{'get' if request.get else 'post'}" for name, request in requests.items()}
    for use in used(flow.steps, flow.lookups):
        if use.name not in flow.secrets:
            continue
        if use.where != "lookup":
            yield use.address, f'"{use.name}" is secret: only a look-up may use it'
        elif use.address in addresses:
            yield use.address, f'"{use.name}" is secret, and servers log addresses; write post:, and put it into body:'
    for step in flow.steps.values():
        if isinstance(step.act, Ask) and step.act.hidden and step.act.confirm:
            yield f"{step.name}.confirm", "confirm reads the answer aloud, and this answer is secret"
