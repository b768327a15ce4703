"""The sandbox internet for tests: a conftest that imports `running_sandbox` from here has it as a fixture."""

from collections.abc import Iterator

import pytest

from engine.sandbox.process import RunningSandbox, start

SITES = 120  # every kind of site, address and mail server at least once
SEED = 7


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One sandbox a test session."""
    with start(sites=SITES, seed=SEED, directory=tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox
