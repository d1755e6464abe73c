"""Why hours are open or closed, in words; special days behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menu.hours import compile_hours
from ivr.menu.hours_told import changes, why
from ivr.menu.public_holidays import names_of
from ivr.menu.special_days import read_hours, rule

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; Dec 25 off"
NIGHTS = "Mo-Su 20:00-02:00"
EVE = '2026 Dec 24 08:00-12:00 "Christmas Eve"'


@pytest.mark.parametrize(
    ("source", "special", "at", "told"),
    [
        (OFFICE, "", "2026-07-01T10:00", "open: Mo-Fr 08:00-18:00"),
        (OFFICE, "", "2026-07-01T19:00", "closed: outside of Mo-Fr 08:00-18:00"),
        (OFFICE, "", "2026-07-05T10:00", "closed: no rule opens a Sunday"),
        (OFFICE, "", "2026-07-03T10:00", "closed: PH off (Independence Day (observed))"),
        (OFFICE, "", "2026-07-04T10:00", "open: Sa 09:00-13:00 (Independence Day)"),
        (OFFICE, "", "2026-12-25T10:00", "closed: Dec 25 off"),
        (OFFICE, EVE, "2026-12-24T10:00", f"open: the special day {EVE}"),
        (OFFICE, EVE, "2026-12-24T13:00", f"closed: outside of the special day {EVE}"),
        (OFFICE, '2026 Dec 23 off "Move"', "2026-12-23T13:00", 'closed: the special day 2026 Dec 23 off "Move"'),
        (OFFICE, EVE, "2026-12-23T13:00", "open: Mo-Fr 08:00-18:00"),
        (NIGHTS, "2026 Dec 24 off", "2026-12-25T01:00", "closed: the night of the special day 2026 Dec 24 off"),
        (NIGHTS, "2026 Dec 24 20:00-01:00", "2026-12-25T00:30", "open: the special day 2026 Dec 24 20:00-01:00"),
        (NIGHTS, "2026 Dec 24 20:00-01:00", "2026-12-25T20:30", "open: Mo-Su 20:00-02:00 (Christmas Day)"),
        ("24/7", "", "2026-07-05T10:00", "open: 24/7"),
        ("24/7; off", "", "2026-07-05T10:00", "closed: off"),
        ("Mo-Su 22:00-02:00", "", "2026-07-05T01:00", "open: Mo-Su 22:00-02:00"),
        ('Mo-Fr 08:00-18:00 || "who knows"', "", "2026-07-01T10:00", "open: Mo-Fr 08:00-18:00"),
        ("Mo-Fr 08:00-18:00 || Sa 19:00-20:00", "", "2026-07-11T19:30", "open: Sa 19:00-20:00"),
    ],
)
def test_the_rule_that_decides_is_named(source: str, special: str, at: str, told: str) -> None:
    """Later rules go before earlier ones; a holiday is named where it is the reason, or is forgotten."""
    hours = compile_hours(source, CHICAGO, "US")
    found = why(hours, datetime.fromisoformat(at).replace(tzinfo=CHICAGO), special)
    assert f"{'open' if found.open else 'closed'}: {found.words}" == told


@pytest.mark.parametrize(
    ("source", "special", "spans"),
    [
        (OFFICE, EVE, "23 08:00-23 18:00, 24 08:00-24 12:00"),
        # Past midnight, beside whatever the next morning is: of the file, of a special day, or closed.
        (OFFICE, "2026 Dec 23 20:00-02:00", "23 20:00-24 02:00, 24 08:00-24 18:00"),
        (OFFICE, '2026 Dec 23 20:00-02:00; 2026 Dec 24 08:00-12:00 "a; b"', "23 20:00-24 02:00, 24 08:00-24 12:00"),
        (OFFICE, "2026 Dec 23 20:00-09:00; 2026 Dec 24 off", "23 20:00-24 09:00"),
        ("24/7", "2026 Dec 23 20:00-02:00", "23 20:00-26 00:00"),
        ("24/7", "2026 Dec 24 off", "23 00:00-24 00:00, 25 00:00-26 00:00"),
        # The night of a day that is off never begins, and one that is shorter ends when it says.
        (NIGHTS, "2026 Dec 24 off", "23 00:00-23 02:00, 23 20:00-24 00:00, 25 20:00-26 00:00"),
        (NIGHTS, "2026 Dec 23 20:00-01:00", "23 20:00-24 01:00, 24 20:00-25 02:00, 25 20:00-26 00:00"),
        (NIGHTS, "2026 Dec 23 20:00-03:00", "23 20:00-24 03:00, 24 20:00-25 02:00, 25 20:00-26 00:00"),
        ('Mo-Su 20:00-26:00 "till 2:00-1:00"', "2026 Dec 24 08:00-12:00",
         "23 00:00-23 02:00, 23 20:00-24 00:00, 24 08:00-24 12:00, 25 20:00-26 00:00"),
        # What nobody writes in this way is taken as it stands.
        (OFFICE, "Dec 24 10:00-11:00", "23 08:00-23 18:00, 24 10:00-24 11:00"),
    ],
)  # fmt: skip
def test_a_special_day_is_open_as_it_says_with_its_night(source: str, special: str, spans: str) -> None:
    """From 23 to 25 December: nothing of the file stays on that date, nor in the night that begins on it."""
    hours = compile_hours(source, CHICAGO, "US").amended(special)
    begin, told, opened = datetime(2026, 12, 23, tzinfo=CHICAGO), [], ""
    for minute in range(0, 3 * 24 * 60 + 1, 30):
        at = begin + timedelta(minutes=minute)
        is_open = minute < 3 * 24 * 60 and hours.is_open(at)
        if is_open and not opened:
            opened = f"{at:%d %H:%M}"
        elif opened and not is_open:
            told.append(f"{opened}-{at:%d %H:%M}")
            opened = ""
    assert ", ".join(told) == spans


def test_the_coming_changes_are_those_of_the_library() -> None:
    """The special day is among them, and each has its reason."""
    hours = compile_hours(OFFICE, CHICAGO, "US")
    found = changes(hours, datetime(2026, 12, 23, 20, tzinfo=CHICAGO), EVE, most=3)
    assert [(f"{it.at:%d %H:%M}", it.why.open) for it in found] == [
        ("24 08:00", True), ("24 12:00", False), ("26 09:00", True),
    ]  # fmt: skip
    assert changes(compile_hours("24/7", CHICAGO, None), datetime(2026, 12, 23, tzinfo=UTC)) == []


RULES = st.sampled_from(
    ["Mo-Fr 08:00-18:00", "Sa 09:00-13:00", "Su off", "PH off", "Dec 25 off", "24/7", "off", "Mo-Su 22:00-02:00",
     "Jul 1-Aug 31 10:00-14:00", "Dec 24 08:00-12:00", "We 12:00-13:00 off", "PH 10:00-12:00",
     "Th 08:00-12:00,14:00-20:00"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(RULES, min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["off", "08:00-12:00", "20:00-02:00"])), max_size=2),
    st.integers(0, 400 * 24 * 4),
)
def test_what_is_told_is_what_callers_meet(rules: list[str], days: list[tuple[int, str]], quarter: int) -> None:
    """Whatever the rules and special days: the verdict is that of the hours, and words are there for it."""
    hours = compile_hours("; ".join(rules), CHICAGO, "US")
    special = "; ".join(rule(date(2026, 1, 1) + timedelta(days=day), text, "") for day, text in days)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    found = why(hours, at, special)
    assert found.open == hours.amended(special).is_open(at)
    assert found.words


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.text(max_size=30), st.sampled_from([OFFICE, "24/7", "off"]))
def test_a_special_day_is_its_own_day(day: date, reason: str, source: str) -> None:
    """On that date its hours count and no others, whatever the reason says; on other dates the file's."""
    hours = compile_hours(source, CHICAGO, "US")
    amended = hours.amended(rule(day, "08:00-12:00", reason))
    for hour in (1, 8, 11, 12, 20):
        at = datetime(day.year, day.month, day.day, hour, tzinfo=CHICAGO)
        assert amended.is_open(at) == (8 <= hour < 12)
        assert amended.is_open(at + timedelta(days=2)) == hours.is_open(at + timedelta(days=2))


def test_hours_of_a_day_are_read_strictly() -> None:
    """What is no span of time is refused, and says what one is."""
    assert read_hours(" 8:00-12:00, 14:00-24:00 ") == "08:00-12:00,14:00-24:00"
    assert read_hours("closed") == "off"
    assert read_hours("20:00-02:00") == "20:00-02:00"
    for wrong in ("", "8-12", "08:00", "25:00-26:00", "08:00-08:00", "08:00-12:00;off", '08:00-12:00 "x"', "PH off"):
        with pytest.raises(ValueError, match=r"write such as|same time"):
            read_hours(wrong)


def test_holidays_have_names() -> None:
    """Both days of one that is kept on another; none for a country that nobody knows."""
    names = names_of("US", 2026)
    assert names[date(2026, 7, 3)] == "Independence Day (observed)"
    assert names[date(2026, 7, 4)] == "Independence Day"
    assert names_of("XX", 2026) == {}
