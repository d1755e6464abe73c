"""`ivr report`: the table, its parts, the page for a mail, and what it says of nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from log_by_chance import raw_log, write
from lxml import html
from sqlalchemy import Engine
from test_sql_views import CALL, LOG, VISIT

from ivr.cli import ivr
from ivr.reports import KPIS
from ivr.store.call_log import CallLog
from ivr.store.versions import Versions, version_of

Run = Callable[..., Result]
SINCE = ("--since", "2026-07-01T00:00")
LINE = b"""\
line: Test
numbers: ["+15005550006"]
timezone: Asia/Kolkata
country: IN
languages: [en-US]
start: hello
steps:
  hello:
    say: Hello.
    go: hangup
"""


@pytest.fixture
def run(database_url: str, engine: Engine, tmp_path: Path) -> Run:
    """Runs the command on that database."""
    settings = {"DATABASE_URL": database_url, "IVR_DATA": str(tmp_path), "REDIS_URL": None, "PUBLIC_URL": None}
    return lambda *words: CliRunner().invoke(ivr, ["report", *words], env=settings)


def row(text: str, title: str) -> list[str]:
    """The cells of a line of the table."""
    line = next(line for line in text.splitlines() if line.startswith(title))
    return re.split(r"\s{2,}", line.strip())


def test_all_figures(run: Run, log: CallLog) -> None:
    """Each has a line; what can be set stands below; a pipe gets plain text, and nothing of the desk counts."""
    write(log, raw_log(LOG), 1)
    result = run(*SINCE)
    assert result.exit_code == 0, result.output
    assert row(result.output, "Calls") == ["Calls", "4", "-", "4", "-", "-"]
    assert row(result.output, "Service level")[1:4] == ["50.0 %", "9.5 % to 90.5 %", "2"]
    assert row(result.output, "Average speed of answer")[1:] == ["12 s", "-", "1", "12 s", "12 s"]
    assert row(result.output, "Total handling time")[1] == "0:02:00"
    assert [kpi.title for kpi in KPIS if kpi.title not in result.output] == []
    assert "service_level: seconds 20, short 5, abandoned yes, callbacks no" in result.output
    assert "\x1b" not in result.output
    assert max(map(len, result.output.splitlines())) <= 110


def test_narrowed(run: Run, log: CallLog) -> None:
    """To a line, a queue, an agent, a language, a version, a span."""
    write(log, raw_log(LOG), 1)

    def calls(*words: str) -> str:
        text = run(*words).output
        return row(text, "Calls")[1] if "There is nothing" not in text else text

    assert calls(*SINCE, "--line", "lakeside") == "1"
    assert calls(*SINCE, "--queue", "refunds") == "1"
    assert calls(*SINCE, "--agent", "ana") == "1"
    assert calls(*SINCE, "--menu-version", "aaaaaaaaaaaa") == "4"
    assert "nothing to report: no calls" in calls(*SINCE, "--language", "es-MX")
    assert "of language es-MX." in calls(*SINCE, "--language", "es-MX")
    assert "nothing to report" in calls(*SINCE, "--until", "2026-07-01T11:59")


def test_by_queue(run: Run, log: CallLog) -> None:
    """Each figure with a line for each part, and one for all."""
    write(log, raw_log(LOG), 1)
    text = run(*SINCE, "--by", "queue").output
    level = text.split("Service level\n")[1].split("\n\n")[0]
    assert row(level, "bookings")[1] == "100.0 %"
    assert row(level, "refunds")[1] == "0.0 %"
    assert row(level, "all")[1] == "50.0 %"


def test_quarter_hours_are_those_of_the_line(run: Run, log: CallLog, engine: Engine) -> None:
    """In Kolkata it is half past five when it is noon in UTC; another zone can be asked for."""
    write(log, raw_log([{**CALL, "does": [VISIT]}]), 1)
    assert "2026-07-01T12:00+00:00" in run(*SINCE, "--by", "quarter").output
    files = {"test.yaml": LINE}
    Versions(engine).publish("test", version_of(files), files, who="me", why=None, at=log_began())
    text = run(*SINCE, "--by", "quarter").output
    assert text.startswith("2026-07-01 00:00 to ")
    assert text.splitlines()[0].endswith(", Asia/Kolkata")
    assert "2026-07-01T17:30+05:30" in text
    assert "2026-07-01T17:45+05:45" in run(*SINCE, "--by", "quarter", "--zone", "Asia/Kathmandu").output
    assert "2026-07-02" in run(*SINCE, "--by", "day", "--zone", "Pacific/Kiritimati").output


def log_began():
    """When the calls of these tests began."""
    from log_by_chance import BEGAN

    return BEGAN


def test_what_can_be_set(run: Run, log: CallLog) -> None:
    """Changes the figure, and is shown."""
    write(log, raw_log(LOG), 1)
    text = run(*SINCE, "--set", "service_level.seconds=5", "--set", "abandonment.callbacks=yes").output
    assert row(text, "Service level")[1] == "0.0 %"
    assert row(text, "Abandonment rate")[1] == "33.3 %"
    assert "service_level: seconds 5, short 5" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "service_level.minutes=5"), '"service_level.minutes" is nothing that can be set'),
        (("--set", "asa.callbacks=maybe"), 'asa.callbacks is yes or no, not "maybe"'),
        (("--set", "abandonment.short=-1"), "abandonment.short is a number from 0 on"),
        (("--set", "abandonment.short=nan"), "abandonment.short is a number from 0 on"),
        (("--zone", "Mars/Olympus"), '"Mars/Olympus" is no time zone'),
        (("--since", "1h", "--until", "2h"), "--since is not before --until"),
        (("--since", "yesterday"), '"yesterday" is no span'),
    ],
)
def test_what_makes_no_sense(run: Run, words: tuple[str, ...], says: str) -> None:
    """Is named, with exit 2."""
    result = run(*words)
    assert result.exit_code == 2
    assert says in result.output


def test_an_empty_log(run: Run, tmp_path: Path) -> None:
    """Says so in words, in the terminal and on the page; that is no error."""
    result = run("--zone", "UTC")
    assert result.exit_code == 0
    assert result.output.startswith("There is nothing to report: no calls from 20")
    run("--html", str(tmp_path / "empty.html"))
    assert "There is nothing to report" in (tmp_path / "empty.html").read_text("utf-8")


@pytest.mark.parametrize("by", ["all", "queue"])
def test_the_page(run: Run, log: CallLog, tmp_path: Path, by: str) -> None:
    """One file that refers to nothing outside, its styles with its elements; each figure with its meaning."""
    write(log, raw_log([*LOG, {**CALL, "line": "<script>x</script>", "does": [{**VISIT, "queue": "<b>"}]}]), 1)
    page = tmp_path / "report.html"
    result = run(*SINCE, "--by", by, "--html", str(page))
    assert (result.exit_code, result.output) == (0, "")
    text = page.read_text("utf-8")
    tree = html.fromstring(text)
    assert not tree.xpath("//script|//style|//link|//img|//@src|//@href|//@class|//b[text()='x']")
    assert all(element.get("style") for element in tree.iter("table", "td", "th"))
    assert all(element.get("scope") for element in tree.iter("th"))
    assert "Service level" in text
    words = " ".join(tree.text_content().split())
    assert [kpi.title for kpi in KPIS if f"{kpi.title}: {kpi.formula}." not in words] == []
    assert ("<b>" in words) == (by == "queue")


def test_a_page_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """Is named, with exit 2."""
    result = run("--html", str(tmp_path / "no" / "report.html"))
    assert result.exit_code == 2
    assert "No such file or directory" in result.output
