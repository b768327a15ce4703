"""Services whose outside world is the sandbox; and, for what needs no model, services on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings
from tests.engine.assistant.talk import Talker, talker
from tests.engine.tools.toolshed import shed
from tests.house import house
from tests.postgres import empty
from tests.visitors import StandingClock


@pytest.fixture
def outside(running_sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Services]:
    """Services that reach the sandbox."""
    with shed(tmp_path) as services:
        reach = {**running_sandbox.overrides, "https_proxy": running_sandbox.proxy}
        services.settings = Settings.model_validate({**reach, "data_dir": tmp_path})
        yield services


@pytest.fixture(params=["anthropic", "openai"])
def me(request: pytest.FixtureRequest, outside: Services, running_sandbox: RunningSandbox) -> Talker:
    """A talker with either way of speaking."""
    return talker(outside, running_sandbox, request.param)


@pytest.fixture
def one(outside: Services, running_sandbox: RunningSandbox) -> Talker:
    """A talker, where the way of speaking makes no difference."""
    return talker(outside, running_sandbox)


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    """Services on either database, whose clock the test moves; nothing outside."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with house(tmp_path, url=url, deaf=True, clock=StandingClock()) as services:
        yield services
    if url is not None:
        empty(url)
