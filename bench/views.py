"""The pages of /reports over logs of several sizes, made by `ivr demo-data`, on SQLite and on PostgreSQL.

python -m bench.views [CALLS …]

Each page is asked of the application for people by one who has signed in, with its templates and all; the middle of
three times, after one that is not counted. `BENCH_LOGS` names a folder in which logs are kept for the next time (those
in PostgreSQL in schemas that stay). With sizes up to `LARGE` the figures are written into docs/performance.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import func, make_url, select, text

from bench.figures import aimed
from bench.report import section, write
from bench.serving import KEY
from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.store.log_tables import calls
from ivr.store.sql import open_engine
from ivr.store.versions import Versions
from ivr.web.people import create_people
from ivr.web.people.guard import hashed

SMALL = 10_000
"""Calls, in `make bench`."""

LARGE = 1_000_000
"""Calls, in `make bench-views`."""

AIM = 1.0
"""Seconds that a page may take."""

ROUNDS = 3
MADE = "made"
"""The file beside a log that says that it is whole, and how long it took."""

MENUS = Path("menus")
PASSWORD = "correct horse battery"  # of somebody in a log that nobody made

PAGES = {
    "Overview": "",
    "Where callers go": "/flow",
    "Queues": "/queues",
    "Agents": "/agents",
    "Voice of the caller": "/voice",
    "Calls": "/calls",
}


def run(folder: Path, sizes: tuple[int, ...] = (SMALL,)) -> list[str]:
    """Measures every size on every database that there is; the lines that tell what was found."""
    url = os.environ.get("TEST_POSTGRES_URL")
    rows = []
    for size in sizes:
        rows += _measured("SQLite", folder / str(size), size, None)
        if url:
            with _schema(url, size) as own:
                rows += _measured("PostgreSQL", folder / f"{size}-postgresql", size, own)
    return rows if url else [*rows, "PostgreSQL: not measured, TEST_POSTGRES_URL names none"]


def _measured(name: str, folder: Path, size: int, url: str | None) -> list[str]:
    settings = Settings(database_url=url, data=folder, menus=MENUS, secret_key=KEY)
    made = folder / MADE
    if not made.exists():
        began = time.perf_counter()
        _fill(settings, size)
        made.write_text(f"made and rolled up in {time.perf_counter() - began:.0f} s")
    rows = [f"{name}, {size:,} calls, {made.read_text()}; seconds, and in brackets those of the processor"]
    with Embedded(folder / "valkey") as valkey:
        app = create_people(Settings(redis_url=valkey.url, database_url=url, data=folder, menus=MENUS, secret_key=KEY))
        office = app.extensions["ivr"]
        who = f"analyst-{uuid4().hex}"  # a log that is kept knows those of before
        try:
            person = office.people.add(who, "analyst", None)
            office.people.set_password(person.id, hashed(PASSWORD))
            client = app.test_client()
            _sign_in(client, who)
            rows += _pages(client, _filters(settings))
        finally:
            office.close()
    return rows


def _pages(client: FlaskClient, filters: dict[str, str]) -> list[str]:
    rows = [f"  {'':22}" + "".join(f"{title:>24}" for title in filters)]
    slowest = 0.0
    for title, path in PAGES.items():
        cells = []
        for query in filters.values():
            times, worked = [], []
            for _ in range(ROUNDS + 1):
                began, works = time.perf_counter(), time.process_time()
                response = client.get(f"/reports{path}{query}")
                times.append(time.perf_counter() - began)
                worked.append(time.process_time() - works)
                if response.status_code != 200:
                    raise RuntimeError(f"/reports{path}{query}: {response.status}")
            cells.append(f"{median(times[1:]):.3f} ({median(worked[1:]):.3f})")
            slowest = max(slowest, median(times[1:]))
        rows.append(f"  {title:22}" + "".join(f"{cell:>24}" for cell in cells))
    return [*rows, f"  the slowest: {slowest:.3f} s   {aimed(slowest, AIM, at_most=True)}"]


def _filters(settings: Settings) -> dict[str, str]:
    """What is asked of each page: the last week, 90 days, all of it, and one line by a clock half an hour away."""
    engine = open_engine(settings.database)
    try:
        with engine.connect() as connection:
            first: datetime = connection.execute(select(func.min(calls.c.started_at))).scalar_one()
            last: datetime = connection.execute(select(func.max(calls.c.started_at))).scalar_one()
        line = min(Versions(engine).live())
    finally:
        engine.dispose()
    whole = f"?since={first:%Y-%m-%d}&until={last:%Y-%m-%d}"
    return {
        "last week": "",
        "90 days": f"?since={last - timedelta(days=90):%Y-%m-%d}&until={last:%Y-%m-%d}",
        "all": f"{whole}&zone=America/Chicago",
        f"all of {line}, India": f"{whole}&line={line}&zone=Asia/Kolkata",
    }


def _fill(settings: Settings, size: int) -> None:
    given = {
        "IVR_DATA": str(settings.data), "DATABASE_URL": settings.database, "IVR_MENUS": str(MENUS),
        "IVR_SECRET_KEY": KEY,
    }  # fmt: skip
    command = [
        sys.executable,
        "-c",
        "from ivr.cli import main; main()",
        "demo-data",
        "--calls",
        str(size),
        "--seed",
        "1",
    ]
    settings.data.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, env=os.environ | given, check=True, stdout=subprocess.DEVNULL)


def _sign_in(client: FlaskClient, who: str) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    form = {"csrf_token": token[1] if token else "", "name": who, "password": PASSWORD}
    if client.post("/sign-in", data=form).status_code != 302:
        raise RuntimeError("nobody could sign in")


@contextmanager
def _schema(url: str, size: int) -> Iterator[str]:
    """A schema of its own in that PostgreSQL, gone afterwards unless logs are kept."""
    kept = "BENCH_LOGS" in os.environ
    whole, schema = open_engine(url), f"bench_{size if kept else uuid4().hex}"
    with whole.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    own = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        if not kept:
            with whole.begin() as connection:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        whole.dispose()


def main(sizes: tuple[int, ...]) -> None:
    """Measures these sizes, and writes down what was found where the largest is among them."""
    texts = []
    with tempfile.TemporaryDirectory(prefix="touchtone-bench-") as made:
        for size in sizes:
            texts.append("\n".join(run(Path(os.environ.get("BENCH_LOGS", made)), (size,))))
            print(texts[-1], flush=True)
    if LARGE in sizes:
        write(
            section("The pages of /reports", [row for text_ in texts for row in text_.splitlines()]), of="bench-views"
        )


if __name__ == "__main__":
    main(tuple(int(argument) for argument in sys.argv[1:]) or (SMALL,))
