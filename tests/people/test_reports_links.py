"""Each number of the reports leads to as many calls: whatever it is sorted by, at the ends of a span, in odd nights."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from reported import reported
from reports_week import ABANDONED, answered
from sqlalchemy import Engine
from visitors import Visitor

from ivr.store.agent_changes import Became
from ivr.store.agent_states import AgentStates
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.embedded import Embedded

pytestmark = pytest.mark.long

BEGAN = datetime(2026, 10, 31, 20, 3, tzinfo=UTC)
"""New York's clocks go back on 1 November at 06:00 UTC: from two to one."""

NOW = BEGAN + timedelta(hours=40, minutes=3)


def happened(number: int) -> list[dict[str, Any]]:
    """Every third call waits for an agent and gets one, and every ninth hangs up there; some surveys are asked."""
    events = list(answered(number, agent=f"agent{number % 2}")) if number % 3 == 0 else []
    if number % 9 == 0:
        events = list(ABANDONED)
    if number % 5 == 0:
        for survey in ("short", "long"):
            events.append({"kind": "survey_asked", "step": "s", "survey": survey})
    return events


def answers(number: int) -> list[dict[str, Any]]:
    """Every tenth call answers both surveys, one of them well; every fifth of the others only the short one."""
    given = {"kind": "survey_answered", "step": "s", "question": "csat", "measure": "csat"}
    if number % 10 == 0:
        return [given | {"survey": "short", "value": 5}, given | {"survey": "long", "value": 1}]
    return [given | {"survey": "short", "value": 4}] if number % 5 == 0 else []


def fill(engine: Engine) -> None:
    """A call each eleven minutes, of two lines."""
    entries = []
    for number in range(200):
        at = BEGAN + timedelta(minutes=11 * number)
        line = "meridian" if number % 4 else "lakeside"
        first = {"caller": "+15005550101", "to": "+15005550006", "line": line, "version": "a" * 12, "step": ""}
        inputs: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
            ({"kind": "started", **first}, [{"kind": "entered", "step": "main"}]),
            *(({"kind": "silent"}, [it]) for it in happened(number)),
            *(({"kind": "pressed", "keys": "5"}, [it]) for it in answers(number)),
            ({"kind": "hung_up", "status": "completed"}, [{"kind": "ended", "step": "main", "how": "completed"}]),
        ]
        entries += [
            Entry(b"{p00}:log", b"1-0", f"CA{number:03}", orjson.dumps(
                {"seq": seq, "input": {**input_, "at": at + timedelta(seconds=seq)}, "events": events}))
            for seq, (input_, events) in enumerate(inputs, 1)
        ]  # fmt: skip
    assert not CallLog(engine, CallerHash("k" * 40)).write(entries).refused
    missed = [("agent0", "was busy"), ("agent0", "was busy"), ("agent1", "missed a call")]
    AgentStates(engine).write([
        Became(
            number, agent, "away", why, "missed", BEGAN + timedelta(hours=20, minutes=number), f"O{number}", "CA003",
            "bookings", None,
        )
        for number, (agent, why) in enumerate(missed, 1)
    ])  # fmt: skip


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """The application, with the night in its log."""
    with reported(tmp_path_factory.mktemp("links"), valkey, NOW, fill) as made:
        yield made


@pytest.fixture
def analyst(entered: Callable[[str], Visitor]) -> Visitor:
    """Somebody who reads reports."""
    return entered("analyst")


def page(visitor: Visitor, path: str) -> str:
    """A page that is there."""
    response = visitor.get(path)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def number_of_calls(visitor: Visitor, link: str) -> int:
    """How many calls the list has."""
    found = re.search(r'<h2 id="hits"[^>]*>\s*(No|[0-9,]+) calls?', page(visitor, link))
    assert found, link
    return 0 if found[1] == "No" else int(found[1].replace(",", ""))


