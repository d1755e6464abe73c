"""Where callers go: the page, over calls that one can count by hand."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flow_calls import NEW, NOW, OLD, fill
from reported import reported
from visitors import Visitor

from ivr.store.embedded import Embedded


@pytest.fixture(scope="module")
def people_app(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[Flask]:
    """The application, with the calls in its log."""
    with reported(tmp_path_factory.mktemp("flow"), valkey, NOW, fill) as made:
        yield made


@pytest.fixture(scope="module")
def anna(entered: Callable[[str], Visitor]) -> Visitor:
    """An analyst."""
    return entered("analyst")


def seen(visitor: Visitor, path: str) -> str:
    """A page that is there."""
    response = visitor.get(path)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def table(page: str, caption: str) -> list[list[tuple[str, str]]]:
    """The rows of a table: of each cell its words, and where it leads."""
    found = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>(.*?)</table>", page, re.DOTALL)
    assert found is not None, caption
    rows = re.findall(r"<tr>(.*?)</tr>", found[1].split("<tbody>")[1], re.DOTALL)
    return [[_cell(it) for it in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def _cell(cell: str) -> tuple[str, str]:
    href = re.search(r'href="([^"]+)"', cell)
    return html.unescape(re.sub(r"<[^>]+>", "", cell)).strip(), html.unescape(href[1]) if href else ""


def words(rows: list[list[tuple[str, str]]]) -> list[list[str]]:
    """The words alone."""
    return [[cell for cell, _ in row] for row in rows]


def test_the_newest_version_is_shown_beside_the_one_before(anna: Visitor) -> None:
    """Where the URL says nothing; the call that we made is in no number."""
    page = seen(anna, "/reports/flow")
    assert f"Version <strong>{NEW}</strong> of <strong>meridian</strong>" in page
    assert re.search(r">6 calls</a> that came in", page)
    rows = table(page, "Both versions, whole calls")
    assert words(rows)[:2] == [
        ["Calls lost or in trouble anywhere", "60.0 %", "0.0 %", "−60.0 points (−88.2 to −6.3)",  # noqa: RUF001
         "Fewer, by 6.3 to 88.2 points: more than chance."],
        ["Calls lost: hung up with nothing reached", "20.0 %", "0.0 %", "−20.0 points (−62.4 to +22.3)",  # noqa: RUF001
         "Perhaps fewer; it may be chance."],
    ]  # fmt: skip


def test_steps_are_told_the_worst_first(anna: Visitor) -> None:
    """Three of five were lost or in trouble in the main menu; nobody elsewhere."""
    rows = words(table(seen(anna, f"/reports/flow?version={OLD}&against=none"), "Steps, the worst first"))
    assert rows[0] == ["main", "7", "5", "3", "60.0 % (23.1 to 88.2)", "1", "2", "4", "2", "10 s"]
    assert [row[0] for row in rows[1:]] == ["office", "told"]


def test_what_callers_did_is_told_in_the_words_that_they_heard(anna: Visitor) -> None:
    """An option by its words; all ways together are all visits."""
    page = seen(anna, f"/reports/flow?version={OLD}")
    assert words(table(page, "How callers left main")) == [
        ["hung up", "Hung up, something reached", "2", "28.6 %"],
        ["pressed nothing until the tries were used up", "office", "2", "28.6 %"],
        ["pressed 1, “To hear when the next coach leaves”", "told", "2", "28.6 %"],
        ["hung up", "Hung up, nothing reached", "1", "14.3 %"],
    ]
    assert "single ones: 7 (2)" in page
    assert words(table(page, "Funnel to departure_told")) == [
        ["Calls", "5", "100.0 %", "–"],  # noqa: RUF001
        ["main", "5", "100.0 %", "100.0 %"],
        ["told", "2", "40.0 %", "40.0 %"],
        ["Goal reached", "2", "40.0 %", "100.0 %"],
    ]


def test_each_number_of_calls_leads_to_as_many_calls(anna: Visitor) -> None:
    """Calls, in trouble, lost, of every step; and of the funnel."""
    page = seen(anna, f"/reports/flow?version={OLD}&since=2026-06-30&zone=Asia/Kolkata")
    cells = [row[column] for row in table(page, "Steps, the worst first") for column in (2, 3, 5)]
    cells += [row[1] for row in table(page, "Funnel to departure_told")]
    assert len([href for _, href in cells if href]) > 6
    for number, href in cells:
        if href:
            found = set(re.findall(r"/reports/calls/(CA\d\d)", seen(anna, href)))
            assert len(found) == int(number), href
        else:
            assert number == "0"
    for row in table(page, "Where callers went from each step"):
        assert re.findall(r"/reports/calls/(CA\d\d)", seen(anna, row[3][1])), row[3][1]


def test_what_narrows_nothing_is_said(anna: Visitor) -> None:
    """A path is of a whole call: queue and agent are left out of the links, too."""
    page = seen(anna, "/reports/flow?queue=bookings&agent=ana")
    assert "the filters queue and agent change nothing on this page" in page
    assert not [href for row in table(page, "Steps, the worst first") for _, href in row if "queue=" in href]


@pytest.mark.parametrize("path", ["?since=2026-06-01&until=2026-06-02", f"?version={NEW}&since=2026-07-01T10:30Z"])
def test_nothing_to_show_is_said(anna: Visitor, path: str) -> None:
    """A time without calls, and a version without calls in it."""
    assert re.search(r"No calls came (in|to this version) in this time", seen(anna, f"/reports/flow{path}"))


def test_what_makes_no_sense_is_refused(anna: Visitor, entered: Callable[[str], Visitor]) -> None:
    """A version to compare with that had no calls; and who may not see reports sees nothing."""
    response = anna.get("/reports/flow?against=000000000000")
    assert response.status_code == 400
    assert f"there is {OLD}" in html.unescape(response.get_data(as_text=True))
    refused = entered("agent").get("/reports/flow")
    assert refused.status_code == 403
    assert NEW not in refused.get_data(as_text=True)
