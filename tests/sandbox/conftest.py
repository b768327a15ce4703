"""Fixtures of the sandbox's own tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.truth import Truth
from tests.sandbox.client import Client, open_client


@pytest.fixture(scope="session")
def truth(running_sandbox: RunningSandbox) -> Truth:
    return running_sandbox.truth()


@pytest.fixture
async def client(running_sandbox: RunningSandbox) -> AsyncIterator[Client]:
    async with open_client(running_sandbox) as opened:
        yield opened


@pytest.fixture(scope="session")
def maps_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One whose map may misbehave without anybody else's noticing."""
    with start(sites=60, seed=7, directory=tmp_path_factory.mktemp("maps")) as sandbox:
        yield sandbox