def cells(text: str) -> list[tuple[int, str]]:
    """Each number of the tables that leads to calls, and where; of a rate, of how many it is."""
    counted = re.findall(r'<t[dh][^>]*><a href="(/reports/calls\?[^"]*)"[^>]*>([0-9,]+)</a>', text)
    measured = re.findall(r'<t[dh][^>]*><a href="(/reports/calls\?[^"]*)" title="[^"]*n = ([0-9,]+)">', text)
    return [(int(number.replace(",", "")), html.unescape(link)) for link, number in dict.fromkeys(counted + measured)]


SPANS = (
    "since=2026-10-31&until=2026-11-01&zone=America/New_York",
    "since=2026-11-01T04:40&until=2026-11-01T07:20&zone=UTC",
    "since=2026-11-01T00:40&until=2026-11-01T01:20-05:00&zone=America/New_York",
    "since=27h&zone=Asia/Kolkata",
    "since=24h&until=90m&zone=America/New_York",
)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("by", ["hour", "quarter", "day", "queue"])
def test_every_part_of_a_figure_leads_to_its_calls(analyst: Visitor, span: str, by: str) -> None:
    """The hour that comes twice, quarter-hours in it, days and hours that the span has in part, what has no name."""
    text = page(analyst, f"/reports/figures/calls?{span}&by={by}")
    found = cells(text)
    assert found
    assert [number_of_calls(analyst, link) for _, link in found] == [number for number, _ in found]
    if by != "hour":  # of which those that come twice in a span lead nowhere
        whole = re.search(r'<p class="value"><strong>([0-9,]+)</strong>', text)
        assert whole
        assert sum(number for number, _ in found) == int(whole[1].replace(",", ""))


@pytest.mark.parametrize("path", ["?", "/queues?", "/agents?", "/queues?short=60&seconds=90&"])
def test_every_number_of_a_page_leads_to_its_calls(analyst: Visitor, path: str) -> None:
    """Of a span that begins and ends within quarter-hours."""
    found = [it for it in cells(page(analyst, f"/reports{path}{SPANS[4]}")) if "wait=" not in it[1]]
    assert len(found) > 5
    assert [number_of_calls(analyst, link) for _, link in found] == [number for number, _ in found]


def test_quarter_hours_come_in_their_order(analyst: Visitor) -> None:
    """Also where the clock was put back."""
    text = page(analyst, f"/reports/figures/calls?{SPANS[2]}&by=quarter")
    began = [re.search(r"since=([^&]*)", link)[1] for _, link in cells(text)]  # type: ignore[index]
    there = [it.replace("%3A", ":") for it in began]
    assert there == sorted(there, key=lambda it: (it.endswith("-05:00"), it))
    assert {it[-6:] for it in there} > {"-05:00"}


@pytest.mark.parametrize("name", ["queue", "agent"])
def test_what_has_no_name_is_counted_by_that(analyst: Visitor, name: str) -> None:
    """`-` is what has none: the same calls in the figure, in the list, and in what can be taken out."""
    days = "since=2026-10-31&until=2026-11-02&zone=UTC"
    whole = {}
    for which in ("", f"&{name}=-"):
        found = re.search(
            r'<p class="value"><strong>([0-9,]+)</strong>', page(analyst, f"/reports/figures/calls?{days}{which}")
        )
        assert found
        whole[which] = int(found[1])
    expected = sum(number % 3 != 0 if name == "queue" else number % 3 != 0 or number % 9 == 0 for number in range(200))
    assert whole == {"": 200, f"&{name}=-": expected}
    assert number_of_calls(analyst, f"/reports/calls?{days}&figure=calls&{name}=-") == expected
    # Within a quarter-hour figures come from the log itself.
    part = f"since=2026-11-01T00:01&until=2026-11-01T00:14&zone=UTC&{name}=-"
    found = re.search(r'<p class="value"><strong>([0-9,]+)</strong>', page(analyst, f"/reports/figures/calls?{part}"))
    assert found
    assert int(found[1]) == number_of_calls(analyst, f"/reports/calls?{part}&figure=calls") > 0
    csv = analyst.get(f"/reports/downloads/calls.csv?{days}&{name}=-").get_data(as_text=True)
    assert len(csv.splitlines()) == expected + 1
    for other in ("/reports", "/reports/queues", "/reports/agents", "/reports/voice", "/reports/flow"):
        page(analyst, f"{other}?{days}&{name}=-")


