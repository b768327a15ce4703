"""Services over a fresh database of either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from tests.house import house
from tests.postgres import empty
from tests.visitors import CODE


@pytest.fixture(params=["sqlite", "postgres"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with house(tmp_path, url=url, deaf=True) as services:
        services.settings = services.settings.model_copy(update={"invitation_codes": (CODE,)})
        yield services
    if url is not None:
        empty(url)
