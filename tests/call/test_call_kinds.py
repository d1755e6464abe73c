"""The kinds of step that only decide or speak: say, hours, if, switch and set."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from calling import Line, happened, heard, line, transcript

from ivr.call.events import ConditionFailed
from ivr.call.inputs import Told


def test_words_without_keys_run_on() -> None:
    """A `say` goes on at once; a notice cannot be interrupted."""
    transcript(
        line("""
        hello:
          say: Hello.
          go: notice
        notice:
          say: This call may be recorded.
          interruptible: no
          goal: warned
          go: hangup
        """),
        """
        start | Hello. !This call may be recorded.! (hangup) | entered hello, entered notice, goal_reached warned, ended line
        """,  # noqa: E501
    )


def test_long_words_come_in_several_documents() -> None:
    """After 6000 characters the carrier is asked to come again, so that no document grows beyond its limit."""
    steps = "\n".join(f"s{n}:\n  say: {'word ' * 500}\n  go: s{n + 1}" for n in range(5))
    call = Line(line(steps + "\ns5:\n  say: End.\n  go: hangup"))
    assert heard(call.take("start")).endswith("word (redirect)")
    assert call.call.place == "s3"
    assert heard(call.take("silence")).endswith("word End. (hangup)")
    assert happened(call.events).count("entered s3") == 1


WEEK = """
hours:
  office: Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off
  exact: 24/7; Jul 4 off; 2026 Dec 24 off
"""


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "open_"),
    [
        ("office", "America/Chicago", "2026-06-02T08:00", True),
        ("office", "America/Chicago", "2026-06-02T07:59", False),
        ("office", "America/Chicago", "2026-06-02T17:59", True),
        ("office", "America/Chicago", "2026-06-02T18:00", False),
        ("office", "America/Chicago", "2026-06-06T12:59", True),
        ("office", "America/Chicago", "2026-06-07T12:00", False),
        # daylight saving: the zone's own clock counts, on the Mondays after the clocks changed as before
        ("office", "America/Chicago", "2026-03-09T08:00", True),
        ("office", "America/Chicago", "2026-11-02T07:59", False),
        ("office", "America/Chicago", "2026-11-02T08:00", True),
        ("office", "Europe/Berlin", "2026-06-02T08:00", True),
        ("office", "Asia/Kolkata", "2026-06-02T18:00", False),
        # 4 July 2026 is a Saturday: PH is the day that offices take off, the Friday before; dates are the day itself
        ("office", "America/Chicago", "2026-07-03T12:00", False),
        ("office", "America/Chicago", "2026-07-04T12:00", True),
        ("exact", "America/Chicago", "2026-07-04T12:00", False),
        ("exact", "America/Chicago", "2026-12-24T23:59", False),
        ("exact", "America/Chicago", "2026-12-25T00:00", True),
    ],
)
def test_hours_are_those_of_the_lines_zone(hours: str, zone: str, moment: str, open_: bool) -> None:
    """An `hours` step goes where the hours say at the input's moment, on the clock of the line's zone."""
    flow = line(
        f"""
        look:
          hours: {hours}
          open: yes_
          closed: no_
        yes_:
          say: Open.
          go: hangup
        no_:
          say: Closed.
          go: hangup
        """,
        WEEK,
        zone=zone,
    )
    call = Line(flow)
    call.at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    assert heard(call.take("start")) == ("Open. (hangup)" if open_ else "Closed. (hangup)")


CONDITIONS = [
    ("trip.status == 'open'", "status=open", True),
    ("trip.status == 'open' && call.tries < 3", "status=open", True),
    ("trip.due > 0", "due=0.01", True),
    ("trip.due > 0", "due=0.00", False),
    ("trip.due == 12.5", "due=12.50", True),
    ("trip.due >= 12", "due=12.00", True),
    ("trip.leaves > '2026-01-01'", "leaves=2026-01-02", True),
    ("trip.leaves > '2026-01-01'", "leaves=2025-12-31", False),
    ("trip.leaves < now", "leaves=2026-06-02", True),
    ("trip.leaves < now", "leaves=2026-06-03", False),
    ("now > '2026-06-02T11:59'", "", True),
    ("timestamp(now) > timestamp('2026-06-02T16:59:00Z')", "", True),
    ("timestamp(now).getHours() == 12", "", True),
    ("trip.at < '12:00'", "at=09:30", True),
    ("trip.status == ''", "due=1.00", True),
    ("call.from.startsWith('+1')", "", True),
    ("call.language == 'en-US' && call.line == 'test'", "", True),
    ("trip.due > 0", "due=nothing", False),
]


@pytest.mark.parametrize(("condition", "found", "holds"), CONDITIONS)
def test_conditions_see_names_as_numbers_and_text(condition: str, found: str, holds: bool) -> None:
    """Money compares as a number does, dates and `now` as ISO text; a name without a value is empty."""
    flow = line(
        f"""
        find:
          lookup: trip
          found: decide
          not_found: hangup
          failed: hangup
        decide:
          if: {condition}
          then: yes_
          else: no_
        yes_:
          say: Yes.
          go: hangup
        no_:
          say: No.
          go: hangup
        """,
        "lookups:\n  trip:\n    table: trips.csv\n    where: {a: b}\n"
        "    gives: {status: text, due: money, leaves: date, at: time}",
    )
    call = Line(flow)
    call.take("start")
    assert heard(call.take(f"found {found}")) == ("Yes. (hangup)" if holds else "No. (hangup)")
    assert not any(isinstance(event, ConditionFailed) for event in call.events)


def test_a_condition_without_a_value_is_false_and_noted() -> None:
    """What cannot be compared does not hold, and an event says why."""
    flow = line(
        """
        find:
          lookup: trip
          found: decide
          not_found: hangup
          failed: hangup
        decide:
          if: trip.due / trip.due > 0.5
          then: hangup
          else: no_
        no_:
          say: No.
          go: hangup
        """,
        "lookups:\n  trip:\n    table: trips.csv\n    where: {a: b}\n    gives: {due: money}",
    )
    call = Line(flow)
    assert heard(call.take("start", "found due=0.00")) == "No. (hangup)"
    assert any(isinstance(event, ConditionFailed) for event in call.events)


SWITCH = """
find:
  lookup: customer
  found: sort
  not_found: hangup
  failed: hangup
