"""How rows are written: CSV for spreadsheets, JSON a line for programs, Parquet for notebooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Literal

import orjson

from ivr.reports.export_columns import Export, Exported, Kind

Format = Literal["csv", "parquet", "jsonl"]

Rows = Sequence[Sequence[Any]]

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - these are meant
"""What a spreadsheet takes for the beginning of a formula, or skips before one; the wide ones in East Asia."""


class NoParquet(Exception):  # noqa: N818 - it says what is the case
    """Parquet was asked for, and the library that writes it is not there."""


@contextmanager
def writer(format_: Format, export: Export, out: IO[bytes]) -> Generator[Callable[[Rows], None], None, None]:
    """What writes a batch of rows; what belongs before and after them is written, too. Raises NoParquet, OSError."""
    match format_:
        case "csv":
            yield _csv(export, out)
        case "jsonl":
            yield _jsonl(export, out)
        case "parquet":
            with _parquet(export, out) as write:
                yield write


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like it has an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _csv(export: Export, out: IO[bytes]) -> Callable[[Rows], None]:
    kinds = [it.kind for it in export.columns]

    def write(rows: Iterable[Sequence[Any]]) -> None:
        text = io.StringIO(newline="")
        lines = csv.writer(text)
        lines.writerows([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows)
        out.write(text.getvalue().encode("utf-8", "replace"))

    out.write((",".join(it.name for it in export.columns) + "\r\n").encode())
    return write


def _cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    match kind:
        case "number":
            return str(value)
        case "moment":
            return _moment(value)
        case "flag":
            return "true" if value else "false"
        case "names":
            return defused(" ".join(map(str, value)))
        case "fields":
            return orjson.dumps(value).decode()  # begins with a brace
    return defused(str(value))


def _jsonl(export: Export, out: IO[bytes]) -> Callable[[Rows], None]:
    names = [it.name for it in export.columns]

    def write(rows: Iterable[Sequence[Any]]) -> None:
        out.writelines(
            orjson.dumps(dict(zip(names, row, strict=True)), default=str, option=orjson.OPT_APPEND_NEWLINE)
            for row in rows
        )

    return write


@contextmanager
def _parquet(export: Export, out: IO[bytes]) -> Generator[Callable[[Rows], None], None, None]:
    try:
        import pyarrow as pa  # here, since it is large, and only this needs it
        from pyarrow import parquet
    except ImportError:
        raise NoParquet("it needs pyarrow: pip install 'touchtone[parquet]'") from None
    types = {
        "text": pa.string(), "number": pa.int64(), "moment": pa.timestamp("us", tz="UTC"), "flag": pa.bool_(),
        "names": pa.list_(pa.string()), "fields": pa.string(),
    }  # fmt: skip
    schema = pa.schema([pa.field(it.name, types[it.kind]) for it in export.columns])

    def write(rows: Rows) -> None:
        columns = zip(*rows, strict=True)
        arrays = [
            pa.array([_json(value, it) for value in column], types[it.kind])
            for it, column in zip(export.columns, columns, strict=True)
        ]
        file.write_batch(pa.record_batch(arrays, schema=schema))

    with parquet.ParquetWriter(out, schema, compression="zstd") as file:
        yield write


def _json(value: Any, column: Exported) -> Any:
    return orjson.dumps(value).decode() if column.kind == "fields" and value is not None else value


def _moment(value: datetime) -> str:
    return value.isoformat()
