"""The documentation as it is served: to agents as Markdown and bundles, to people as HTML."""

import re

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from engine.registry.load import modules
from llms import bundle
from tests.api_house import ApiHouse

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = bundle.pages()
TEXTS = [
    "/llms.txt",
    "/docs/llms.txt",
    "/docs/llms-full.txt",
    *(f"/docs/_bundle/{name}.txt" for name in ("concepts", "modules", "api", "integration")),
]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def html_of(client: httpx.Client, path: str) -> Html:
    return Html(client.get(path, headers=BROWSER).text)


@pytest.mark.parametrize("path", TEXTS)
def test_the_texts_for_agents_are_open_to_anybody(nobody: httpx.Client, path: str) -> None:
    """C-412, C-413, C-416."""
    answer = nobody.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# ")


def test_the_index_names_every_page_with_its_title_address_and_summary(house: ApiHouse, nobody: httpx.Client) -> None:
    """C-412, C-417, C-421."""
    text = nobody.get("/docs/llms.txt").text
    lines = text.splitlines()
    listed = re.findall(r"^- \[(.+?)\]\((\S+?)\): (.+)$", text, re.MULTILINE)

    assert lines[0] == "# outsend" and lines[2].startswith("> ")
    assert listed == [(page.title, f"{house.url}/docs/{page.name}.md", page.summary) for page in PAGES]
    assert {nobody.get(address).text for _, address, _ in listed} == {page.text for page in PAGES}


def test_the_full_bundle_has_every_page_behind_its_delimiter(nobody: httpx.Client) -> None:
    """C-413."""
    text = nobody.get("/docs/llms-full.txt").text
    parts = re.split(r"^<!-- page: (\S+) -->\n\n", text, flags=re.MULTILINE)

    assert parts[1::2] == [page.name for page in PAGES]
    assert [part.rstrip() for part in parts[2::2]] == [page.text.rstrip() for page in PAGES]


@pytest.mark.parametrize("name", ["concepts", "modules", "api", "integration"])
def test_a_bundle_has_the_pages_of_its_section_alone(nobody: httpx.Client, name: str) -> None:
    """C-416."""
    text = nobody.get(f"/docs/_bundle/{name}.txt").text
    slugs = re.findall(r"^<!-- page: (\S+) -->$", text, re.MULTILINE)

    assert slugs == [page.slug for page in PAGES if page.slug.startswith(f"{name}/")] != []


@pytest.mark.slow(20)
def test_the_documentation_has_no_rate_limit(nobody: httpx.Client) -> None:
    """C-414."""
    assert {nobody.get("/docs/llms-full.txt").status_code for _ in range(150)} == {200}


