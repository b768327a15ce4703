"""A running server for each file of tests: over tools of the tests alone, or over the product's."""

from collections.abc import Iterator

import pytest

from outsend_api.serve import serve_app
from tests.api_house import ApiHouse, api_house
from tests.chromium_fixture import chromium as chromium
from tests.mcp.toolbox import MODES, Held, toolbox, with_tools


@pytest.fixture(scope="module")
def held() -> Held:
    """The tool that waits until it is let go, of the file's server."""
    return Held()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, held: Held) -> Iterator[ApiHouse]:
    """A server over the tests' own tools."""
    with api_house(tmp_path_factory.mktemp("plain"), app=with_tools(*toolbox(held))) as running:
        yield running


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The product as it serves, with a worker beside it."""
    with api_house(tmp_path_factory.mktemp("product"), app=serve_app, works=True) as running:
        yield running


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The product as it serves, without a worker: what is started stays pending."""
    with api_house(tmp_path_factory.mktemp("idle"), app=serve_app) as running:
        yield running


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Each revision of the protocol: with a handshake, and without."""
    return str(request.param)
