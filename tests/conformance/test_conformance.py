"""The official suite and the Inspector against the product's own app.

The numbers are those of the pinned version of the suite: fewer would mean that scenarios found nothing to try.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mcp import MCPDeprecationWarning

from outsend_api.serve import serve_app
from tests.api_house import ApiHouse, api_house
from tests.conformance.fixtures import fixture_app
from tests.conformance.suite import INSPECTOR, needed, run, run_authorization, run_suite
from tests.mcp.program import register, submit

ROOT = Path(__file__).parents[2]
# In these the server asks its client something in mid-call. That takes a session, and the product keeps none.
PUSHES = frozenset((Path(__file__).parent / "push_scenarios.txt").read_text().split())
PRODUCT = ("engine", "outsend_api", "outsend_mcp", "prompts", "llms")

# The older revision has methods that the SDK warns of.
pytestmark = pytest.mark.filterwarnings(f"ignore::{MCPDeprecationWarning.__module__}.{MCPDeprecationWarning.__name__}")


@pytest.fixture(scope="module")
def stateless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The product's mode, with the suite's tools."""
    with api_house(tmp_path_factory.mktemp("stateless"), app=fixture_app(sessions=False)) as running:
        yield running


@pytest.fixture(scope="module")
def stateful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The same where the server keeps sessions."""
    with api_house(tmp_path_factory.mktemp("stateful"), app=fixture_app(sessions=True)) as running:
        yield running


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The product as it serves."""
    with api_house(tmp_path_factory.mktemp("product"), app=serve_app) as running:
        yield running


@needed
@pytest.mark.slow(60)
def test_the_revision_of_2026_is_met_as_the_product_serves_it(stateless: ApiHouse) -> None:
    outcome = run_suite(stateless.url, "--requirements", "2026-07-28", seconds=50)

    assert (outcome.passed, outcome.failing) == (196, frozenset()), outcome.told


@needed
@pytest.mark.slow(60)
def test_the_revision_of_2025_is_met_but_for_what_asks_the_client_in_mid_call(stateless: ApiHouse) -> None:
    outcome = run_suite(stateless.url, "--requirements", "2025-11-25", expected=PUSHES, seconds=50)

    assert (outcome.passed, outcome.failing) == (63, PUSHES), outcome.told


@needed
@pytest.mark.slow(60)
def test_the_revision_of_2025_is_met_where_the_server_keeps_sessions(stateful: ApiHouse) -> None:
    outcome = run_suite(stateful.url, "--requirements", "2025-11-25", seconds=50)

    assert (outcome.passed, outcome.failing) == (84, frozenset()), outcome.told


@needed
@pytest.mark.slow(60)
def test_no_scenario_of_the_suite_fails(stateful: ApiHouse) -> None:
    outcome = run_suite(stateful.url, "--suite", "all", seconds=50)

    assert (outcome.passed, outcome.failing) == (234, frozenset()), outcome.told


@needed
@pytest.mark.slow(30)
def test_the_authorization_server_is_what_clients_expect(product: ApiHouse) -> None:
    def client_of(redirect: str) -> str:
        return str(register(product, redirect).json()["client_id"])

    def visit(address: str) -> None:
        with product.client("ada@example.com") as browser:
            sent = submit(browser, browser.get(address))
            httpx.get(sent.headers["location"]).raise_for_status()

    outcome = run_authorization(product.url, client_of, visit, seconds=25)

    assert (outcome.passed, outcome.failing) == (3, frozenset()), outcome.told


@needed
@pytest.mark.slow(30)
def test_the_inspector_lists_tools_that_any_client_can_use(product: ApiHouse) -> None:
    listed = run(INSPECTOR, *_inspecting(product), "--method", "tools/list", "--strict", seconds=25)

    assert listed.returncode == 0, listed.stderr
    assert "get_job" in [tool["name"] for tool in json.loads(listed.stdout)["tools"]]


@needed
@pytest.mark.slow(30)
def test_the_inspector_calls_a_tool(product: ApiHouse) -> None:
    call = ("--method", "tools/call", "--tool-name", "list_jobs", "--tool-arg", "limit=3")

    called = run(INSPECTOR, *_inspecting(product), *call, seconds=25)

    assert called.returncode == 0, called.stderr
    assert json.loads(called.stdout)["structuredContent"]["jobs"] == []


def _inspecting(house: ApiHouse) -> tuple[str, ...]:
    token = house.token("inspector@example.com")
    return "--cli", f"{house.url}/mcp", "--transport", "http", "--header", f"Authorization: Bearer {token}"


def test_nothing_of_the_product_knows_the_suite() -> None:
    sources = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")]

    imported = {name for path in sources for name in _imports(ast.parse(path.read_text()))}

    assert len(sources) > 200
    assert not {name for name in imported if name.split(".")[0] == "tests"}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
