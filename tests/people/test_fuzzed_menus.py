"""Any file at all, given to each door that takes menu files: problems or a clear refusal, never half of anything.

To look for more: `FUZZ=2000 python -m pytest -m "" tests/people/test_fuzzed_menus.py`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from mistreated import BAD, GOOD, SMALL, TEAM, Mistreated, mistreated
from people_rooms import office_of, opened, settings_in
from visitors import Visitor, welcomed

from ivr.cli import ivr
from ivr.store.embedded import Embedded
from ivr.store.live import Live, live
from ivr.store.versions import Versions
from ivr.switchboard.clock import utc_now
from ivr.switchboard.comparing import flow_of
from ivr.switchboard.menu_folder import check_files, files_of_line, menu_files
from ivr.switchboard.menu_texts import mark_of
from ivr.switchboard.publish import NotPossible, Publisher, Refused
from ivr.web.people.office import Office

MORE = int(os.environ.get("FUZZ", "0"))
"""Examples of each kind, and others than last time; without it some that are always the same."""

few = settings(max_examples=MORE or 3, derandomize=not MORE, suppress_health_check=list(HealthCheck))
many = settings(max_examples=MORE or 40, derandomize=not MORE, suppress_health_check=list(HealthCheck))
FINE = {200, 302, 303, 308, 400, 404, 409, 413, 422}


@dataclass(frozen=True)
class House:
    """One installation for all examples: the commands, the console and the service share its folder and databases."""

    folder: Path
    office: Office
    ops: Visitor
    published: Publisher
    versions: Versions

    @property
    def menus(self) -> Path:
        """The folder of the menus."""
        return self.folder / "menus"

    def run(self, *words: str | Path) -> Result:
        """A command, in this process: it ends with one of its exit codes, and shows nobody a trace."""
        env = {"IVR_DATA": str(self.folder), "IVR_MENUS": str(self.menus), "IVR_RECORDINGS": str(self.folder / "none")}
        done = CliRunner().invoke(
            ivr, [str(word) for word in words], env=env | dict.fromkeys(("DATABASE_URL", "REDIS_URL"))
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code in (0, 1, 2), (words, done.output)
        assert "Traceback" not in done.output, (words, done.output)
        return done

    def begin(self, case: Mistreated) -> Path:
        """Lays out the folder as it was, with its lines live; the path of the file that will be mistreated."""
        for line in self.versions.live():
            self.published.retire(line, who="test")
        path = case.seed.lay_out(self.menus)
        for file in menu_files(self.menus):
            with suppress(Refused):
                self.published.publish(file, who="test")
        return path

    def state(self) -> tuple[Live, Live]:
        """What is live as SQL has it, and as processes are told."""
        return self.versions.now_live(), live(self.office.redis)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: Embedded) -> Iterator[House]:
    """Give the installation, with somebody of operations who is signed in."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with opened(settings_in(folder, valkey.url)) as app:
        office = office_of(app)
        office.redis.flushall()
        ops = welcomed(app, "otto", "owner")
        ops.get("/console")
        versions = Versions(office.engine)
        published = Publisher(versions, office.redis, utc_now, fallbacks=folder / "fallback")
        yield House(folder, office, ops, published, versions)


# The doors


def checked(house: House, path: Path) -> None:
    """Each format tells the same problems, of the file and of the whole folder, and the exit code is theirs."""
    for what in (path, house.menus):
        texts = {format_: house.run("check", what, "--format", format_) for format_ in ("text", "github", "sarif")}
        assert len({done.exit_code for done in texts.values()}) == 1
        rows = texts["text"].stdout.splitlines()
        results = json.loads(texts["sarif"].stdout)["runs"][0]["results"]
        assert len(rows) == len(texts["github"].stdout.splitlines()) == len(results)
        assert texts["text"].exit_code == any(": error " in row for row in rows)
        assert all(re.match(r".*?:\d+:\d+: (error|warning) [a-z-]+ .", row) for row in rows)


def fixed(house: House, path: Path) -> None:
    """A file is no worse after `--fix`; lines that it does not show stay as they are."""
    copy = house.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(house.menus, copy)
    file = copy / path.relative_to(house.menus)
    before, was = file.read_bytes(), check_files([file])
    done = house.run("check", "--fix", file)
    after, now = file.read_bytes(), check_files([file])
    assert len(now.errors) <= len(was.errors)
    assert len(now.problems) <= len(was.problems)
    if was.errors or ": fixed " not in done.stdout:
        assert after == before
        return
    lost = Counter(before.splitlines()) - Counter(after.splitlines())
    shown = Counter(row[1:].encode() for row in done.stdout.splitlines() if row.startswith("-"))
    assert all(row.isascii() is False or shown[row] >= times for row, times in lost.items()), done.stdout
    assert b"\r\n" in after or b"\r\n" not in before


def drawn(house: House, path: Path, *, whole: bool) -> None:
    """A picture, or why there is none."""
    for format_ in ("mermaid", "dot", "svg") if whole else ("mermaid", "dot"):
        done = house.run("draw", path, "--format", format_)
        assert bool(done.stdout_bytes) == (done.exit_code == 0)
        assert done.exit_code == 0 or done.stderr.startswith(("ivr draw: ", str(path))), done.stderr


def compared(house: House, path: Path, original: Path) -> None:
    """What is different from the file as it was, and from what is live; nothing is different from itself."""
    for old, new in ((original, path), (path, original)):
        done = house.run("diff", old, new)
        assert done.exit_code in (0, 1)
    done = house.run("diff", original, path, "--format", "json")
    assert done.exit_code == 1 or json.loads(done.stdout)["changes"] is not None
    house.run("diff", path)
    if house.run("diff", path, path).exit_code == 0:
        assert json.loads(house.run("diff", path, path, "--format", "json").stdout)["changes"] == []


