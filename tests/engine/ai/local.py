"""Services over SQLite alone, for tests that are about the line and not about the database; waits are short."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from tests.engine.ai.speaking import trusting
from tests.house import house


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house(tmp_path, deaf=True) as services:
        yield trusting(services)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.ai.completion.FIRST_WAIT_SECONDS", 0.01)
