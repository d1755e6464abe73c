"""Replay of a log of demonstration calls: nothing is different on the same version, and on another exactly what is."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from ivr.cli import ivr
from ivr.menu import Flow, load
from ivr.menu.steps import Menu
from ivr.reports.replayed import Replay
from ivr.store.log_tables import calls, events
from ivr.store.sql import open_engine
from ivr.store.versions import Versions
from ivr.switchboard.replaying import replay_log

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
LINE = "meridian"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a log of two days, with calls of several versions of the line."""
    data = tmp_path_factory.mktemp("replayed")
    env = {"IVR_DATA": str(data), "IVR_MENUS": str(ROOT / "menus"), "DATABASE_URL": None, "REDIS_URL": None}
    words = ["demo-data", "--calls", "400", "--days", "2", "--seed", "11", "--until", "2026-11-20T00:00"]
    done = CliRunner().invoke(ivr, words, env=env)
    assert done.exit_code == 0, done.output
    return open_engine(f"sqlite:///{data}/touchtone.db")


def sids(engine: Engine, version: str) -> set[str]:
    """The calls of a version that are over."""
    query = select(calls.c.call_sid).where(calls.c.version == version, calls.c.ended_at.is_not(None))
    with engine.connect() as connection:
        return set(connection.scalars(query))


def replayed(engine: Engine, files: dict[str, bytes]) -> Replay:
    """The whole log over these files."""
    with engine.connect() as connection:
        began = sorted(connection.scalars(select(calls.c.started_at).where(calls.c.started_at.is_not(None))))
    return replay_log(engine, files, began[0], began[-1].replace(year=2100), line=LINE, workers=1)


def chose(engine: Engine, version: str, ways: set[tuple[str, str]]) -> set[str]:
    """The calls of a version in which one of these keys was chosen at its menu, as the log has it."""
    query = select(events.c.call_sid, events.c.step, events.c.data).join(calls, calls.c.call_sid == events.c.call_sid)
    query = query.where(calls.c.version == version, events.c.kind == "chose")
    with engine.connect() as connection:
        return {sid for sid, step, data in connection.execute(query) if (step, data["key"]) in ways}


def versions_of(engine: Engine) -> list[str]:
    """The versions that calls of the line had."""
    with engine.connect() as connection:
        return sorted(connection.scalars(select(calls.c.version).where(calls.c.line == LINE).distinct()))


def test_each_version_over_itself_has_no_difference(engine: Engine) -> None:
    """All calls of a version end on it as they ended, by the same way; none is left out."""
    known = Versions(engine)
    assert len(versions_of(engine)) > 1
    for version in versions_of(engine):
        found = replayed(engine, known.files(version) or {})
        assert {it.call_sid for it in found.differing if it.version == version} == set()
        assert set(found.left_out) <= {"going_on"}


def edited(flow: Flow, text: str, dice: Random) -> tuple[str, set[tuple[str, str]]]:
    """The file with one to three options that lead elsewhere, none of them heard; which options these are."""
    rows, ways = text.split("\n"), set[tuple[str, str]]()
    options = [
        (step.name, option.key, option.to)
        for step in flow.steps.values()
        if isinstance(step.act, Menu)
        for option in step.act.options
        if option.to in flow.steps
    ]
    for step, key, to in dice.sample(options, dice.randint(1, 3)):
        number = flow.marks[f"{step}.menu.{key}"][0] - 1
        other = dice.choice([name for name in flow.steps if name != to and not name.startswith("service.")])
        rows[number] = rows[number].replace(f"-> {to}", f"-> {other}", 1)
        ways.add((step, key))
    return "\n".join(rows), ways


def test_what_was_changed_on_purpose_is_found_and_nothing_else(engine: Engine) -> None:
    """Of options that lead elsewhere: exactly the calls in which one of them was chosen, by the log's own events."""
    known, seen = Versions(engine), 0
    version = max(versions_of(engine), key=lambda it: len(sids(engine, it)))
    files = known.files(version) or {}
    name = f"{LINE}.yaml"
    flow = load(files).flows[LINE]
    for seed in range(12):
        text, ways = edited(flow, files[name].decode(), Random(seed))
        changed = files | {name: text.encode()}
        if load(changed).errors:  # a step cannot be reached any more, or no way leads out
            continue
        found = replayed(engine, changed)
        differing = {it.call_sid for it in found.differing if it.version == version}
        assert differing == chose(engine, version, ways), (seed, ways)
        seen += bool(differing)
    assert seen > 2
