"""What tests share: an empty database of each kind."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url, text

from ivr.store.sql import migrate, open_engine

# Tests assert what happens and never how fast: on a busy machine a single example may take any time.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database: a file, or a schema in the PostgreSQL of TEST_POSTGRES_URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/touchtone.db"
        return
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        pytest.skip("TEST_POSTGRES_URL names no PostgreSQL to test with")
    schema = f"test_{uuid4().hex}"
    whole = open_engine(url)
    with whole.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield (
        make_url(url).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    )
    with whole.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    whole.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an engine of a migrated, empty database."""
    engine = open_engine(database_url)
    migrate(engine)
    yield engine
    engine.dispose()
