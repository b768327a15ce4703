"""Every test of the job engine runs on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from tests.house import house
from tests.postgres import empty


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite in the test's own folder, else an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield None
        return
    url: str = request.getfixturevalue("postgres_url")
    yield url
    empty(url)


@pytest.fixture
def services(tmp_path: Path, database_url: str | None) -> Iterator[Services]:
    with house(tmp_path, url=database_url) as services:
        yield services
