"""Faults are tried on both databases, with real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from tests.engine.faults.processes import Workers
from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.jobs.conftest import services as services


@pytest.fixture
def workers(services: Services, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(services, tmp_path)
    yield workers
    workers.close()