@pytest.mark.parametrize("more", ["", "&survey=short", "&survey=long", "&by=survey", "&by=survey&survey=long"])
def test_answers_of_one_survey_lead_to_their_calls(analyst: Visitor, more: str) -> None:
    """Those of another survey in the same call are none of them, and who did not answer was asked all the same."""
    text = page(analyst, f"/reports/voice?since=2026-10-31&until=2026-11-02&zone=UTC{more}")
    found = [it for it in cells(text) if "figure=" in it[1]]
    assert found
    assert [number_of_calls(analyst, link) for _, link in found] == [number for number, _ in found]
    tiles = re.findall(r'of ([0-9,]+) (?:answers?|times? asked).*?<a href="(/reports/calls\?[^"]*)"', text, re.S)
    assert tiles
    assert [number_of_calls(analyst, html.unescape(link)) for _, link in tiles] == [int(number) for number, _ in tiles]


@pytest.mark.parametrize("path", [
    "/reports/figures/first_contact_resolution?days=999999",
    "/reports/figures/true_containment?hours=999999",
    "/reports/calls?figure=first_contact_resolution&set=days:999999",
    "/reports/calls?figure=handling_time&set=wrap_up:999999",
])  # fmt: skip
def test_settings_as_large_as_may_be(analyst: Visitor, path: str) -> None:
    """Nothing was so long ago: there is nothing to measure, and no error."""
    page(analyst, path)


@pytest.mark.parametrize("path", [
    "/reports/calls/recordings/99999999999999999999999.wav",
        "/reports/calls/recordings/2147483648.wav",
    "/reports/calls/CA%00",
    "/reports/calls/CA%00/again.call",
    "/reports/figures/csat%00",
])  # fmt: skip
def test_what_no_database_can_be_asked_is_not_there(analyst: Visitor, path: str) -> None:
    """404, on both databases."""
    assert analyst.get(path).status_code == 404


def test_the_first_year_of_all(analyst: Visitor) -> None:
    """1970 is a year; a span of so many days is too long all the same, which is said."""
    text = analyst.get("/reports?since=1970-01-01").get_data(as_text=True)
    assert "1100 days" in text
    assert analyst.get("/reports?since=1970-01-01&until=1970-02-01").status_code == 200


@pytest.mark.parametrize("path", ["", "/queues", "/agents", "/voice", "/figures"])
def test_nothing_is_compared_with_a_time_that_the_log_has_not(analyst: Visitor, path: str) -> None:
    """It says so; of the second day there is a time before."""
    first = page(analyst, f"/reports{path}?since=2026-11-01&until=2026-11-02&zone=UTC")
    assert "the log does not reach back to the time before" in first
    assert not re.search(r"(more|fewer|higher|lower|longer|shorter) than before|Against before", first)
    assert "compared with" in page(analyst, f"/reports{path}?since=2026-11-01T12:00&until=2026-11-02&zone=UTC")


def test_busy_is_told_from_missed(analyst: Visitor) -> None:
    """Where the carrier said so of any call, and only there."""
    text = page(analyst, "/reports/agents?since=2026-10-31&until=2026-11-02&zone=UTC")
    assert "Busy or declined" in text
    assert "Not reached" not in text
    found = re.search(r"agent0</a></th>(.*?)</tr>", text, re.S)
    assert found
    said = [re.sub(r"<[^>]+>", "", it).strip() for it in re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.S)]
    assert said[1:3] == ["2", "2"]
    assert "Busy or declined" not in page(analyst, "/reports/agents?since=2026-10-31&until=2026-10-31&zone=UTC")
