"""`ivr check` as a command: its formats, --fix on disk, --traffic, recordings, hooks, and what editors get."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import flow_calls
import orjson
import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif
from snippets import MAIN, TOP

from ivr.cli.check import check
from ivr.cli.problem_formats import as_github, as_sarif
from ivr.menu import Problem, load
from ivr.reports.traffic import traffic
from ivr.store.call_log import CallLog, Entry
from ivr.store.callers import CallerHash
from ivr.store.sql import migrate, open_engine
from ivr.switchboard.judging import around
from ivr.switchboard.menu_folder import check_files

ROOT = Path(__file__).parents[2]

MENU = TOP + (
    "steps:\n  main:\n    menu:\n      2 -> other: To talk to us, press 2  # two\n      1 -> main: To hear it again\n"
    "  other:\n    say: Goodbye.\n    go: hangup\n"
)


def ivr_check(*words: str, data: Path, recordings: Path | None = None) -> Result:
    """What the command does with these words."""
    env = {"IVR_DATA": str(data), "IVR_RECORDINGS": str(recordings or data), "IVR_MENUS": str(data / "menus")}
    return CliRunner().invoke(check, list(words), env=env)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A menu whose manners are bad."""
    path = tmp_path / "menus" / "shop.yaml"
    path.parent.mkdir()
    path.write_text(MENU, "utf-8")
    path.chmod(0o640)
    return path


