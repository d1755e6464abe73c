"""The menu files of the demo and the tables beside them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from demo_caller import CHICAGO, MENUS, RECORDINGS, load_demo_team, load_menus, rows

from ivr.menu import Flow, Menus
from ivr.menu.flow import Table
from ivr.menu.graph import exits
from ivr.menu.steps import Menu as MenuStep


@pytest.fixture(scope="module")
def menus() -> Menus:
    """The demo's menu files, checked."""
    return load_menus()


@pytest.fixture(scope="module")
def meridian(menus: Menus) -> Flow:
    """The line of Meridian Coaches."""
    return menus.flows["meridian"]


def test_the_demo_has_no_problem_at_all(menus: Menus) -> None:
    """Neither an error nor a warning, in any of the files."""
    assert [str(problem) for problem in menus.problems] == []
    assert set(menus.flows) == {"meridian", "press-one"}


def test_press_one_has_twelve_lines() -> None:
    """The README begins with the whole file; none of its lines is a comment or empty."""
    lines = (MENUS / "press-one.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 12
    assert all(line.strip() and "#" not in line for line in lines)


def test_every_prompt_exists_in_both_languages(meridian: Flow) -> None:
    """Whatever the line says itself has words in American English and Mexican Spanish, as often as each other."""
    assert meridian.languages == ("en-US", "es-MX")
    for prompt in meridian.prompts():
        if prompt.address.startswith("service.language."):
            assert set(prompt.texts) == {prompt.address.rsplit(".", 1)[1]}
        else:
            assert set(prompt.texts) == {"en-US", "es-MX"}, prompt.address
            assert len({len(texts) for texts in prompt.texts.values()}) == 1, prompt.address


def test_menus_are_short(meridian: Flow) -> None:
    """No menu has more than five options, and each offers a person, a message or the way back."""
    menus = [step.act for step in meridian.steps.values() if isinstance(step.act, MenuStep)]
    assert menus
    for menu in menus:
        assert len(menu.options) <= 5
        assert {option.to for option in menu.options} & {"person", "message", "main"}


def test_goals_are_named(meridian: Flow) -> None:
    """The outcomes that reports count are there, under names that say what happened."""
    goals = {step.goal for step in meridian.steps.values()}
    assert goals >= {
        "departure_told", "booking_told", "lost_property_reported", "hours_told", "asked_for_a_person", "message_left"
    }  # fmt: skip


def test_numbers_are_fictional(meridian: Flow) -> None:
    """Every number of the demo is from the range that is nobody's."""
    text = "".join((MENUS / f"{name}.yaml").read_text("utf-8") for name in ("meridian", "press-one", "team"))
    assert text.count("+1") == text.count("+1500555") >= 6
    assert meridian.last_resort == "+15005550199"


def test_the_legal_notice_comes_before_the_person_and_cannot_be_skipped(meridian: Flow) -> None:
    """Whoever comes to the person hears that calls may be recorded."""
    assert not meridian.steps["notice"].interruptible
    leads = [name for name, step in meridian.steps.items() if any(exit_.to == "connect" for exit_ in exits(step))]
    assert leads == ["notice"]


def test_the_team_is_ready_to_sign_in(meridian: Flow) -> None:
    """Each agent has a PIN for the desk's number; the queue is that of the line, with its hours and its hold audio."""
    team = load_demo_team()
    assert list(team.agents) == ["ana", "raj", "luz"]
    assert all(agent.pin for agent in team.agents.values())
    assert team.desk == ("+15005550300",)
    queue = team.queues["bookings"]
    assert [agent.id for agent in team.members("bookings")] == ["ana", "raj", "luz"]
    assert (RECORDINGS / "hold" / str(queue.hold)).is_file()
    text = [(MENUS / name).read_text("utf-8") for name in ("meridian.yaml", "team.yaml")]
    offices = [line for file in text for line in file.splitlines() if line.startswith("  office: Mo")]
    assert len(offices) == 2
    assert len(set(offices)) == 1


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-12-01T08:00", True),  # a Tuesday
        ("2026-12-01T07:59", False),
        ("2026-12-01T18:00", False),
        ("2026-12-05T12:59", True),  # a Saturday
        ("2026-12-05T13:00", False),
        ("2026-12-06T10:00", False),  # a Sunday
        ("2026-07-03T10:00", False),  # the day off for a Saturday's holiday
        ("2026-07-04T10:00", False),  # the Saturday itself
        ("2026-11-26T10:00", False),  # Thanksgiving
        ("2027-12-24T10:00", False),  # the day off for a Saturday's Christmas
        ("2027-12-25T10:00", False),
        ("2028-01-01T10:00", False),  # a Saturday
    ],
)
def test_office_hours_know_holidays(meridian: Flow, moment: str, is_open: bool) -> None:
    """The office is closed on a public holiday, and on the day that is taken off for it."""
    at = datetime.fromisoformat(moment).replace(tzinfo=CHICAGO)
    assert meridian.hours["office"].is_open(at) is is_open


def test_tables_have_the_columns_of_their_look_ups(meridian: Flow) -> None:
    """Each look-up of the line is a table with the columns that it compares and gives."""
    assert set(meridian.lookups) == {"departures", "bookings"}
    for source in meridian.lookups.values():
        assert isinstance(source, Table)
        assert {*source.where, *source.gives} <= set(rows(source.table)[0])


def test_departures_go_all_day_from_each_stop() -> None:
    """Some sixty coaches or more from at least six stops, in the order of their times, nowhere to itself."""
    departures = rows("departures.csv")
    assert list(departures[0]) == ["stop", "at", "to", "bay"]
    assert len(departures) >= 60
    stops = {row["stop"] for row in departures}
    assert len(stops) >= 6
    assert all(len(stop) == 4 and stop.isdigit() for stop in stops)
    for stop in stops:
        times = [time.fromisoformat(row["at"]) for row in departures if row["stop"] == stop]
        assert times == sorted(set(times))
        assert times[0].hour < 9
        assert times[-1].hour >= 18
    assert all(row["to"] and row["bay"].isdigit() for row in departures)


def test_no_departure_at_one() -> None:
    """One o'clock takes another article in Spanish ("a la una", "a las dos"); the demo avoids it."""
    assert not [row for row in rows("departures.csv") if time.fromisoformat(row["at"]).hour in (1, 13)]


def test_bookings_have_every_status() -> None:
    """Each case of the switch, one that it does not know, and cells that are what the look-up says."""
    bookings = rows("bookings.csv")
    assert list(bookings[0]) == ["booking", "status", "to", "leaves", "due", "seat"]
    assert {row["status"] for row in bookings} == {"confirmed", "waiting_for_payment", "cancelled", "on_hold"}
    assert len({row["booking"] for row in bookings}) == len(bookings)
    for row in bookings:
        assert len(row["booking"]) == 6
        assert row["booking"].isdigit()
        assert date(2026, 11, 1) <= date.fromisoformat(row["leaves"]) < date(2028, 1, 1)
        assert (Decimal(row["due"]) > 0) or row["status"] in ("confirmed", "cancelled")
        assert row["seat"] or row["status"] == "cancelled"
