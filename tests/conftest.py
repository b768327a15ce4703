"""What holds for every test."""

import os

import pytest
from hypothesis import settings

# One server and one sandbox a session, whoever asks for them.
from tests.postgres import postgres_server as postgres_server
from tests.postgres import postgres_url as postgres_url
from tests.postgres import restartable_postgres as restartable_postgres
from tests.sandbox_fixture import running_sandbox as running_sandbox

# The same examples in every run: a failure on one machine is a failure on all.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ORDINARY_SECONDS = 5.0
# Machines of continuous integration are shared and slow; the limits are there to end what hangs.
PATIENCE = 6.0 if os.environ.get("CI") else 2.0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its seconds: those of its `slow(seconds)` mark, else five."""
    for item in items:
        slow = item.get_closest_marker("slow")
        seconds = slow.args[0] if slow is not None else ORDINARY_SECONDS
        item.add_marker(pytest.mark.timeout(seconds * PATIENCE))
