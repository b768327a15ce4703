"""Fixtures of the sandbox's own tests."""

from collections.abc import AsyncIterator

import pytest

from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import Truth
from tests.sandbox.client import Client, open_client


@pytest.fixture(scope="session")
def truth(running_sandbox: RunningSandbox) -> Truth:
    return running_sandbox.truth()


@pytest.fixture
async def client(running_sandbox: RunningSandbox) -> AsyncIterator[Client]:
    async with open_client(running_sandbox) as opened:
        yield opened
