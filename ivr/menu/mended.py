"""The copy of a file that is read: with its syntax errors mended, and still knowing where things stood."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Trap:
    """One trap somebody stepped into. Line and column from 1."""

    line: int
    column: int
    rule: str
    message: str


@dataclass(slots=True)
class Copy:
    """The rows of a text while it is mended. Rows and places in them count from 0, as YAML's marks do."""

    rows: list[str]
    traps: list[Trap] = field(default_factory=list)
    guessed: set[int] = field(default_factory=set)  # lines (from 1) whose words are no longer what stood there
    dropped: dict[int, str] = field(default_factory=dict)  # line (from 1) -> what stood there
    _shifts: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def __init__(self, text: str) -> None:
        self.rows = text.split("\n")
        self.traps, self.guessed, self.dropped, self._shifts = [], set(), {}, {}

    @property
    def text(self) -> str:
        """The text as it is now."""
        return "\n".join(self.rows)

    def tell(self, row: int, place: int, message: str, *, rule: str) -> None:
        """Notes a trap. Of traps in one line where words were changed already, the first is enough."""
        if row + 1 not in self.guessed and row + 1 not in self.dropped:
            self.traps.append(Trap(row + 1, self.original(row + 1, place + 1), rule, message))

    def splice(self, row: int, place: int, length: int, new: str) -> None:
        """Puts `new` where `length` characters stood."""
        old = self.rows[row]
        self.rows[row] = old[:place] + new + old[place + length :]
        if len(new) != length:
            self._shifts.setdefault(row + 1, []).append((place + 1, len(new) - length))

    def sign(self, row: int, place: int, new: str = "_") -> None:
        """Puts a harmless sign where one stood that YAML takes for its own: words, but not what stood there."""
        self.guessed.add(row + 1)
        self.splice(row, place, len(new), new)

    def drop(self, row: int) -> None:
        """Leaves the row out."""
        self.dropped[row + 1] = self.rows[row]
        self.rows[row] = ""

    def original(self, line: int, column: int) -> int:
        """The column in the file of what is in this column of the copy. Both from 1."""
        for place, by in reversed(self._shifts.get(line, ())):
            if column > place:
                column = max(place, column - by)
        return column
