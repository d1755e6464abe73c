"""Special days: one more rule behind the text of the hours, for one date, which goes before all others.

A night is of the day on which it begins: a special day until 02:00 is open until two the next morning, and where one is
off, the night that would begin on it never does. The library takes each rule for its own dates alone, and would close
the first at midnight, and open the second at midnight; so `on_the_calendar` says what holds on each date by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

OFF = "off"

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")

Spans = tuple[tuple[int, int], ...]
"""Minutes of a day, from and until; until more than DAY is the next morning."""

DAY = 24 * 60

_RULE = re.compile(r"(\d{4}) ([A-Z][a-z]{2}) (\d{2}) (off|[0-9:,-]+)(?: \"[^\"]*\")?(?:; |$)")

_QUOTED = re.compile(r"(\"[^\"]*\")")

_TIMES = re.compile(r"(\d{1,2}):(\d{2})(\s*-\s*)(\d{1,2}):(\d{2})")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read_hours(text: str) -> str:
    """The hours of a day as they are kept: `08:00-12:00`, several by commas, or `off`.

    Raises ValueError with what to write instead.
    """
    text = text.strip()
    if text.lower() in ("off", "closed"):
        return OFF
    spans = [re.sub(r"\b(\d:)", r"0\1", part.strip()) for part in text.split(",")]
    for span in spans:
        if not _SPAN.fullmatch(span):
            raise ValueError(
                f'"{text}" are no hours of a day; write such as 08:00-12:00, or 08:00-12:00,14:00-16:00, or off'
            )
        begins, _, ends = span.partition("-")
        if begins == ends:
            raise ValueError(f'"{span}" opens and closes at the same time; a whole day is 00:00-24:00')
    return ",".join(spans)


def rule(day: date, hours: str, why: str) -> str:
    """The rule in opening_hours syntax: `2026 Dec 24 08:00-12:00 "Christmas Eve"`."""
    comment = re.sub(r'["\x00-\x1f]', " ", why).strip()
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02} {hours}" + (f' "{comment}"' if comment else "")


def days_in(rules: str) -> dict[date, Spans] | None:
    """The days of rules as `rule` writes them, one after the other; None where there is anything else among them."""
    found: dict[date, Spans] = {}
    end = 0
    for it in _RULE.finditer(rules):
        if it.start() != end or it[2] not in _MONTHS:
            return None
        end = it.end()
        try:
            spans = [] if it[4] == OFF else [_minutes(span) for span in it[4].split(",")]
            found[date(int(it[1]), _MONTHS.index(it[2]) + 1, int(it[3]))] = tuple(spans)
        except ValueError:
            return None
    return found if end == len(rules) else None


def without_nights(source: str) -> str:
    """The text of hours with each span ending at midnight: what they are on a day of which the night before is not."""

    def cut(span: re.Match[str]) -> str:
        begins, ends = (60 * int(span[at]) + int(span[at + 1]) for at in (1, 4))
        return f"{span[1]}:{span[2]}{span[3]}24:00" if ends <= begins or ends > DAY else span[0]

    return "".join(part if _QUOTED.fullmatch(part) else _TIMES.sub(cut, part) for part in _QUOTED.split(source))


def on_the_calendar(days: Mapping[date, Spans], own: Callable[[date], Spans], *, nights: bool) -> Iterator[str]:
    """The rules of special days, and of the mornings after them, date by date.

    `own` gives what the hours themselves are on a date, without the night before; `nights` whether they have any.
    """
    tomorrow = {day + timedelta(days=1) for day, spans in days.items() if nights or any(end > DAY for _, end in spans)}
    for day in sorted({*days, *tomorrow}):
        spans = [(begin, min(end, DAY)) for begin, end in (days[day] if day in days else own(day))]
        spans += [(0, end - DAY) for _, end in days.get(day - timedelta(days=1), ()) if end > DAY]
        yield rule(day, ",".join(f"{_time(begin)}-{_time(end)}" for begin, end in _merged(spans)) or OFF, "")


def _minutes(span: str) -> tuple[int, int]:
    begins, ends = (60 * int(it[:2]) + int(it[3:]) for it in span.split("-"))
    return begins, ends if ends > begins else ends + DAY


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in their order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found
