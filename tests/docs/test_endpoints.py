"""Endpoints in the pages are those of the API, and every endpoint of the API stands in a page."""

import re

import pytest

from engine.registry.load import startable
from llms.bundle import Page
from tests.docs.reading import MODULE_PAGES, PAGES, openapi

NAMED = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD) (?:https?://[^/\s]+)?(/api/[^\s`\"'?)\],;|\\]*)")
PARAMETER = re.compile(r"\{[^}]+\}")
# A value in the place of a parameter: a made-up id, a variable of a shell, a word in capitals, dots.
VALUE = re.compile(
    r"\{[^}]+\}|\$\w+|\$\{\w+\}|[A-Z][A-Z_]+|…|\w+_[0-9a-zA-Z]{4,}|n?\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
# Pages that say that a call is not there, and which.
ABSENT = {
    page.name: {f"/api/jobs/{page.slug.partition('/')[2].replace('_', '-')}"} for page in MODULE_PAGES if page.status
}


def endpoints() -> set[tuple[str, str]]:
    """Method and path of every endpoint under `/api/`."""
    paths = openapi()["paths"].items()
    return {(method.upper(), path) for path, methods in paths for method in methods if path.startswith("/api/")}


def named(page: Page) -> set[tuple[str, str]]:
    return {(method, path.rstrip("./:")) for method, path in NAMED.findall(page.text.replace("...", "…"))}


def shape(path: str) -> str:
    """The path with all its parameters alike."""
    return PARAMETER.sub("{}", path)


def fits(path: str, known: str) -> bool:
    """Whether `path` is `known`, with values or other names in the place of its parameters."""
    ours, theirs = path.split("/"), known.split("/")
    return len(ours) == len(theirs) and all(
        one == other or (bool(PARAMETER.search(other)) and bool(VALUE.fullmatch(one))) or shape(one) == shape(other)
        for one, other in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_call_in_a_page_exists(page: Page) -> None:
    known = endpoints()
    # One page may speak for the endpoints of all modules.
    known |= {("POST", "/api/jobs/{module}"), ("POST", "/api/jobs/{slug}")}
    absent = {path.replace("-", "_") for path in ABSENT.get(page.name, ())}

    wrong = {
        f"{method} {path}"
        for method, path in named(page)
        if path.replace("-", "_") not in absent and not any(method == m and fits(path, p) for m, p in known)
    }

    assert wrong == set()


def test_every_endpoint_stands_in_a_page() -> None:
    """C-009: there is no other version of the API that would need a page of its own."""
    told = {(method, shape(path)) for page in PAGES for method, path in named(page)}

    missing = {f"{method} {path}" for method, path in endpoints() if (method, shape(path)) not in told}

    assert missing == set()


@pytest.mark.parametrize("slug", startable())
def test_a_module_page_names_the_endpoint_that_starts_it(slug: str) -> None:
    page = next(page for page in PAGES if page.slug == f"modules/{slug}")

    assert ("POST", f"/api/jobs/{slug.replace('_', '-')}") in named(page)
