"""The pages are what the index says they are: in their place, whole, linked, and silent about how things are made."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.registry.load import modules
from engine.registry.snapshot import modules_registry
from engine.settings import PLAIN_NAMES, PREFIX, Settings
from llms import bundle
from llms.bundle import Page
from outsend_api.markdown import render
from tests.docs.reading import MODULE_PAGES, PAGES, openapi, sections, tables, without_fences

FOLDERS = {"concepts": "Concepts", "modules": "Modules", "api": "API", "integration": "Integration"}
MODULE_SECTIONS = ["Purpose", "Inputs", "Outputs", "Lifecycle", "Limits", "Errors"]
SUMMARY_MAX = 220
BUNDLE_BYTES = range(120_000, 260_000)
# Served beside the pages; the rest of what pages link to is in the OpenAPI document.
OTHER_PATHS = {"/openapi.json", "/llms.txt", "/sign-in", "/connected-apps", "/metrics", "/mcp"}
# How things are made is nobody's business, and no promise: libraries, how a page is taken apart, what is waited for.
INNER_WORDS = (
    "playwright|chromium|headless|selenium|puppeteer|aiohttp|httpx|fastapi|starlette|uvicorn|sqlalchemy|sqlmodel|"
    "pydantic|selectolax|litellm|asyncio|sqlite|postgres(?:ql)?|redis|celery|docker|kubernetes|"
    "proxy|proxies|proxied|css selectors?|selectors?|xpath|dom|regex|regular expressions?|fingerprint\\w*|"
    "rotating (?:addresses|agents)|user[ -]agents? rotat\\w+|stealth|captcha[- ]solving|backoff|jitter|"
    "success rates?|hit rates?|accuracy|recall|scraping stack|heuristics?"
)
# Pages where such a word is a fact that the reader needs, and why.
TOLD = {
    ("changelog", "sqlite"): "what an operator installs",
    ("changelog", "chromium"): "what an operator installs",
}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
every_module_page = pytest.mark.parametrize("page", MODULE_PAGES, ids=lambda page: page.slug.partition("/")[2])


def test_a_page_lies_where_its_slug_says() -> None:
    for path in bundle.PAGES.rglob("*.md"):
        page = bundle.read_page(path.read_text())
        assert f"{page.name}.md" == str(path.relative_to(bundle.PAGES)), path
        assert page.section == FOLDERS.get(path.parent.name, page.section), path


@every_page
def test_a_page_says_in_a_line_what_it_is_about(page: Page) -> None:
    assert page.title and len(page.title) <= 60
    assert 20 <= len(page.summary) <= SUMMARY_MAX
    assert page.body.strip()


def test_no_two_pages_have_one_title_in_a_section() -> None:
    names = [(page.section, page.title) for page in PAGES]

    assert len(names) == len(set(names))


def test_the_order_of_reading_names_pages_that_exist_and_all_but_modules() -> None:
    slugs = {page.slug for page in PAGES}
    free = {page.slug for page in MODULE_PAGES}

    assert set(bundle.ORDER) - slugs == set(), "named in llms/bundle.py, and not there"
    assert slugs - free - set(bundle.ORDER) == set(), "not named in llms/bundle.py: ORDER"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# No front matter", "no front matter"),
        ("---\ntitle: A\nslug: a\nsection: API\n---\n\nx", "expected"),
        ("---\ntitle: A\nslug: a\nsection: Apis\nsummary: s\n---\n\nx", "'Apis' is none of"),
        ("---\ntitle: A\nslug: a\nsection: API\nsummary: s\nstatus: old\n---\n\nx", "'old' is none of"),
    ],
)
def test_a_wrong_front_matter_is_told(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        bundle.read_page(text)


# Modules


@every_module_page
def test_a_module_page_goes_from_purpose_to_errors(page: Page) -> None:
    """C-419."""
    headings = [heading for heading in sections(page) if heading in MODULE_SECTIONS]

    assert headings == MODULE_SECTIONS
    assert all(sections(page)[heading].strip() for heading in MODULE_SECTIONS)


def test_every_module_that_the_registry_offers_or_announces_with_a_contract_has_its_page() -> None:
    registry = modules_registry()
    pages = {page.slug.partition("/")[2]: page.status for page in MODULE_PAGES}
    states = dict.fromkeys(modules())
    states |= dict.fromkeys(registry.on_demand, "on_demand") | dict.fromkeys(registry.alpha_unavailable, "frozen")

    assert {slug: pages.get(slug, "no page") for slug in states} == states
    assert {status for slug, status in pages.items() if slug not in states} <= {"planned"}


# Text


@every_page
def test_a_page_tells_nothing_of_how_things_are_made(page: Page) -> None:
    """C-025."""
    found = {word.lower() for word in re.findall(rf"\b(?:{INNER_WORDS})\b", _prose(page), re.IGNORECASE)}

    assert {word for word in found if (page.name, word) not in TOLD} == set()


def test_the_documentation_names_the_address_of_support() -> None:
    """C-025."""
    assert "support@outsend.xyz" in bundle.pages()[0].text


@every_page
def test_every_row_of_a_table_has_the_cells_of_its_header(page: Page) -> None:
    for table in tables(page):
        for row in table.rows:
            assert len(row) == len(table.header), f"{table.heading}: {row}"


@every_page
def test_a_page_has_one_title_and_no_markup_of_its_own(page: Page) -> None:
    text = without_fences(page.body)

    assert len(re.findall(r"^# ", text, re.MULTILINE)) <= 1
    assert "<!--" not in re.sub(r"`[^`]*`", "", text)
    assert re.findall(r"^<!-- page: .*$", page.text, re.MULTILINE) == [], "it would split the bundle: indent it"
    assert page.body.count("\n```") % 2 == 0, "a block of code is not closed"


@every_page
def test_every_link_leads_somewhere(page: Page) -> None:
    wrong = {link for link in re.findall(r"\]\(([^)\s]+)\)", without_fences(page.body)) if not _leads(page, link)}

    assert wrong == set()


@every_page
def test_every_setting_that_is_told_exists(page: Page) -> None:
    told = set(re.findall(rf"\b({PREFIX}[A-Z_]+|{'|'.join(PLAIN_NAMES)})\b", page.text))

    assert {name for name in told if name.removeprefix(PREFIX).lower() not in Settings.model_fields} == set()


def test_the_bundle_fits_the_context_of_a_model(record_property: Callable[[str, object], None]) -> None:
    """C-415: about 150 KB in the contract's time, whose documentation had fewer pages."""
    size = len(bundle.files("https://outsend.example")["llms-full.txt"].encode())
    record_property("bytes", size)

    assert size in BUNDLE_BYTES


def test_all_files_are_texts_that_a_path_can_name() -> None:
    for path in bundle.files("https://outsend.example"):
        assert Path(path).suffix in (".md", ".txt")
        assert re.fullmatch(r"[\w./-]+", path)


def _prose(page: Page) -> str:
    """What the reader is told: code and addresses are names that the API has given."""
    return re.sub(r"\]\([^)]*\)|`[^`]*`", "]", without_fences(page.body))


def _leads(page: Page, link: str) -> bool:
    path, _, anchor = link.partition("#")
    if path.startswith(("https://", "http://", "mailto:")):
        return True
    if path in OTHER_PATHS or path in openapi()["paths"]:
        return True
    if path and not path.startswith("/docs"):
        return False
    rest = path.removeprefix("/docs").lstrip("/")
    target = bundle.page_of(rest) if path else page
    if target is None:
        return rest in bundle.files("")
    return not anchor or anchor in {heading.anchor for heading in render(target.body).headings}
