"""What Google Maps sends to its own page: nested lists without names, of which any part may be missing.

An answer is JSON behind `)]}'`. A search answer holds up to 20 place documents, a place answer holds one. Nobody
documents the layout: the indexes here and in `google_place`, `google_reviews` are those of answers that were seen.
"""

import json
import re
from dataclasses import dataclass

from pydantic import JsonValue

from engine.errors import OutsendError

GUARD = ")]}'"  # keeps the answer from being run as a script
COMMENT = '/*""*/'  # ends an answer that is wrapped as {"d": "<answer>"}
SEARCH_PAGE_SIZE = 20
INTEGER_MAX = 2**53  # the largest number that JSON's readers agree on

# Where the entries of a search answer stand, and the document in each. The first entry of the first form tells the
# query and has no document. The second form is reported of answers of 2026, not seen.
SEARCH_FORMS = (((0, 1), 14), ((64,), 1))
PLACE = 6

_PLACE_ID = re.compile(r"ChIJ[\w-]{23}", re.ASCII)
# Some answers come escaped twice: a link then reads `?q\u003dcafe`, and each end of a line is a backslash and an n.
_TWICE = r"\\u003d"
_ESCAPED_TWICE = re.compile(r"\\\\(u00[0-9a-f]{2}|n)", re.IGNORECASE)
# What no database or spreadsheet takes: control characters but the line's end and the tab, halves of characters.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class LayoutChanged(OutsendError):
    """Something that every document has can't be read. `field`: the column, or the part of the answer."""

    code = "layout_changed"
    kind = "upstream"
    message = "La présentation de Google Maps a changé : « {field} » ne se lit plus"
    hint = "Update outsend. Until then set OUTSEND_MAPS_SOURCE to places or osm, then resume the job."

    def __init__(self, *, field: str) -> None:
        super().__init__(field=field)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page of a search: the query as Google repeats it, and the place documents, in its order."""

    query: str | None
    documents: tuple[JsonValue, ...]

    @property
    def is_last(self) -> bool:
        """Nothing in the answer says that the list ends; a page that isn't full has no next one."""
        return len(self.documents) < SEARCH_PAGE_SIZE


def read_answer(text: str) -> JsonValue:
    """The JSON of an answer's body, with or without its guard, or wrapped as `{"d": "<answer>"}`.

    Raises:
        LayoutChanged: it is no JSON, such as a page of consent or a refusal.
    """
    body = text.strip("\ufeff \t\r\n").removesuffix(COMMENT).removeprefix(GUARD)
    if body.startswith("[") and _TWICE in body:
        body = _ESCAPED_TWICE.sub(r"\\\1", body)
    try:
        answer: JsonValue = json.loads(body)
    except (ValueError, RecursionError):
        raise LayoutChanged(field="réponse") from None
    wrapped = answer.get("d") if isinstance(answer, dict) else None
    return read_answer(wrapped) if isinstance(wrapped, str) else answer


def read_search(answer: JsonValue) -> SearchAnswer:
    """The place documents of a search answer; none where nothing was found.

    Raises:
        LayoutChanged: the answer tells of places, but their documents are not where they were.
    """
    documents = _search_documents(answer)
    if not documents and _mentions_place(answer):
        raise LayoutChanged(field="résultats")
    return SearchAnswer(text_at(answer, 0, 0), documents)


def place_document(answer: JsonValue) -> JsonValue:
    """The document of a place answer; None where there is none."""
    return at(answer, PLACE)


def at(document: JsonValue, *path: int) -> JsonValue:
    """What stands at `path`, such as `at(document, 4, 7)`; None where a step is missing or is no list."""
    for index in path:
        if not isinstance(document, list) or index >= len(document):
            return None
        document = document[index]
    return document


def list_at(document: JsonValue, *path: int) -> list[JsonValue]:
    """The list at `path`; empty where there is none."""
    value = at(document, *path)
    return value if isinstance(value, list) else []


def text_at(document: JsonValue, *path: int) -> str | None:
    """The text at `path` on one line, white space made plain; None where there is none or it is empty."""
    return " ".join((prose_at(document, *path) or "").split()) or None


def prose_at(document: JsonValue, *path: int) -> str | None:
    """The text at `path` with its lines; None where there is none or it is empty."""
    value = at(document, *path)
    if not isinstance(value, str):
        return None
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", text).strip() or None


def number_at(document: JsonValue, *path: int) -> float | None:
    """The number at `path`, at most 2^53 from zero; None where there is none."""
    value = at(document, *path)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Whole numbers of any length compare, which they don't survive as floats; nothing compares with "not a number".
    return float(value) if abs(value) <= INTEGER_MAX else None


def count_at(document: JsonValue, *path: int) -> int | None:
    """The whole number from zero on at `path`; None where there is none."""
    number = number_at(document, *path)
    return int(number) if number is not None and number >= 0 and number.is_integer() else None


def _search_documents(answer: JsonValue) -> tuple[JsonValue, ...]:
    for where, index in SEARCH_FORMS:
        documents = tuple(document for entry in list_at(answer, *where) if (document := list_at(entry, index)))
        if documents:
            return documents
    return ()


def _mentions_place(answer: JsonValue) -> bool:
    """Whether the id of a place stands anywhere in the answer."""
    waiting: list[JsonValue] = [answer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and _PLACE_ID.fullmatch(value):
            return True
    return False