@every_page
def test_every_page_is_readable_by_people_and_by_programs(nobody: httpx.Client, page: bundle.Page) -> None:
    """C-414, C-417."""
    shown, raw = nobody.get(page.path, headers=BROWSER), nobody.get(f"/docs/{page.name}.md")

    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (raw.status_code, raw.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert raw.text == page.text
    html = Html(shown.text)
    assert [h1.text() for h1 in html.css("h1")] == [page.title]
    assert len(html.css("main")) == len(html.css("title")) == 1
    assert html.css("style, [style], [onclick], script:not([src])") == []
    ids = [str(one.attributes["id"]) for one in html.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {str(a.attributes["href"])[1:] for a in html.css("a[href^='#']")} <= set(ids)


@pytest.mark.parametrize("slug", modules())
def test_both_spellings_of_a_module_page_answer(nobody: httpx.Client, slug: str) -> None:
    """C-418."""
    spellings = {f"/docs/modules/{slug}", f"/docs/modules/{slug.replace('_', '-')}"}

    answers = [nobody.get(path + end) for path in spellings for end in ("", ".md")]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 2
    canonical = html_of(nobody, spellings.pop()).css_first("link[rel=canonical]")
    assert canonical is not None and str(canonical.attributes["href"]).endswith(f"/docs/modules/{slug}")


@pytest.mark.parametrize("slug", modules())
def test_a_feature_page_leads_to_a_page_that_is_there(nobody: httpx.Client, slug: str) -> None:
    led = nobody.get(f"/features/{slug}", follow_redirects=True)

    assert (led.status_code, led.url.path) == (200, f"/docs/modules/{slug}")


@every_page
def test_a_page_offers_itself_its_section_and_everything_to_copy(nobody: httpx.Client, page: bundle.Page) -> None:
    """C-420."""
    links = html_of(nobody, page.path).css(".copy a")
    addresses = [str(link.attributes["href"]) for link in links]

    assert [link.text().partition(":")[0] for link in links] == [
        "Copy this page",
        "Copy this section",
        "Copy entire docs",
    ]
    assert addresses[0] == f"/docs/{page.name}.md" and addresses[2] == "/docs/llms-full.txt"
    assert bundle.delimiter(page) in nobody.get(addresses[1]).text


def test_the_home_page_says_where_everything_is(house: ApiHouse, nobody: httpx.Client) -> None:
    with house.client("signed-in@example.com") as client:
        shown = [html_of(one, path).body.text() for one in (nobody, client) for path in ("/docs", "/docs/")]  # type: ignore[union-attr]

    for text in shown:
        for told in (f"{house.url}/api", "/openapi.json", f"{house.url}/mcp", "Sign in", "outsend connect claude-code"):
            assert told in text


def test_a_page_links_its_neighbours_and_marks_itself_among_all_pages(nobody: httpx.Client) -> None:
    page, following = PAGES[0], PAGES[1]
    html = html_of(nobody, page.path)

    assert [a.attributes["href"] for a in html.css(".onward a")] == [following.path]
    assert [a.attributes["href"] for a in html.css(".pages a")] == [one.path for one in PAGES]
    assert [a.attributes["href"] for a in html.css(".pages [aria-current=page]")] == [page.path]


def test_an_agent_that_asks_for_markdown_gets_it_under_the_address_for_people(nobody: httpx.Client) -> None:
    path = "/docs/modules/scrap"
    asked = nobody.get(path, headers={"Accept": "text/markdown, text/html;q=0.9, */*;q=0.1"})
    browsed = nobody.get(path, headers={"Accept": "text/html, text/markdown"})

    assert asked.text == nobody.get(f"{path}.md").text
    assert browsed.headers["content-type"].startswith("text/html")
    assert asked.headers["vary"] == browsed.headers["vary"] == "Accept"


@pytest.mark.parametrize("path", ["/docs", "/docs/modules/emails", "/docs/modules/emails.md", *TEXTS])
def test_a_text_that_is_known_costs_no_second_transfer(nobody: httpx.Client, path: str) -> None:
    first = nobody.get(path)
    head = nobody.head(path)
    again = nobody.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=300"
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert head.headers["content-length"] == first.headers["content-length"]
    assert (again.status_code, again.content) == (304, b"")
    assert "set-cookie" not in first.headers


def test_a_page_may_run_our_script_alone_and_reach_us_alone(nobody: httpx.Client) -> None:
    headers = nobody.get("/docs", headers=BROWSER).headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))

    assert headers["x-content-type-options"] == "nosniff"
    assert rules["script-src"] == rules["connect-src"] == rules["style-src"] == "'self'"
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "modules/nothing",
        "modules",
        "nothing.md",
        "_bundle/nothing.txt",
        "..%2fbundle.py",
        "%00",
        "modules/x/y",
    ],
)
def test_what_is_no_page_is_not_found_in_the_reader_s_own_form(nobody: httpx.Client, path: str) -> None:
    told, shown = nobody.get(f"/docs/{path}"), nobody.get(f"/docs/{path}", headers=BROWSER)

    assert (told.status_code, told.json()["code"]) == (404, "docs_page_missing")
    assert "/docs/llms.txt" in told.json()["hint"]
    assert (shown.status_code, shown.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Page not found" in shown.text
    assert "unsafe-inline" not in shown.headers["content-security-policy"]


def test_the_changelog_and_the_page_about_the_bot_are_served(nobody: httpx.Client) -> None:
    """C-010."""
    changelog = (bundle.HERE.parent / "CHANGELOG.md").read_text()

    assert nobody.get("/docs/changelog.md").text.endswith(changelog.strip() + "\n")
    assert "robots.txt" in nobody.get("/docs/bot").text
