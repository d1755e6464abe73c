"""Options in the order of their keys: their lines are moved, with the comments above each."""

from __future__ import annotations

from ivr.menu.options import KEYS
from ivr.menu.problems import Problem
from ivr.menu.rules.key_order import ORDER
from ivr.menu.source import Node


def fix(rows: list[str], root: Node, problem: Problem) -> list[str] | None:
    """The rows with the options of the menu at the finding in order; None where they share lines."""
    menu = next((it for it in _menus(root) if it[0].line == problem.line), None)
    if menu is None or menu[1].kind != "map" or menu[1].flow:
        return None
    names = [name for name, _ in menu[1].pairs]
    depth = names[0].column
    if any(name.column != depth for name in names) or rows[names[0].line - 1][: depth - 1].strip():
        return None
    starts = [_with_comments(rows, name.line - 1, depth) for name in names]
    end = _end(rows, names[-1].line - 1, depth)
    blocks = [rows[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    if not blocks[-1][-1].endswith("\n") or any(not block for block in blocks):
        return None
    keys = [KEYS.get(name.text.partition("->")[0].strip(), "") for name in names]
    if "" in keys:
        return None
    order = sorted(range(len(keys)), key=lambda number: ORDER.index(keys[number]))
    return rows[: starts[0]] + [row for number in order for row in blocks[number]] + rows[end:]


def _menus(root: Node) -> list[tuple[Node, Node]]:
    """Each `menu:` of the file's steps, with what stands under it."""
    steps = root.get("steps")
    found = []
    for _, step in steps.pairs if steps is not None else ():
        found += [(name, value) for name, value in step.pairs if name.text == "menu"]
    return found


def _with_comments(rows: list[str], at: int, depth: int) -> int:
    """Where the block of the option in this row begins: at the comments right above it, as far in as it is."""
    while (
        at > 0
        and rows[at - 1].lstrip().startswith("#")
        and len(rows[at - 1]) - len(rows[at - 1].lstrip(" ")) == depth - 1
    ):
        at -= 1
    return at


def _end(rows: list[str], at: int, depth: int) -> int:
    """The row after the last one of the option in this row."""
    end = at + 1
    for number in range(at + 1, len(rows)):
        row = rows[number]
        if row.strip() and len(row) - len(row.lstrip(" ")) < depth:
            break
        if row.strip() and not row.lstrip().startswith("#"):
            end = number + 1
    return end