def told_of(house: House, path: Path) -> None:
    """Hours, prompts and replay: of the file, or why not."""
    house.run("hours", path)
    house.run("hours", path, "--at", "2026-12-24T13:00")
    house.run("prompts", path)
    house.run("prompts", "script", path, "--format", "html")
    house.run("replay", path)


def published(house: House, path: Path) -> None:
    """Whole or not at all: in SQL, as processes are told, and as the document of bad days; and back again."""
    was = house.state()
    assert was[0] == was[1]
    for force in (False, True):
        try:
            done = house.published.publish(path, who="test", why="fuzz", force=force)
        except Refused as refused:
            assert (bool(refused.problems), house.state()) == (True, was)  # noqa: PT017 - whichever comes is right
            continue
        files = files_of_line(path)
        assert house.versions.files(done.version) == files
        assert flow_of(house.versions, done.version).name == done.line
        assert house.office.lines.of(done.version).flow.name == done.line
        assert house.state()[0] == house.state()[1]
        assert house.state()[0].versions == {**was[0].versions, done.line: done.version}
        document = (house.folder / "fallback" / f"{done.line}.xml").read_text("utf-8")
        assert document.startswith("<?xml")
        if done.changed:
            try:
                house.published.roll_back(done.line, who="test")
                assert house.state() == was
            except NotPossible:
                assert done.line not in was[0].versions
        return


def edited(house: House, path: Path, data: bytes) -> None:
    """The console's editor: checked as it is typed, saved whole or refused; then its pages."""
    name = path.relative_to(house.menus).as_posix()
    before = path.read_bytes()
    text = data.decode("utf-8", "replace").encode("utf-8", "replace").decode()
    page = answered(house, f"/console/files/{name}")
    if name == TEAM:
        assert page == ""
    else:
        found = house.ops.post(f"/console/files/{name}/check", text=text)
        assert found.status_code in (200, 413)
        mark = re.search(r'name="read_as" value="([^"]+)"', page)
        answer = house.ops.post(f"/console/files/{name}", text=text, read_as=mark[1] if mark else "")
        assert answer.status_code in (302, 409, 413, 422), answer.status_code
        assert answer.status_code == 302 or path.read_bytes() == before
    path.write_bytes(data)
    for page in (f"/console/files/{name}", "/console", "/console/files"):
        answered(house, page)
    worded(house, path, name)


def worded(house: House, path: Path, name: str) -> None:
    """The words as fields: other words for the first of them are saved in their place, or refused."""
    before = path.read_bytes()
    fields = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>', answered(house, f"/console/words/{name}"))
    for form in ({}, {unescape(fields[0]) if fields else "words x.say en-US 0": "Other words: for #1"}):
        answer = house.ops.post(f"/console/words/{name}", read_as=mark_of(before), **form)
        assert answer.status_code in FINE, (answer.status_code, form)
        assert answer.status_code == 302 or path.read_bytes() == before
        assert form or path.read_bytes() == before
    path.write_bytes(before)


def answered(house: House, page: str) -> str:
    """A page, which is no failure; empty where it is not there."""
    answer = house.ops.get(page)
    assert answer.status_code in FINE, (page, answer.status_code)
    return answer.get_data(as_text=True) if answer.status_code == 200 else ""


def of_its_lines(house: House, *, most: int) -> None:
    """The console's pages of the lines of the folder, whatever they are, and publishing by them."""
    rules = [rule for rule in house.ops.client.application.url_map.iter_rules() if rule.rule.startswith("/console/")]
    pages = [rule.rule for rule in rules if rule.arguments <= {"line", "form"} and "GET" in (rule.methods or ())]
    for line in [path.stem for path in menu_files(house.menus)][:most]:
        for rule in pages:
            page = rule.replace("<line>", line).replace("<form>", "csv")
            answered(house, f"{page}?step=main&address=main.say&language=en-US")
        page = answered(house, f"/console/lines/{line}/publish")
        hidden = dict(re.findall(r'type="hidden" name="(base|version)" value="([^"]*)"', page))
        was = house.state()
        answer = house.ops.post(f"/console/lines/{line}/publish", why="fuzz", **hidden)
        assert answer.status_code in (302, 400, 404, 409, 422), answer.status_code
        assert house.state()[0] == house.state()[1]
        assert answer.status_code == 302 or house.state() == was


# The tests


def everything(house: House, case: Mistreated, *, whole: bool) -> None:
    """A case through all doors."""
    note(f"{case.data[:3000]!r}")
    path = house.begin(case)
    original = house.folder / "original" / path.relative_to(house.menus)
    shutil.rmtree(house.folder / "original", ignore_errors=True)
    shutil.copytree(house.menus, house.folder / "original")
    path.write_bytes(case.data)
    checked(house, path)
    fixed(house, path)
    drawn(house, path, whole=whole)
    compared(house, path, original)
    told_of(house, path)
    published(house, path)
    path.write_bytes(original.read_bytes())
    edited(house, path, case.data)
    if whole:
        of_its_lines(house, most=2)


@few
@given(mistreated(SMALL))
def test_a_small_file_that_was_mistreated(house: House, case: Mistreated) -> None:
    """A few small files through every door."""
    everything(house, case, whole=False)


@pytest.mark.long
@many
@given(case=mistreated([*GOOD, *BAD]), whole=st.sampled_from([False, False, False, True]))
def test_any_file_that_was_mistreated(house: House, case: Mistreated, whole: bool) -> None:
    """Real lines, pieces and teams, and files that were wrong already."""
    everything(house, case, whole=whole)
