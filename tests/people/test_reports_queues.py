"""The pages of queues and of agents, over a day that one can count by hand."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from queue_day import NOW, fill
from reported import reported
from visitors import Visitor

from ivr.store.embedded import Embedded

DAY = "since=2026-07-06&until=2026-07-06&zone=UTC"
NONE = "\u2013"


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """The application, with the day in its log."""
    folder = tmp_path_factory.mktemp("queues")
    with reported(folder, valkey, NOW, lambda engine: fill(engine, folder)) as made:
        yield made


def page(visitor: Visitor, path: str) -> str:
    """A page that is there."""
    response = visitor.get(path)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def said(text: str) -> str:
    """What it says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def rows(text: str, caption: str) -> list[list[str]]:
    """The cells of the table of that name, without its heads."""
    found = re.search(rf'aria-label="{re.escape(caption)}">.*?<tbody>(.*?)</table>', text, re.DOTALL)
    assert found, caption
    cells = (
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)
    )
    return [[said(cell) for cell in row] for row in cells]


def links(text: str, caption: str) -> list[str]:
    """Where the cells of a table lead."""
    found = re.search(rf'aria-label="{re.escape(caption)}">.*?<tbody>(.*?)</table>', text, re.DOTALL)
    assert found, caption
    return [html.unescape(it) for it in re.findall(r'href="([^"]+)"', found[1])]


def test_each_queue_is_measured_by_its_own_aim(entered: Callable[[str], Visitor]) -> None:
    """Bookings: 2 of 4 within 20 s, which misses 80 %; refunds: 1 of 2 within 30 s, as it aims at."""
    text = page(entered("analyst"), f"/reports/queues?{DAY}")
    bookings, refunds = rows(text, "Each queue by its own aim")
    assert bookings[:3] == ["bookings", "80 % in 20 s", "50.0 % ✗ (missed)"]
    assert bookings[4:] == ["3", "40 s", "15 s", "95 s", "2", "25.0 %", "22 s"]
    assert refunds[:3] == ["refunds", "50 % in 30 s", "50.0 % ✓ (met)"]
    assert "Service level 50.0 %" in said(text)


def test_the_aim_can_be_set(entered: Callable[[str], Visitor]) -> None:
    """For all queues at once, in the URL."""
    text = page(entered("analyst"), f"/reports/queues?{DAY}&seconds=95&aim=70&short=0")
    bookings, refunds = rows(text, "Each queue by its own aim")
    assert bookings[1:3] == ["70 % in 95 s", "60.0 % ✗ (missed)"]
    assert refunds[1:3] == ["70 % in 95 s", "50.0 % ✗ (missed)"]
    assert (
        "figure=service_level&queue=bookings&set=seconds%3A95&set=short%3A0"
        in links(text, "Each queue by its own aim")[0]
    )


@pytest.mark.parametrize(("query", "why"), [
    ("seconds=soon", "seconds : it is a number of seconds, from 1 to 3600, not “soon”"),
    ("aim=180", "aim : it is a percentage, from 1 to 100, not “180”"),
    ("short=-1&aim=0", "aim : it is a percentage, from 1 to 100, not “0”"),
    ("within=20", "within : no such filter here"),
])  # fmt: skip
def test_what_makes_no_sense_is_said(entered: Callable[[str], Visitor], query: str, why: str) -> None:
    """400, with what is wrong and where."""
    response = entered("analyst").get(f"/reports/queues?{query}")
    assert response.status_code == 400
    assert why in said(response.get_data(as_text=True))


def test_how_visits_ended(entered: Callable[[str], Visitor]) -> None:
    """Each visit once, and each number leads to its calls."""
    text = page(entered("analyst"), f"/reports/queues?{DAY}")
    assert rows(text, "How visits ended") == [
        ["bookings", "3 50 %", "2 33 %", "0", "0", "1 17 %", "0", "6"],
        ["refunds", "1 50 %", "1 50 %", "0", "0", "0", "0", "2"],
    ]
    assert links(text, "How visits ended")[0].endswith(f"/reports/calls?{DAY}&figure=handled&queue=bookings")


def test_who_still_waits_hangs_up(entered: Callable[[str], Visitor]) -> None:
    """Of 8 who waited 3 hung up; of 4 after 45 s one; of 2 after 90 s nobody."""
    text = page(entered("analyst"), f"/reports/queues?{DAY}")
    curve = rows(text, "Of those who still waited, how many hung up")
    found = {row[0]: [row[1], row[2], row[3], row[5]] for row in curve}
    assert found["0 s"] == ["8", "3", "37.5 %", "0"]
    assert found["5 s"] == ["7", "2", "28.6 %", "1"]
    assert found["45 s"] == ["3", "1", "33.3 %", "2"]
    assert found["90 s"] == ["2", "0", "0.0 %", "3"]
    assert list(found)[-1] == "90 s"


def test_what_was_told_against_what_it_took(entered: Callable[[str], Visitor]) -> None:
    """One to two minutes, and it took 90 s: right; three to five, and it took 20 s: sooner, by 220 s."""
    bookings, refunds = rows(
        page(entered("analyst"), f"/reports/queues?{DAY}"), "What callers were told, and what they waited"
    )
    assert bookings[1:4] + bookings[5:] == ["1", "100.0 %", "0", "0", "0", "0 s", "0 s"]
    assert refunds[1:4] + refunds[5:] == ["1", "0.0 %", "1", "1", "0", "220 s", "220 s"]


