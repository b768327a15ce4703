"""A module's page says whether this version runs it, and what the API answers where it does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.registry.announced import SLUGS
from engine.registry.load import modules
from llms.bundle import Page, pages
from tests.api_house import ApiHouse, api_house

MARKS = dict.fromkeys(SLUGS["on_demand"], "on_demand") | dict.fromkeys(SLUGS["alpha_unavailable"], "frozen")
PAGES = {page.slug.removeprefix("modules/"): page for page in pages() if page.section == "Modules"}
NODES_ONLY = {"phone_info"}  # no endpoint, now or later
NOT_RUN = [slug for slug, page in PAGES.items() if page.status is not None]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_marked_exactly_while_its_module_does_not_run(page: Page) -> None:
    """C-228."""
    slug = page.slug.removeprefix("modules/")

    assert page.status == (None if slug in modules() else MARKS.get(slug, "planned"))


@pytest.mark.parametrize("slug", [slug for slug in NOT_RUN if slug not in NODES_ONLY])
def test_the_page_of_a_module_that_does_not_run_says_what_the_api_answers(house: ApiHouse, slug: str) -> None:
    path = slug.replace("_", "-")
    with house.client("reader@example.com") as client:
        answer = client.post(f"/api/jobs/{path}", json={"items": [{"site_web": "https://example.com"}]})

    told = f"`POST /api/jobs/{path}` answers `{answer.status_code}` `{answer.json()['detail']}`"
    assert told in PAGES[slug].body


@pytest.mark.parametrize("slug", [slug for slug in NOT_RUN if "Type de node inconnu" in PAGES[slug].body])
def test_the_page_of_a_node_that_does_not_run_says_what_the_validator_answers(house: ApiHouse, slug: str) -> None:
    nodes = [{"id": "a", "type": "import", "config": {"content": "nom\nDupont"}}, {"id": "b", "type": slug}]
    with house.client("reader@example.com") as client:
        answer = client.post(
            "/api/pipelines/validate", json={"nodes": nodes, "edges": [{"from": "a", "to": "b"}]}
        ).json()

    assert answer["ok"] is False
    assert f"`{answer['error']}`" in PAGES[slug].body


def test_every_module_that_is_announced_or_built_has_a_page() -> None:
    assert set(modules()) | set(MARKS) <= set(PAGES)


def test_the_start_page_leads_to_every_module() -> None:
    start = pages()[0].body

    missing = [slug for slug in PAGES if f"[{slug}](/docs/modules/{slug})" not in start]
    assert missing == []


@pytest.mark.parametrize("slug", sorted(modules()))
def test_the_start_page_tells_built_modules_apart_from_others(slug: str) -> None:
    runs, others = pages()[0].body.split("\nFrozen during ")

    assert f"(/docs/modules/{slug})" in runs
    assert f"(/docs/modules/{slug})" not in others


def test_the_quickstart_shows_the_walk_that_is_tried_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    [quickstart] = [page for page in pages() if page.slug == "quickstart"]

    walk = readme.split("```sh\n", 1)[1].split("```", 1)[0]
    assert f"```sh\n{walk}```" in quickstart.body
