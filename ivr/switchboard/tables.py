"""CSV tables beside the menus, read anew when they change."""

from __future__ import annotations

import csv
import threading
from datetime import datetime
from pathlib import Path

from ivr.call.inputs import Told
from ivr.menu.flow import Table
from ivr.switchboard.typed import typed

Row = dict[str, str]


def _moment(cell: str) -> str:
    """A cell of times or dates so that text sorts as time does: `6:15` as `06:15`, `2026-07-01 6:15` with a T."""
    day, _, clock = cell.replace(" ", "T").rpartition("T")
    if ":" not in clock:
        return clock  # a date alone
    hours, minutes = clock.split(":")[:2]
    return f"{day}{'T' if day else ''}{hours.zfill(2)}:{minutes}"


class Tables:
    """The tables of one folder. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: dict[str, tuple[tuple[int, int], list[Row]]] = {}

    def find(self, table: Table, wanted: dict[str, str], at: datetime, local: datetime) -> Told:
        """The first row whose columns equal `wanted`; with `next`, the first at or after `local` (line's zone).

        A timetable of a day (times without a date) starts over at midnight: after the last time comes the
        first of the next day.
        """
        try:
            rows = [row for row in self._rows(table.table) if all(row.get(k, "") == v for k, v in wanted.items())]
            row = self._next(rows, table.next, local) if table.next else next(iter(rows), None)
            if row is None:
                return Told(at, "not_found")
            return Told(at, "found", {name: typed(row.get(name), type_) for name, type_ in table.gives.items()})
        except KeyError as error:
            return Told(at, "failed", why=f"{table.table} has no column {error.args[0]}")
        except (OSError, ValueError, csv.Error) as error:
            return Told(at, "failed", why=f"{table.table}: {type(error).__name__}: {error}"[:200])

    @staticmethod
    def _next(rows: list[Row], column: str, local: datetime) -> Row | None:
        timed = sorted(((_moment(row[column]), row) for row in rows), key=lambda pair: pair[0])
        daily = all(len(moment) == len("00:00") for moment, _ in timed)
        now = local.strftime("%H:%M" if daily else "%Y-%m-%dT%H:%M")
        for moment, row in timed:
            if moment >= now[: len(moment)]:
                return row
        return timed[0][1] if timed and daily else None

    def _rows(self, name: str) -> list[Row]:
        path = self._folder / name
        about = path.stat()
        stamp = (about.st_mtime_ns, about.st_size)
        with self._lock:
            kept = self._read.get(name)
            if kept and kept[0] == stamp:
                return kept[1]
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                {column.strip(): (cell or "").strip() for column, cell in row.items() if column}
                for row in csv.DictReader(file)
            ]
        with self._lock:
            self._read[name] = (stamp, rows)
        return rows
