"""Every error that a page lists is one that the product gives, with that status."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from engine.errors import OutsendError
from llms.bundle import Page
from outsend_api.errors import STATUS
from tests.docs.reading import PAGES, codes, tables

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "outsend_api", "outsend_mcp")
MESSAGE = re.compile(r"^    message = ", re.MULTILINE)  # of a class of errors
TERMINAL = {"cli", "evaluation"}  # folders of what is told at a terminal alone
VALUE = "\x00"  # in the place of what differs from case to case
# Sentences that no class of errors has: their status, and the file that says them.
ELSEWHERE = {
    "Requête illisible": (400, "outsend_api/errors.py"),
    "JSON illisible": (400, "outsend_api/errors.py"),
    "Introuvable": (404, "outsend_api/errors.py"),
    "Méthode non autorisée": (405, "outsend_api/errors.py"),
    "Champ « {} » : {}": (422, "outsend_api/errors.py"),
    "Requête refusée : elle vient d'un autre site": (403, "outsend_api/security.py"),
    "Type de contenu non accepté : envoie du JSON": (400, "outsend_api/security.py"),
    "Requête trop volumineuse (max {} Mo)": (413, "outsend_api/bodies.py"),
    "JSON trop imbriqué (max {} niveaux)": (400, "outsend_api/bodies.py"),
    "Erreur interne (référence {})": (500, "outsend_api/requests.py"),
}
PLACEHOLDER = re.compile(r"\{[^{}]*\}|\.\.\.|…")

# A page of a module that this version does not run tells what is to come.
every_page = pytest.mark.parametrize("page", [page for page in PAGES if not page.status], ids=lambda page: page.name)


@cache
def messages() -> dict[str, set[int]]:
    """Every sentence that the product gives, with `VALUE` for what it puts in, and its statuses."""
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if not TERMINAL & set(path.parts) and MESSAGE.search(path.read_text()):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    known: dict[str, set[int]] = {pattern(text): {status} for text, (status, _) in ELSEWHERE.items()}
    for error in subclasses(OutsendError):
        known.setdefault(pattern(error.message), set()).add(STATUS[error.kind])
    return known


def subclasses(parent: type[OutsendError]) -> Iterator[type[OutsendError]]:
    for child in parent.__subclasses__():
        if child.__module__.startswith(("engine.", "outsend_")):  # not those that tests make
            yield child
        yield from subclasses(child)


def pattern(text: str) -> str:
    return PLACEHOLDER.sub(VALUE, text).strip()


def is_told_by(detail: str, message: str) -> bool:
    """Whether a page's `detail` is that message: its beginning, with dots for values or with values of an example."""
    as_written = re.escape(detail).replace(VALUE, ".*")
    as_given = re.escape(message).replace(VALUE, ".*")
    return re.match(rf"{as_written}(?![\w'])", message, re.DOTALL) is not None or (
        re.fullmatch(as_given, detail, re.DOTALL) is not None
    )


def listed(page: Page) -> Iterator[tuple[set[int], str]]:
    """Each error of a page: its statuses and its `detail`."""
    for table in tables(page):
        at, http = table.column("`detail`"), table.column("HTTP")
        if at is not None and http is not None:
            for row in table.rows:
                for detail in codes(row[at]):
                    yield {int(number) for number in re.findall(r"\d+", row[http])}, detail


@every_page
def test_every_error_in_a_table_is_given_with_that_status(page: Page) -> None:
    """C-011."""
    wrong: list[str] = []
    for statuses, detail in listed(page):
        # The nearest sentence has the most words of its own.
        found = [(message, given) for message, given in messages().items() if is_told_by(pattern(detail), message)]
        if not found:
            wrong.append(f"{detail!r} is nobody's message")
        elif not any(statuses & given for _, given in found):
            wrong.append(f"{detail!r} is told as {statuses}, and given as {[given for _, given in found]}")

    assert wrong == []


@pytest.mark.parametrize("text", ELSEWHERE)
def test_a_sentence_without_a_class_stands_where_it_is_said_to(text: str) -> None:
    source = (ROOT / ELSEWHERE[text][1]).read_text()

    for piece in text.split("{}"):
        assert piece.strip(" »)") in source


def test_the_sentences_of_the_contract_are_found_with_dots_and_with_values() -> None:
    told = pattern("Quota dépassé : ...")

    assert is_told_by(told, pattern("Quota dépassé : {cost} EF demandés"))
    assert is_told_by("Job introuvable : j_1", pattern("Job introuvable : {job_id}"))
    assert is_told_by("Aucun établissement avec site web", pattern("Aucun établissement avec site web ({aliases})"))
    assert not is_told_by("Aucun établissement", pattern("Aucun établissements"))
    assert not is_told_by("Job introuvable", pattern("Pipeline introuvable"))