def test_the_longest_waits_lead_to_their_calls(entered: Callable[[str], Visitor]) -> None:
    """The longest first, in the viewer's zone, each with the place in its call."""
    text = page(entered("analyst"), "/reports/queues?since=2026-07-06&until=2026-07-06&zone=Asia/Kolkata")
    found = rows(text, "The longest waits")
    assert [row[1] for row in found] == ["1:35", "1:30", "1:10", "0:40", "0:25", "0:15", "0:10", "0:03"]
    assert found[0] == ["2026-07-06 15:31", "1:35", "bookings", "answered", "Ana Ruiz"]
    first = links(text, "The longest waits")[0]
    assert first == "/reports/calls/CAqueueday02?zone=Asia/Kolkata#r4"
    assert entered("analyst").get(first).status_code == 200


def test_days_and_hours_are_the_viewers(entered: Callable[[str], Visitor]) -> None:
    """Nine o'clock in London is half past two in Kolkata, where one can see hours of a day with their calls."""
    text = page(entered("analyst"), "/reports/queues?since=2026-07-06&until=2026-07-06&zone=Asia/Kolkata")
    hours = {
        row[0]: row[3] for row in rows(text, "Service level and visits by hour of the day") if row[3] not in (NONE, "0")
    }
    assert hours == {"14:00": "1", "15:00": "2", "17:00": "1"}
    assert any("since=2026-07-06T14%3A00&until=2026-07-06T15%3A00" in it
               for it in links(text, "Service level and visits by hour of the day"))  # fmt: skip


def test_agents_by_name(entered: Callable[[str], Visitor]) -> None:
    """Handled, missed, AHT with its parts as they were measured: Ana (90 + 130) / 2, Raj (110 + 200) / 2."""
    text = page(entered("analyst"), f"/reports/agents?{DAY}")
    ana, raj = rows(text, "Calls of each agent")
    assert ana == ["Ana Ruiz", "2", "0", "110 s", "110 s", "130 s", "70 s", "40 s"]
    assert raj == ["Raj Patel", "2", "1", "155 s", "155 s", "200 s", "150 s", "5 s"]
    assert any("figure=missed&agent=raj" in it for it in links(text, "Calls of each agent"))


def test_the_time_of_agents(entered: Callable[[str], Visitor]) -> None:
    """Ana: from 8:50 to 17:00, 220 s of it with calls, 10 s ringing, then lunch; signed out counts for nothing."""
    text = page(entered("analyst"), f"/reports/agents?{DAY}")
    found = {row[0]: row[1:] for row in rows(text, "What agents did with their time")}
    assert found["Ana Ruiz"] == ["0:02 h", "0:01 h", "0:00 h", "8:06 h", "0.7 %", "1:00 h", NONE]
    assert found["Raj Patel"][-1] == "0:01 h"
    assert set(found) == {"Ana Ruiz", "Raj Patel", "all"}
    one = rows(page(entered("analyst"), f"/reports/agents?{DAY}&agent=ana"), "What agents did with their time")
    assert [row[0] for row in one] == ["Ana Ruiz"]


def test_what_became_of_talks(entered: Callable[[str], Visitor]) -> None:
    """The codes that agents chose, and how often they chose none; each with its calls."""
    text = page(entered("analyst"), f"/reports/agents?{DAY}")
    assert rows(text, "Wrap-up codes") == [
        ["Ana Ruiz", "2 100 %", "0", "2"],
        ["Raj Patel", "0", "2 100 %", "2"],
        ["all", "2 50 %", "2 50 %", "4"],
    ]
    behind = links(text, "Wrap-up codes")
    assert behind[1] == f"/reports/agents/talks?{DAY}&code=booked&agent=ana"
    booked = page(entered("analyst"), behind[1])
    assert [row[0] for row in rows(booked, "Talks")] == ["2026-07-06 10:02:55", "2026-07-06 09:01:10"]
    assert links(booked, "Talks")[0] == "/reports/calls/CAqueueday02?zone=UTC"


@pytest.mark.parametrize("path", ["/reports/agents", "/reports/queues"])
def test_agents_do_not_see_it(entered: Callable[[str], Visitor], people_app: Flask, path: str) -> None:
    """The role agent gets 403 without a name in it, strangers the sign-in."""
    refused = entered("agent").get(f"{path}?{DAY}")
    assert refused.status_code == 403
    assert "Patel" not in refused.get_data(as_text=True)
    assert Visitor(people_app.test_client()).get(f"{path}?{DAY}").status_code == 302


@pytest.mark.long
@pytest.mark.parametrize("path", ["/reports/agents", "/reports/queues"])
@pytest.mark.parametrize("query", [DAY, f"{DAY}&queue=refunds", f"{DAY}&agent=raj&line=meridian"])
def test_every_link_leads_somewhere(entered: Callable[[str], Visitor], path: str, query: str) -> None:
    """Each number's calls and each head's formula are there."""
    analyst = entered("analyst")
    text = page(analyst, f"{path}?{query}")
    found = {html.unescape(it) for it in re.findall(r'href="(/reports/(?:calls|figures)[^"]*)"', text)}
    assert found
    for link in sorted(found):
        assert analyst.get(link).status_code == 200, link


def test_a_time_in_which_nothing_happened(entered: Callable[[str], Visitor]) -> None:
    """The pages are there, and say so."""
    query = "since=2026-06-01&until=2026-06-02&zone=UTC"
    assert "Nobody came to a queue in this time." in said(page(entered("analyst"), f"/reports/queues?{query}"))
    assert "No call was offered to an agent in this time." in said(page(entered("analyst"), f"/reports/agents?{query}"))
