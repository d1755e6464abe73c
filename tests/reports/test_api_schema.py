"""The API does what its description says: schemathesis asks all that it allows, and much that it does not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from log_by_chance import BEGAN, HASHES, crowd, raw_log, write
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.config import Settings
from ivr.reports import KPIS
from ivr.store.api_tokens import ApiTokens
from ivr.store.call_log import CallLog
from ivr.store.embedded import Embedded
from ivr.store.sql import migrate, open_engine
from ivr.web.api import door
from ivr.web.api.asked import MOST
from ivr.web.api.description import description
from ivr.web.people import create_people
from ivr.web.people.office import Office


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@dataclass
class Served:
    """Where the API is, and a token for it."""

    url: str
    token: str


@pytest.fixture
def served(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The people's application on a port, with a hundred calls; it counts nobody's requests."""
    monkeypatch.setattr(door, "PER_MINUTE", 1_000_000)
    monkeypatch.setattr(door, "WRONG_PER_MINUTE", 1_000_000)
    with Embedded(tmp_path / "valkey") as valkey:
        settings = Settings(
            redis_url=valkey.url, database_url=database_url, data=tmp_path, menus=tmp_path, secret_key="k" * 40
        )
        engine = open_engine(settings.database)
        migrate(engine)
        engine.dispose()
        app = create_people(settings, clock=lambda: BEGAN.replace(day=8))
        office: Office = app.extensions["ivr"]
        made = [*crowd(1), *crowd(2), *crowd(3)]
        write(CallLog(office.engine, HASHES), raw_log(made), 1)
        token = ApiTokens(office.engine, office.clock).make("schemathesis", "olga", None)
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{server.server_port}/api/v1/openapi.json", token)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            office.close()


@pytest.mark.long
def test_it_does_what_its_description_says(served: Served, tmp_path: Path) -> None:
    """All checks of schemathesis, in all its phases, as it comes: none finds anything."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", served.url,
        "--header", f"Authorization: Bearer {served.token}", "--max-examples", "10",
        "--generation-deterministic", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "No issues found" in done.stdout


def test_the_description_states_its_limits() -> None:
    """Pages, spans, names of figures, zones: who has the description alone knows what is valid."""
    whole = description()
    parameters = {it["name"]: it for it in whole["paths"]["/v1/calls"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {"default": 100, "maximum": MOST, "minimum": 1, "type": "integer"}
    assert parameters["since"]["schema"]["pattern"].startswith("^")
    assert parameters["for"]["schema"]["pattern"] == "^[1-9][0-9]{0,3}[mhd]$"
    assert "Europe/Berlin" in whole["components"]["schemas"]["Zone"]["enum"]
    assert whole["components"]["schemas"]["FigureName"]["enum"] == [kpi.name for kpi in KPIS]


def test_the_description_leads_nowhere_else() -> None:
    """Each reference is there, and every answer has a schema: also each error."""
    whole = description()
    text = str(whole)
    for name in whole["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text or name == "Problem"
    for path in whole["paths"].values():
        for answer in path["get"]["responses"].values():
            (content,) = answer["content"].values()
            assert content["schema"]["$ref"].rpartition("/")[2] in whole["components"]["schemas"]
