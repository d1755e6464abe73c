"""The reports' shell, overview and figures, over a week of calls that one can count."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from people_rooms import office_of
from reported import reported
from reports_week import ENDED, NOW, fill
from sqlalchemy import Engine
from visitors import Visitor, welcomed

from ivr.reports import KPIS
from ivr.reports.outcomes import OUTCOMES
from ivr.store.embedded import Embedded
from ivr.web.reports.frame import SECTIONS

OWN = ("/reports", "/reports/figures", *(f"/reports/figures/{it.name}" for it in (*KPIS, *OUTCOMES)))


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """The application, with the week in its log."""

    def both(engine: Engine) -> None:
        fill(engine)
        fill(engine, "lakeside", "0f9e8d7c6b5a")

    with reported(tmp_path_factory.mktemp("reports"), valkey, NOW, both) as made:
        yield made


@pytest.fixture
def analyst(entered: Callable[[str], Visitor]) -> Visitor:
    """Somebody who reads reports."""
    return entered("analyst")


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


def rows(page: str, caption: str) -> list[list[str]]:
    """The cells of the table that has this name."""
    found = re.search(rf'aria-label="{re.escape(caption)}">(.*?)</table>', page, re.S)
    assert found, caption
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", found[1], re.S)
    ]


def test_the_overview_says_what_one_counts_by_hand(analyst: Visitor) -> None:
    """Of one line in one week: 15 calls; service level 1 of 3 in time; CSAT 1 of 2; the week before had 2 calls."""
    page = analyst.get("/reports?line=meridian&zone=UTC").get_data(as_text=True)
    said = words(page)
    assert "Calls 15 calls that came in" in said
    assert "13 more than before (2)" in said
    assert "Service level 33.3 %" in said
    assert "Customer satisfaction (CSAT) 50.0 %" in said
    assert "Thu 25 Jun to Wed 1 Jul 2026 · line meridian" in said
    assert "as of 2026-07-01 15:00" in said
    assert "compared with 2026-06-18 00:00 to 2026-06-24 15:00" in said


def test_each_call_has_one_outcome_and_each_outcome_its_calls(analyst: Visitor) -> None:
    """The table has every outcome with its number, and a link to just these calls."""
    page = analyst.get("/reports?line=meridian&zone=UTC").get_data(as_text=True)
    for name, number in ENDED.items():
        link = re.search(rf'href="([^"]*figure=ended_{name}[^"]*)">([0-9,]+)<', page)
        assert link, name
        assert int(link[2]) == number
        asked = parse_qs(urlsplit(html.unescape(link[1])).query)
        assert asked["line"] == ["meridian"]
        assert asked["zone"] == ["UTC"]


def test_every_figure_of_the_overview_leads_to_its_formula_and_its_calls(analyst: Visitor) -> None:
    """Each tile has both links, with the same filters."""
    page = analyst.get("/reports?line=meridian&zone=UTC&since=2026-06-25").get_data(as_text=True)
    tiles = re.findall(r'<section class="figure card"(.*?)</section>', page, re.S)
    assert len(tiles) == 8
    for tile in tiles:
        links = [html.unescape(it) for it in re.findall(r'href="([^"]+)"', tile)]
        assert links[0].startswith("/reports/figures/")
        assert all("line=meridian" in it and "since=2026-06-25" in it for it in links)
        assert re.search(r"/reports/calls\?.*figure=", links[-1]) or "nothing to measure" in tile


@pytest.mark.parametrize(
    ("zone", "hour", "weekday", "calls"),
    [("UTC", "18:00", 1, "1"), ("Asia/Kolkata", "00:00", 2, "3"), ("America/Chicago", "13:00", 1, "1")],
)
def test_hours_are_those_of_the_viewer(analyst: Visitor, zone: str, hour: str, weekday: int, calls: str) -> None:
    """The call of 18:45 UTC stands in the hour that the clock of the zone showed, also of half-hour zones."""
    page = analyst.get(f"/reports?line=meridian&zone={zone}").get_data(as_text=True)
    table = {row[0]: row[1:] for row in rows(page, "Calls by hour and weekday")}
    assert table[hour][weekday - 1] == calls
    assert table["all"][-1] == "15"


def test_days_add_up_to_the_calls(analyst: Visitor) -> None:
    """The table beside the bars has each day, and the sums of its parts."""
    page = analyst.get("/reports?line=meridian&zone=UTC").get_data(as_text=True)
    table = rows(page, "Calls by day, and how they ended")
    days = [row for row in table if row[0].startswith(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))]
    assert [row[0] for row in days] == [
        "Thu 2026-06-25", "Fri 2026-06-26", "Sat 2026-06-27", "Sun 2026-06-28", "Mon 2026-06-29", "Tue 2026-06-30",
        "Wed 2026-07-01",
    ]  # fmt: skip
    assert [row[-1] for row in days] == ["0", "0", "0", "0", "3", "5", "7"]
    for row in table[1:]:
        assert sum(map(int, row[1:-1])) == int(row[-1])


def test_the_browser_tells_its_zone(people_app: Flask, entered: Callable[[str], Visitor]) -> None:
    """Where the URL names none, that of the cookie counts; one that is none counts for nothing."""
    client = entered("analyst").client
    client.set_cookie("zone", "Asia/Kolkata", path="/reports")
    assert "Asia/Kolkata, UTC+5:30 · as of 2026-07-01 20:30" in words(client.get("/reports").get_data(as_text=True))
    assert "UTC · as of 2026-07-01 15:00" in words(client.get("/reports?zone=UTC").get_data(as_text=True))
    client.set_cookie("zone", "../../etc/passwd", path="/reports")
    assert "UTC · as of 2026-07-01 15:00" in words(client.get("/reports").get_data(as_text=True))
    client.delete_cookie("zone", path="/reports")


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ("since=yesterday", "since", "no date such as"),
        ("since=2026-13-45", "since", "no date such as"),
        ("until=99999999d", "until", "no date such as"),
        ("since=2026-06-30&until=2026-06-01", "since", "not before until"),
        ("since=2031-01-01", "since", "to come"),
        ("since=2001-01-01", "since", "more than 1100 days"),
        ("zone=Mars/Phobos", "zone", "no time zone"),
        ("zone=../../etc/passwd", "zone", "no time zone"),
        ("line=nosuch", "line", "there are lakeside, meridian"),
        ("version=nosuch&line=meridian", "version", "there is no version"),
        ("queue=nosuch", "queue", "there are bookings"),
        ("agent=%3Cscript%3E", "agent", "there is no agent"),
        ("language=xx", "language", "there is no language"),
        ("line=meridian&line=lakeside", "line", "more than once"),
        ("lines=meridian", "lines", "no such filter"),
        ("line=%00", "line", "no name"),
    ],
)
def test_filters_that_make_no_sense_are_refused(analyst: Visitor, query: str, name: str, says: str) -> None:
    """400, with a page that says which one, why, and has the form to mend it."""
    answer = analyst.get(f"/reports?{query}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    found = re.search(r"<ul>(.*?)</ul>", page, re.S)
    assert found
    assert f"{name} : " in words(found[1])
    assert says in words(found[1])
    assert 'name="since"' in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-06-25&until=2026-07-01", "since=24h", "since=7d", "since=2026-06-30T10:05&until=2026-06-30T11:20",
        "since=2026-06-30T10:05:00%2B05:30", "since=2026-06-30T10:05:00+05:30", "line=&queue=", "queue=-",
        "until=2026-06-30", "since=2026-07-01&zone=Pacific/Apia", "zone=Asia/Kathmandu",
    ],
)  # fmt: skip
def test_filters_may_be_written_in_many_ways(analyst: Visitor, query: str) -> None:
    """Dates, moments with and without a zone, spans, what is left empty, what has no name."""
    assert analyst.get(f"/reports?{query}").status_code == 200


def test_filters_stay_while_one_goes_from_page_to_page(analyst: Visitor) -> None:
    """Every link of the navigation has the filters that are set, and no other."""
    query = "since=2026-06-25&until=2026-06-30&line=meridian&zone=Asia%2FKolkata"
    page = analyst.get(f"/reports?{query}").get_data(as_text=True)
    nav = re.search(r'<nav class="sections".*?</nav>', page, re.S)
    assert nav
    links = [html.unescape(it) for it in re.findall(r'href="([^"]+)"', nav[0])]
    assert len(links) == len(SECTIONS)
    for link in links:
        assert parse_qs(urlsplit(link).query) == parse_qs(query)


def test_whoever_may_not_learns_nothing(people_app: Flask, entered: Callable[[str], Visitor]) -> None:
    """An agent gets 403 on each page, with no name of the log in it; a stranger gets the sign-in."""
    agent, stranger = entered("agent"), Visitor(people_app.test_client())
    paths = {rule.rule for rule in people_app.url_map.iter_rules() if rule.endpoint.startswith("reports.")}
    assert len(paths) > 10
    for path in paths:
        address = re.sub(r"<[^>]*>", "calls", path)
        for query in ("", "?line=nosuch", "?since=x"):
            answer = agent.get(address + query)
            assert answer.status_code in (403, 404, 405), address
            assert not re.search("meridian|lakeside|bookings", answer.get_data(as_text=True))
        assert stranger.get(address).status_code in (302, 401, 404, 405)


def test_pages_hold_no_script_and_no_style_of_their_own(analyst: Visitor) -> None:
    """All of it comes from files, as the policy says; of styles only empty ones are let in."""
    for path in ("/reports", "/reports/figures/csat", "/reports?since=x"):
        answer = analyst.get(path)
        page = answer.get_data(as_text=True)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)
        for attributes in re.findall(r"<script([^>]*)>", page):
            assert "src=" in attributes or 'type="application/json"' in attributes
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        assert "default-src 'self'" in policy


def test_plotly_comes_from_its_wheel_once(analyst: Visitor) -> None:
    """Compressed, for a year, at an address of its release; pages without a plot do not ask for it."""
    page = analyst.get("/reports").get_data(as_text=True)
    found = re.search(r'data-plotly="([^"]+)"', page)
    assert found
    answer = analyst.client.get(found[1], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) < 2_000_000
    plain = analyst.client.get(found[1])
    assert plain.data == gzip.decompress(answer.data)
    assert analyst.client.get("/reports/plotly-0.0.1.min.js").status_code == 404


@pytest.mark.parametrize("path", OWN)
def test_each_figure_has_a_page_with_its_formula(analyst: Visitor, path: str) -> None:
    """In words, with its source, and a table of its days."""
    answer = analyst.get(f"{path}?zone=UTC")
    assert answer.status_code == 200
    kpi = next((it for it in (*KPIS, *OUTCOMES) if path.endswith(f"/{it.name}")), None)
    if kpi:
        said = words(answer.get_data(as_text=True))
        assert words(kpi.formula) in said
        assert words(kpi.source) in said
        assert all(it.words in said for it in kpi.parameters)


@pytest.mark.parametrize("by", ["day", "hour", "quarter", "line", "version", "queue", "agent", "language"])
def test_a_figure_in_its_parts_adds_up(analyst: Visitor, by: str) -> None:
    """The handled of each part are together all of them; each part leads to its calls."""
    page = analyst.get(f"/reports/figures/handled?zone=UTC&by={by}&line=meridian").get_data(as_text=True)
    label = re.search(r'aria-label="(Handled by [^"]+)">', page)
    assert label
    assert sum(int(row[1]) for row in rows(page, label[1])[1:] if row[1].isdigit()) == 2


def test_parameters_are_set_in_the_url(analyst: Visitor) -> None:
    """With 45 seconds two of three were answered in time; the links to the calls say so, too."""
    page = analyst.get("/reports/figures/service_level?zone=UTC&line=meridian&seconds=45").get_data(as_text=True)
    assert "66.7 %" in words(page)
    assert "set=seconds%3A45" in page
    assert "33.3 %" in words(analyst.get("/reports/figures/service_level?line=meridian").get_data(as_text=True))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("seconds=soon", "a number from 0"), ("seconds=-1", "a number from 0"), ("seconds=nan", "a number from 0"),
        ("callbacks=maybe", "yes or no"), ("by=moon", "one of day"), ("by=quarter&since=2026-06-01", "eight days"),
        ("hours=3", "no such filter"),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(analyst: Visitor, query: str, says: str) -> None:
    """400, which says what would."""
    answer = analyst.get(f"/reports/figures/service_level?{query}")
    assert answer.status_code == 400
    assert says in words(answer.get_data(as_text=True))


def test_there_is_no_page_of_an_unknown_figure(analyst: Visitor) -> None:
    """404."""
    assert analyst.get("/reports/figures/moods").status_code == 404


def test_an_empty_log_tells_how_calls_come_into_it(empty_app: Flask) -> None:
    """Each page of one's own says so, and none of it is an error."""
    visitor = welcomed(empty_app, "olga", "analyst")
    for path in ("/reports", "/reports/figures", "/reports/figures/csat", "/reports?line=meridian"):
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert "ivr demo-data" in answer.get_data(as_text=True)


def test_without_sql_the_page_says_so(empty_app: Flask) -> None:
    """503 in words, while the process goes on; nothing of the inside is in it. With SQL back all is as before."""
    visitor, office = welcomed(empty_app, "olga", "analyst"), office_of(empty_app)
    file = office.settings.data / "touchtone.db"
    office.engine.dispose()
    file.rename(file.with_name("away"))
    file.mkdir()
    for path in ("/reports", "/reports/figures/csat"):
        answer = visitor.get(path)
        assert answer.status_code == 503
        assert "The phone line goes on" in answer.get_data(as_text=True)
        assert "touchtone.db" not in answer.get_data(as_text=True)
    file.rmdir()
    file.with_name("away").rename(file)
    assert visitor.get("/reports").status_code == 200
