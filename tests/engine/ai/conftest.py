"""Services over a fresh database of either kind, whose operator trusts this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from tests.engine.ai.speaking import trusting
from tests.house import house
from tests.postgres import empty
from tests.visitors import StandingClock


@pytest.fixture(params=["sqlite", "postgres"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with house(tmp_path, url=url, deaf=True, clock=StandingClock()) as services:
        yield trusting(services)
    if url is not None:
        empty(url)
