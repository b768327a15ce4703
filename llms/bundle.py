"""The pages of the documentation, and the texts that agents take in at once: an index, and bundles of pages.

Source of the format of the index: https://llmstxt.org. The pages themselves lie in `pages/`, one file each, named after
their slug; the changelog is the file that is kept beside the sources.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PAGES = HERE / "pages"
# In an installed package it lies beside this file, in a checkout at its root.
CHANGELOGS = (HERE / "CHANGELOG.md", HERE.parent / "CHANGELOG.md")
CHANGELOG_HEAD = """---
title: Changelog
slug: changelog
section: About
summary: What changed for users, release by release; breaking changes are announced here first.
---

"""
INDEX = "index"  # the file of the page whose slug is empty
KEYS = {"title", "slug", "section", "summary"}
STATUSES = (None, "planned", "frozen", "on_demand")  # of modules: all but the first are not run by this version

# Sections as they are read, by the word in the front matter; the last may be skipped by who has little room.
SECTIONS: Mapping[str, str] = {
    "": "start",
    "Concepts": "concepts",
    "Modules": "modules",
    "API": "api",
    "Integration": "integration",
    "About": "about",
}
HEADINGS: Mapping[str, str] = {"": "Start", "About": "Optional"}  # where the index has another word
# Pages as they are read. A module that is not named stands behind those that are; what is not built yet comes last.
ORDER = (
    "",
    "what-is-outsend",
    "quickstart",
    "concepts/jobs-lifecycle",
    "concepts/states-and-events",
    "concepts/pipeline-orchestration",
    "concepts/module-registry",
    "concepts/scrape-modes",
    "concepts/veille-monitoring",
    "concepts/ai-spending-caps",
    "concepts/limits",
    "modules/scrap",
    "modules/import",
    "modules/dead_check",
    "modules/emails",
    "modules/verify_emails",
    "modules/techstack",
    "modules/filter",
    "modules/sort",
    "api/overview",
    "api/auth",
    "api/jobs",
    "api/imports",
    "api/pipelines",
    "api/veille",
    "api/registry",
    "api/ai",
    "api/assistant",
    "api/webhooks",
    "api/suppressions",
    "api/feedback",
    "api/admin",
    "api/metrics",
    "integration/mcp",
    "integration/byok",
    "integration/llms-txt",
    "changelog",
    "bot",
)
RANK = {slug: rank for rank, slug in enumerate(ORDER)}

_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `text` is its file as written, `body` the same without the front matter."""

    slug: str
    title: str
    section: str
    summary: str
    status: str | None
    text: str
    body: str

    @property
    def name(self) -> str:
        """The slug, where one is needed: the first page has none."""
        return self.slug or INDEX

    @property
    def path(self) -> str:
        """Where the page stands on a server."""
        return f"/docs/{self.slug}".rstrip("/")


def read_page(text: str) -> Page:
    """A page from the text of its file.

    Raises:
        ValueError: the front matter is missing, or has not exactly the keys it should have, or a key's value is wrong.
    """
    head = _FRONT_MATTER.match(text)
    if head is None:
        raise ValueError("the page has no front matter between two lines of ---")
    facts = {key.strip(): value.strip().strip('"') for key, _, value in _pairs(head[1].splitlines())}
    status = facts.pop("status", None)
    if facts.keys() != KEYS:
        raise ValueError(f"the front matter has {sorted(facts)}, expected {sorted(KEYS)} and perhaps status")
    if facts["section"] not in SECTIONS:
        raise ValueError(f"section {facts['section']!r} is none of {sorted(SECTIONS)}")
    if status not in STATUSES:
        raise ValueError(f"status {status!r} is none of {STATUSES[1:]}")
    return Page(**facts, status=status, text=text.strip() + "\n", body=text[head.end() :].strip() + "\n")


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of reading: by section, then as `ORDER` says.

    Raises:
        ValueError: names the file whose front matter is wrong.
    """
    found = [_read(path, path.read_text(encoding="utf-8")) for path in PAGES.rglob("*.md")]
    changelog = next((path for path in CHANGELOGS if path.is_file()), None)
    if changelog is not None:
        found.append(_read(changelog, CHANGELOG_HEAD + changelog.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=_place))


def page_of(slug: str) -> Page | None:
    """The page of that slug, whether its words are joined by hyphens or underscores; None: there is none."""
    return _by_key().get(_key(slug))


def by_section() -> dict[str, list[Page]]:
    """The pages of each section that has any, under the word of the front matter."""
    grouped = {section: [page for page in pages() if page.section == section] for section in SECTIONS}
    return {section: found for section, found in grouped.items() if found}


@cache
def files(base_url: str) -> Mapping[str, str]:
    """Every text of the documentation by its path under `/docs/`. Links of the index begin with `base_url`."""
    bundles = {
        f"_bundle/{SECTIONS[section]}.txt": _bundle(f"section {SECTIONS[section]}", found, base_url)
        for section, found in by_section().items()
    }
    return {
        "llms.txt": index(base_url),
        "llms-full.txt": _bundle("the whole documentation", pages(), base_url),
        **bundles,
        **{f"{page.name}.md": page.text for page in pages()},
    }


def index(base_url: str) -> str:
    """The index in the format of llmstxt.org: a line a page, with title, address and summary."""
    start = pages()[0]
    parts = [
        f"# outsend\n\n> {start.summary}\n",
        f"Each page is Markdown under its address here, and a page for people under the same address without `.md`. "
        f"All of them in one file: {base_url}/docs/llms-full.txt. One section in one file: "
        + ", ".join(f"{base_url}/docs/_bundle/{SECTIONS[section]}.txt" for section in by_section())
        + ".\n",
    ]
    for section, found in by_section().items():
        lines = (f"- [{page.title}]({base_url}/docs/{page.name}.md): {page.summary}" for page in found)
        parts.append(f"## {HEADINGS.get(section, section)}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def delimiter(page: Page) -> str:
    """The line before a page in a bundle."""
    return f"<!-- page: {page.name} -->"


def _bundle(what: str, found: Iterable[Page], base_url: str) -> str:
    head = (
        f"# outsend documentation: {what}\n\n"
        "Before each page stands a line with its slug, in a comment. "
        f"Links that begin with /docs/ lead to {base_url}/docs/; with .md behind them, to Markdown.\n"
    )
    return "\n".join([head, *(f"{delimiter(page)}\n\n{page.text}" for page in found)])


def _read(path: Path, text: str) -> Page:
    try:
        return read_page(text)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _place(page: Page) -> tuple[int, int, int, str]:
    rank = RANK.get(page.slug, len(RANK))
    return list(SECTIONS).index(page.section), rank, STATUSES.index(page.status), page.slug


def _pairs(lines: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    return (line.partition(":") for line in lines if line.strip())


def _key(slug: str) -> str:
    return "" if slug == INDEX else slug.replace("_", "-")


@cache
def _by_key() -> dict[str, Page]:
    return {_key(page.slug): page for page in pages()}