def test_fix_mends_the_file_and_shows_what_it_did(file: Path, tmp_path: Path) -> None:
    """Each finding that is no more, the lines before and after, and what is left; the file keeps its mode."""
    done = ivr_check("--fix", str(file), data=tmp_path)
    assert done.exit_code == 0, done.output
    rows = done.stdout.splitlines()
    assert sum(": fixed key-order " in row for row in rows) == 1
    assert sum(": fixed names-key " in row for row in rows) == 1
    assert "-      2 -> other: To talk to us, press 2  # two" in rows
    assert "+      2 -> other: To talk to us  # two" in rows
    assert done.stderr == "1 file: 0 errors, 0 warnings\n"
    assert file.read_text("utf-8") == MENU.replace(", press 2", "").replace(
        "      2 -> other: To talk to us  # two\n      1 -> main: To hear it again\n",
        "      1 -> main: To hear it again\n      2 -> other: To talk to us  # two\n",
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert ivr_check("--fix", str(file), data=tmp_path).stdout == ""


def test_fix_leaves_a_file_with_errors_alone(file: Path, tmp_path: Path) -> None:
    """It says what is wrong, writes nothing, and exits with 1."""
    file.write_text(MENU.replace("-> other", "-> ohter"), "utf-8")
    before = file.read_bytes()
    done = ivr_check("--fix", str(file), data=tmp_path)
    assert (done.exit_code, file.read_bytes()) == (1, before)
    assert "unknown-step" in done.stdout


def test_fix_says_which_files_it_mends(file: Path, tmp_path: Path) -> None:
    """A file that no line can have, by its name, is checked, and left as it is: in a line that says why."""
    other = file.rename(file.with_suffix(".yml"))
    before = other.read_bytes()
    done = ivr_check("--fix", str(other), data=tmp_path)
    assert (done.exit_code, other.read_bytes()) == (2, before)
    assert "only what ends with .yaml" in done.stderr


def test_a_piece_is_checked_and_mended_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who works in the folder of the pieces names it without a folder: its tables lie one above all the same."""
    (tmp_path / "pieces").mkdir()
    (tmp_path / "rows.csv").write_text("code,name\n1,Ana\n", "utf-8")
    piece = "piece: Ask\nlanguages: [en-US]\noutcomes: [done]\nstart: q\n"
    piece += 'lookups:\n  row: {table: rows.csv, where: {code: "1"}, gives: {name: text}}\nsteps:\n  q:\n    menu:\n'
    piece += "      2 -> done: To go on\n      1 -> r: To hear it\n    give_up: done\n"
    piece += (
        "  r: {lookup: row, found: told, not_found: done, failed: done}\n  told: {say: Hello <row.name>., go: done}\n"
    )
    monkeypatch.chdir(tmp_path / "pieces")
    Path("q.yaml").write_text(piece, "utf-8")
    done = ivr_check("--fix", "q.yaml", data=tmp_path)
    assert (done.exit_code, done.stdout.count("fixed key-order")) == (0, 1), done.output
    assert check_files([Path("q.yaml")]).problems == check_files([tmp_path / "pieces" / "q.yaml"]).problems == ()


def test_fix_of_a_piece_minds_the_lines_that_run_it(tmp_path: Path) -> None:
    """A piece is mended in its own file, once, though two lines run it."""
    menus = tmp_path / "menus"
    (menus / "pieces").mkdir(parents=True)
    piece = "piece: Ask\nlanguages: [en-US]\noutcomes: [done]\nstart: q\nsteps:\n  q:\n    menu:\n"
    piece += "      2 -> done: To go on\n      1 -> q: To hear it again\n    give_up: done\n"
    (menus / "pieces" / "q.yaml").write_text(piece, "utf-8")
    for number in ("6", "7"):
        line = TOP.replace("0006", f"000{number}") + "steps:\n  main:\n    run: q\n    done: hangup\n"
        (menus / f"line{number}.yaml").write_text(line, "utf-8")
    done = ivr_check("--fix", str(menus), data=tmp_path)
    assert done.stdout.count("fixed key-order") == 1
    assert (menus / "pieces" / "q.yaml").read_text("utf-8").index("1 -> q") < piece.index("1 -> q")
    assert check_files([menus / "line6.yaml", menus / "pieces" / "q.yaml"]).problems == ()


# Formats

ODD = Problem("menus/a, b:c%.yaml", 3, 5, "unused-save", 'nothing uses "50 %"\nat all', "warning")


def test_annotations_are_escaped_as_github_reads_them() -> None:
    """A comma or colon in a property, a percent sign or line break anywhere would end it too early."""
    assert as_github([ODD]) == (
        '::warning file=menus/a%2C b%3Ac%25.yaml,line=3,col=5,title=unused-save::nothing uses "50 %25"\\nat all\n'
    )
    assert as_github([Problem("a.yaml", 1, 2, "tab", "x")]) == "::error file=a.yaml,line=1,col=2,title=tab::x\n"


def test_sarif_is_sarif(file: Path, tmp_path: Path) -> None:
    """Of findings and of none: the form, each result's rule at its index, the rule's page, and the place."""
    done = ivr_check("--format", "sarif", str(file), data=tmp_path)
    log = json.loads(done.stdout)
    Sarif.model_validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [result["ruleId"] for result in run["results"]] == ["key-order", "names-key"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["key-order", "names-key"]
    assert "ascending order" in rules[0]["help"]["markdown"]
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": file.as_uri()}, "region": {"startLine": 9, "startColumn": 7}}
    odd = json.loads(as_sarif([ODD, ODD]))
    Sarif.model_validate(odd)
    assert odd["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
        "menus/a%2C%20b%3Ac%25.yaml"
    )
    Sarif.model_validate(json.loads(as_sarif([])))


def test_sarif_of_every_kind_of_problem_is_sarif() -> None:
    """By the schema of OASIS, as a library has it, of which it is known here that it refuses what is none."""
    rules: set[str] = set()
    for path in sorted((ROOT / "tests" / "menu" / "err").glob("*.yaml"))[::3]:
        problems = load({str(path.relative_to(ROOT)): path.read_bytes()}).problems
        log = json.loads(as_sarif(problems))
        Sarif.model_validate(log)
        told = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
        assert len(told) == len(set(told)) == len({problem.rule for problem in problems})
        rules |= set(told)
    assert len(rules) > 30
    for wrong in ({"version": "2.0"}, {"runs": [{}]}, {"odd": 1}, {"runs": [{"tool": {"driver": {}}, "results": []}]}):
        with pytest.raises(ValidationError):
            Sarif.model_validate(json.loads(as_sarif([ODD])) | wrong)


@pytest.mark.parametrize("format_", ["text", "github", "sarif"])
def test_the_exit_code_is_the_same_in_each_format(file: Path, tmp_path: Path, format_: str) -> None:
    """0 with warnings alone, 1 with an error."""
    assert ivr_check("--format", format_, str(file), data=tmp_path).exit_code == 0
    file.write_text(MENU.replace("go: hangup", "go: nowhere"), "utf-8")
    assert ivr_check("--format", format_, str(file), data=tmp_path).exit_code == 1


@pytest.mark.parametrize("format_", ["text", "github", "sarif"])
def test_a_file_whose_name_is_no_text_is_told(file: Path, tmp_path: Path, format_: str) -> None:
    """As an error of its own, in each format; names with other odd signs are escaped."""
    file.with_name("odd, name: 50%.yaml").write_bytes(file.read_bytes().replace(b"0006", b"0007"))
    for name in (b"\xff.yaml", b"a\nb.yaml"):
        Path(os.fsdecode(os.fsencode(file.parent) + b"/" + name)).write_bytes(file.read_bytes())
    done = ivr_check("--format", format_, str(file.parent), data=tmp_path)
    assert done.exit_code == 1
    assert done.stdout.count("a line is named after its file") == 2
    assert done.stderr.startswith("4 files: ")


# What lies around a line


def test_the_commonest_option_comes_from_the_log(tmp_path: Path) -> None:
    """Of all versions in which the menu's keys led as they do now; a lead that may be chance is none."""
    engine = open_engine(f"sqlite:///{tmp_path}/touchtone.db")
    migrate(engine)
    flow_calls.fill(engine)
    path = tmp_path / "menus" / "meridian.yaml"
    path.parent.mkdir()
    path.write_bytes(flow_calls.FILES[1]["meridian.yaml"])
    span = (flow_calls.NOW - timedelta(days=2), flow_calls.NOW)
    assert traffic(engine, *span)(check_files([path]).flows["meridian"]).chosen == {"main": {"1": 8}}
    entries = []
    for number in range(120):
        began = flow_calls.NOW - timedelta(minutes=number + 1)
        started = {"kind": "started", "at": began, "caller": "+15005550101", "to": "+15005550006", "line": "meridian"}
        chose = flow_calls.at("main", "chose", key="2", to="office")
        events = ([flow_calls.MAIN], [chose, flow_calls.at("office", "entered")])
        for seq, happened in enumerate(events, 1):
            input_ = started | {"version": flow_calls.NEW} if seq == 1 else {"kind": "pressed", "at": began}
            record = {"seq": seq, "input": input_, "events": happened}
            entries.append(Entry(b"{p00}:log", b"9%d-%d" % (number, seq), f"CB{number:03}", orjson.dumps(record)))
    assert not CallLog(engine, CallerHash("k" * 40)).write(entries).refused
    (problem,) = check_files([path], around=around(tmp_path, engine, span)).problems
    assert (problem.rule, problem.line, problem.severity) == ("commonest-first", 11, "warning")
    assert "key 2 is chosen most, in 94% of 128 choices" in problem.message
    swapped = (
        path.read_text("utf-8")
        .replace("1 -> told", "1 -> office")
        .replace("2 -> office: To talk", "2 -> told: To talk")
    )
    path.write_text(swapped, "utf-8")
    assert check_files([path], around=around(tmp_path, engine, span)).problems == ()
    engine.dispose()


def test_the_log_that_cannot_be_had_is_told(file: Path, tmp_path: Path) -> None:
    """Exit 2, in one line."""
    (tmp_path / "touchtone.db").mkdir()
    done = ivr_check("--traffic", "7d", str(file), data=tmp_path)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert ivr_check("--traffic", "week", str(file), data=tmp_path).exit_code == 2


def test_a_stale_recording_is_told(tmp_path: Path) -> None:
    """By the manifest: only where it was read from other words, and nothing else is recorded for them."""
    path = tmp_path / "menus" / "shop.yaml"
    path.parent.mkdir()
    path.write_text(TOP + MAIN, "utf-8")
    recording = tmp_path / "recordings" / "en-US" / "shop" / "main.say.wav"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"RIFF")
    manifest = tmp_path / "recordings" / "manifest.json"
    for words, told in (("Hello.", 0), ("Good morning.", 1)):
        manifest.write_text(json.dumps({"en-US/shop/main.say.wav": {"text": words}}), "utf-8")
        done = ivr_check(str(path), data=tmp_path, recordings=tmp_path / "recordings")
        assert done.stdout.count("warning stale-recording the recording in en-US says other words") == told
    path.write_text(
        path.read_text("utf-8").replace("say: Hello.", "say: Hello.  # ivr: allow stale-recording: soon"), "utf-8"
    )
    assert ivr_check(str(path), data=tmp_path, recordings=tmp_path / "recordings").stdout == ""


# Hooks and editors


@pytest.mark.long
def test_the_hooks_run_what_they_name(file: Path, tmp_path: Path) -> None:
    """Each hook's command, run as pre-commit does, in a folder with menus."""
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert set(hooks) == {"ivr-check", "ivr-fix"}
    for hook in hooks.values():
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert re.search(hook["files"], "menus/shop.yaml")
        assert re.search(hook["files"], "menus/departures.csv")
        assert not re.search(hook["files"], "docs/menus.md")
    hook = hooks["ivr-fix"]
    program, *words = shlex.split(hook["entry"])
    command = [str(Path(sys.executable).with_name(program)), *words, *hook["args"]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "press 2" not in file.read_text("utf-8")


def test_the_page_on_editors_is_true(tmp_path: Path) -> None:
    """The schemas are printed by these commands, accept the page's example and others, and mark what it says."""
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    validators = {}
    for flag, name in re.findall(r"^    ivr check (--\S+) > menus/(\S+)$", page, re.MULTILINE):
        schema = json.loads(ivr_check(flag, data=tmp_path).stdout)
        Draft202012Validator.check_schema(schema)
        validators[name] = Draft202012Validator(schema)
    assert set(validators) == {".line.schema.json", ".piece.schema.json", ".team.schema.json"}
    mappings = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])["yaml.schemas"]
    assert {Path(path).name for path in mappings} == set(validators)
    line = validators[".line.schema.json"]
    example = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    assert "$schema=.line.schema.json" in example.splitlines()[0]
    for text in (example, (ROOT / "menus" / "press-one.yaml").read_text("utf-8")):
        assert list(line.iter_errors(yaml.safe_load(text))) == []
    for wrong in ("    give_upp: shop\n", "    tries: many\n"):
        data = yaml.safe_load(example.replace("  shop:\n", f"{wrong}  shop:\n"))
        assert not line.is_valid(data)
    assert validators[".team.schema.json"].is_valid(yaml.safe_load((ROOT / "menus" / "team.yaml").read_text("utf-8")))


def test_each_key_says_what_it_is_for() -> None:
    """What an editor shows beside a key that it completes: each key of a file's top and of each kind of step has it."""
    schema = json.loads(CliRunner().invoke(check, ["--schema"]).stdout)
    kinds = schema["properties"]["steps"]["additionalProperties"]["anyOf"]
    bare = [
        name
        for properties in (schema["properties"], *[kind["properties"] for kind in kinds])
        for name, described in properties.items()
        if not described.get("description")
    ]
    assert bare == []
