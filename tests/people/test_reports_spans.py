"""From when to when: what `since` and `until` mean by clocks of all kinds, and what the time before is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.reports.figure import Figure
from ivr.web.reports.filters import Filters
from ivr.web.reports.spans import day_begins, read_end, same_before
from ivr.web.reports.week import week_plot

NOW = datetime(2026, 7, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "last", "is_"),
    [
        ("2026-06-30", "Asia/Kolkata", False, "2026-06-29T18:30"),
        ("2026-06-30", "Asia/Kolkata", True, "2026-06-30T18:30"),
        ("2026-06-30", "America/Chicago", False, "2026-06-30T05:00"),
        ("2026-06-30T10:05", "Asia/Kathmandu", True, "2026-06-30T04:20"),
        ("2026-06-30 10:05", "UTC", False, "2026-06-30T10:05"),
        ("2026-06-30T10:05:00+05:30", "UTC", False, "2026-06-30T04:35"),
        ("2026-06-30T10:05 05:30", "UTC", False, "2026-06-30T04:35"),
        ("2026-06-30T10:05Z", "Asia/Kolkata", False, "2026-06-30T10:05"),
        ("24h", "UTC", False, "2026-06-30T15:00"),
        ("90m", "Asia/Kolkata", True, "2026-07-01T13:30"),
    ],
)
def test_ends_are_read_by_the_clock_of_the_zone(text: str, zone: str, last: bool, is_: str) -> None:
    """A date is its beginning, and as the last day its end; a moment is exact."""
    assert read_end(text, ZoneInfo(zone), NOW, last=last) == datetime.fromisoformat(is_).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "7", "7w", "2026-02-30", "0001-01-01", "9999-12-31", "٣d", "2026-06-30T25:00"])
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    """The message repeats it, and says what would be one."""
    with pytest.raises(ValueError, match="no date such as 2026-07-01"):
        read_end(text, ZoneInfo("UTC"), NOW, last=True)


def test_the_time_before_has_the_same_days_by_the_clock() -> None:
    """Over a change of the clocks, too: from midnight to midnight, however long a day was."""
    zone = ZoneInfo("Europe/Berlin")  # summer time ended on 2026-10-25
    since, until = (day_begins(datetime.fromisoformat(it).date(), zone) for it in ("2026-10-26", "2026-11-02"))
    before = same_before(since, until, until, zone)
    assert [it.astimezone(zone).isoformat() for it in before] == [
        "2026-10-19T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
    ]


def test_the_time_before_goes_as_far_as_this_one_has_come() -> None:
    """Today until noon is compared with yesterday until noon, and a span of hours with the hours before it."""
    zone = ZoneInfo("UTC")
    since, until = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC)
    assert same_before(since, until, NOW, zone) == (
        datetime(2026, 6, 30, tzinfo=UTC),
        datetime(2026, 6, 30, 15, tzinfo=UTC),
    )
    since, until = datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert same_before(since, until, NOW, zone) == (datetime(2026, 7, 1, 6, tzinfo=UTC), since)


@pytest.mark.parametrize(("clock", "fifteen"), [("15:00", 10.0), ("15:30", 8.6), ("16:00", 7.5)])
def test_an_average_day_is_one_of_those_that_there_were(clock: str, fifteen: float) -> None:
    """Of four Wednesdays the last has not come so far: what is to come is no hour without calls."""
    now = datetime.fromisoformat(f"2026-07-01T{clock}+00:00")
    filters = Filters(datetime(2026, 6, 4, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC), ZoneInfo("UTC"), now)
    calls = {of: Figure(of, 30, 30) for of in ("3-14", "3-15", "4-15")}
    (trace,) = week_plot(calls, filters).traces
    assert trace["z"][2][14:16] == [7.5, fifteen]
    assert trace["z"][3][15] == 7.5
    assert f"Wednesday 15:00, with {fifteen} calls" in week_plot({"3-15": calls["3-15"]}, filters).words


def test_a_single_hour_in_part_is_not_told_as_more() -> None:
    """Of an hour that was cut there are the calls that there were."""
    since = datetime(2026, 7, 1, 14, 45, tzinfo=UTC)
    filters = Filters(since, since + timedelta(hours=600), ZoneInfo("UTC"), since + timedelta(minutes=20))
    (trace,) = week_plot({"3-14": Figure("3-14", 5, 5)}, filters).traces
    assert trace["z"][2][13:17] == [None, 5, 0, None]
