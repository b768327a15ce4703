"""Fixtures of the tool tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Caller, Services
from tests.engine.tools.toolshed import agent, shed


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with shed(tmp_path) as services:
        yield services


@pytest.fixture
def me(services: Services) -> Caller:
    """The account, as an agent acts for it."""
    return agent(services)


@pytest.fixture
def stranger(services: Services) -> Caller:
    """An agent of somebody else."""
    return agent(services, "stranger@example.com")
