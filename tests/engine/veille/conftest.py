"""The tests of veilles run on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.veille.watch import Watch, open_watch


@pytest.fixture
def watch(tmp_path: Path, database_url: str | None) -> Iterator[Watch]:
    with open_watch(tmp_path, url=database_url) as made:
        yield made