sort:
  switch: customer.SEGMENT
  cases:
    gold: gold
    yes: gold
    5: gold
  else: rest
gold:
  say: Gold.
  go: hangup
rest:
  say: Rest.
  go: hangup
"""
CUSTOMER = """
lookups:
  customer:
    table: customers.csv
    where: {a: b}
    gives: {name: text, vip: yes_no, level: number}
"""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "gold", "Gold."),
        ("name", "Gold", "Rest."),
        ("name", "", "Rest."),
        ("vip", True, "Gold."),
        ("vip", False, "Rest."),
        ("level", 5, "Gold."),
        ("level", 5.5, "Rest."),
    ],
)
def test_a_switch_compares_text(field: str, value: object, words: str) -> None:
    """Cases are compared with the value as text: yes_no as `yes` and `no`, numbers as they are written."""
    call = Line(line(SWITCH.replace("SEGMENT", field), CUSTOMER))
    call.take("start")
    assert heard(call.take(Told(call.at, "found", {field: value}))) == f"{words} (hangup)"


def test_names_are_set_all_at_once() -> None:
    """A `set` takes texts, other names, and text with names in it; a moment becomes text."""
    call = transcript(
        line("""
        first:
          set: {a: one, b: two}
          go: second
        second:
          set: {a: <b>, b: <a>, c: x <a> <b> y, when: <now>, lang: <call.language>}
          say: Set.
          go: tell
        tell:
          say: <a>, <b>, <c>, <when>, <lang>.
          go: hangup
        """),
        """
        start | Set. two, one, x one two y, 2026-06-02T12:00:00-05:00, en-US. (hangup)
        """,
    )
    assert call.call.values["b"] == "one"
