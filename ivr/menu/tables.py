"""Whether the tables beside a menu file have what its look-ups ask of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from ivr.menu.flow import Flow, Table
from ivr.menu.problems import all_of, did_you_mean, shown


def missing_columns(flow: Flow, tables: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """What is wrong, as an address of the flow's marks and a message. `tables` are the CSV files by name."""
    for name, source in flow.lookups.items():
        if not isinstance(source, Table):
            continue
        at = f".lookups.{name}"
        if source.table not in tables:
            hint = did_you_mean(source.table, tables)
            yield f"{at}.table", f"there is no table {shown(source.table)} beside this menu{hint}"
            continue
        try:
            rows = csv.reader(tables[source.table].decode("utf-8-sig").splitlines())
            columns = [column.strip() for column in next(rows, [])]
        except (UnicodeDecodeError, csv.Error):
            yield f"{at}.table", f"{shown(source.table)} is not a CSV file in UTF-8"
            continue
        wanted = {f"{at}.where.{word}": word for word in source.where}
        wanted |= {f"{at}.gives.{word}": word for word in source.gives}
        if source.next:
            wanted[f"{at}.next"] = source.next
        told = set()
        for address, word in wanted.items():
            if word not in columns and word not in told:
                told.add(word)
                hint = did_you_mean(word, columns)
                yield address, f"{shown(source.table)} has no column {shown(word)}{hint}; it has {all_of(columns)}"
