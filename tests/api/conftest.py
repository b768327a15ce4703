"""A running API for each file of tests, and clients for it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api_house import ApiHouse, api_house
from tests.chromium_fixture import chromium as chromium


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API with a worker beside it, shared by the tests of a file: each takes accounts of its own."""
    with api_house(tmp_path_factory.mktemp("api"), works=True) as running:
        yield running


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API without a worker: jobs move when the test moves them."""
    with api_house(tmp_path_factory.mktemp("quiet")) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ApiHouse]:
    """The API without a worker, for one test alone, which moves its clock."""
    with api_house(tmp_path) as running:
        yield running


@pytest.fixture
def api(house: ApiHouse, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Signed in, as an account that no other test uses."""
    with house.client(f"{request.node.name[:40]}@example.com".replace("[", "-").replace("]", "")) as client:
        yield client


@pytest.fixture
def other_api(house: ApiHouse) -> Iterator[httpx.Client]:
    """Signed in as somebody else."""
    with house.client("somebody-else@example.com") as client:
        yield client


@pytest.fixture
def nobody(house: ApiHouse) -> Iterator[httpx.Client]:
    """Not signed in."""
    with house.client(None) as client:
        yield client
