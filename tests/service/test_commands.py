"""`ivr check` and `ivr call` as people type them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import LINE

IVR = [sys.executable, "-c", "from ivr.cli import main; main()"]


def ivr(*command: str, stdin: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command, with no settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IVR_", "TWILIO_", "REDIS"))}
    return subprocess.run(
        [*IVR, *command],
        env=kept | settings,
        input=stdin or "",
        capture_output=True,
        text=True,
        timeout=120,
        encoding="utf-8",
    )


def test_check_lists_every_problem_of_every_file(tmp_path: Path) -> None:
    """FILE:LINE:COL: severity RULE message, one a line on standard output; exit 1."""
    (tmp_path / "a.yaml").write_text(
        LINE.replace("    go: main\n  main:", "    go: mian\n  main:").replace("digits: 4", "digits: x"), "utf-8"
    )
    (tmp_path / "b.yaml").write_text(LINE, "utf-8")
    done = ivr("check", str(tmp_path))
    assert done.returncode == 1
    rows = done.stdout.splitlines()
    assert f'{tmp_path}/a.yaml:14:9: error unknown-step there is no step "mian" (did you mean "main"?)' in rows
    assert any(row.startswith(f"{tmp_path}/a.yaml:30:13: error ") and "number of digits" in row for row in rows)
    assert any("number-taken" in row for row in rows)  # both files have the same number
    assert "2 files" in done.stderr


def test_check_exits_with_0_on_warnings_alone(tmp_path: Path) -> None:
    """Bad manners are told and break nothing."""
    (tmp_path / "a.yaml").write_text(LINE.replace("3 -> message", "4 -> message"), "utf-8")
    done = ivr("check", str(tmp_path / "a.yaml"))
    assert (done.returncode, "warning key-gap" in done.stdout) == (0, True)


@pytest.mark.parametrize("path", ["nowhere", "nowhere.yaml"])
def test_check_exits_with_2_where_it_cannot_run(tmp_path: Path, path: str) -> None:
    """No such file, or a folder without menus: one line, exit 2."""
    done = ivr("check", str(tmp_path / path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    empty = ivr("check", str(tmp_path))
    assert empty.returncode == 2


def test_check_says_what_a_table_lacks(tmp_path: Path) -> None:
    """A table that is not there, or has no such column, is told at the place that names it."""
    text = LINE.replace(
        "steps:\n", "lookups:\n  t:\n    table: t.csv\n    where: {a: <number>}\n    gives: {b: text}\nsteps:\n"
    ).replace("go: told", "go: look\n  look:\n    lookup: t\n    found: told\n    not_found: told\n    failed: told")
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    assert 'there is no table "t.csv"' in ivr("check", str(tmp_path)).stdout
    (tmp_path / "t.csv").write_text("a,c\n", "utf-8")
    assert 'has no column "b"' in ivr("check", str(tmp_path)).stdout


def test_check_prints_the_schema() -> None:
    """JSON on standard output."""
    done = ivr("check", "--schema")
    assert done.returncode == 0
    assert json.loads(done.stdout)["title"] == "A Touchtone menu file"


def test_call_prints_a_call_and_nothing_else(tmp_path: Path) -> None:
    """The transcript alone on standard output, uncoloured; the clock is the one that was set; exit 0."""
    file = tmp_path / "test.yaml"
    file.write_text(LINE, "utf-8")
    done = ivr("call", str(file), "--keys", "2 1 4021 silence hangup", "--at", "2026-07-01 10:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "line: test.yaml\nfrom: +15005550100\nto: +15005550001\nat: 2026-07-01T10:00:00-05:00\n\n"
        "en-US  Welcome.\nen-US  For English, press 1.\nes-MX  Para español, oprima 2.\n> 2\n"
        "es-MX  Para marcar un número, oprima 1.\nes-MX  Para hablar con nosotros, oprima 2.\n"
        "es-MX  Para dejar un mensaje, oprima 3.\n> 1\nes-MX  Marque cuatro dígitos.\n> 4021\n"
        "es-MX  Usted marcó 4 0 2 1.\n"
        "es-MX  Para marcar un número, oprima 1.\nes-MX  Para hablar con nosotros, oprima 2.\n"
        "es-MX  Para dejar un mensaje, oprima 3.\n> silence\nes-MX  Disculpe, no escuché nada.\n"
        "es-MX  Para marcar un número, oprima 1.\nes-MX  Para hablar con nosotros, oprima 2.\n"
        "es-MX  Para dejar un mensaje, oprima 3.\n> hangup\nhangup by the caller\n"
    )


def test_call_takes_keys_from_standard_input(tmp_path: Path) -> None:
    """Lines that are typed (or piped) are what the caller presses; the end of them hangs up."""
    file = tmp_path / "test.yaml"
    file.write_text(LINE, "utf-8")
    done = ivr("call", str(file), "--at", "2026-07-01T10:00", stdin="1\n2\n")
    assert done.returncode == 0
    assert done.stdout.endswith("dial   +15005550150\n> answered 30 s\nen-US  Goodbye.\nhangup by the line\n")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--keys", "1 sing"], 2, "sing"),
        (["--keys", "1", "--at", "noon"], 2, "--at"),
        (["--keys", "1", "--to", "+15005559999"], 0, "not in service"),
        (["--keys", "1 hangup", "--from", "anonymous"], 0, "from: anonymous"),
    ],
)
def test_call_says_what_it_cannot_do(tmp_path: Path, options: list[str], code: int, said: str) -> None:
    """Odd options get a message and exit 2, odd callers an ordinary call."""
    file = tmp_path / "test.yaml"
    file.write_text(LINE, "utf-8")
    done = ivr("call", str(file), *options)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_call_of_a_file_with_errors_lists_them(tmp_path: Path) -> None:
    """Nobody can call what does not check: the problems, exit 1."""
    file = tmp_path / "test.yaml"
    file.write_text(LINE.replace("go: main", "go: nowhere"), "utf-8")
    done = ivr("call", str(file), "--keys", "1")
    assert done.returncode == 1
    assert "unknown-step" in done.stdout


def test_call_leaves_nothing_behind(tmp_path: Path) -> None:
    """The trial's Valkey and its files are gone, and the real data was not touched."""
    file = tmp_path / "test.yaml"
    file.write_text(LINE, "utf-8")
    (tmp_path / "tmp").mkdir()
    ivr("call", str(file), "--keys", "1", TMPDIR=str(tmp_path / "tmp"), IVR_DATA=str(tmp_path / "var"))
    assert not [path for path in (tmp_path / "tmp").rglob("*") if not path.is_dir()]
    assert not (tmp_path / "var").exists()
