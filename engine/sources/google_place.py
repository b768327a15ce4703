"""A place document of Google Maps as a `Place`: one reader a column, each of which may find nothing.

Texts, hours and numbers follow the language that the page was asked in (`hl=fr`).
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from engine.rows.columns import fold
from engine.rows.types import Row, Value
from engine.sources.google_documents import LayoutChanged, count_at, list_at, number_at, text_at
from engine.sources.types import Place

NATIONAL = 1  # kind of a number's form; 2 is the international one
STARS = 5.0
DOCUMENTS_MIN = 20  # one full page of a search; a field that fewer places lack may well be unknown

PERMANENTLY, TEMPORARILY = "Fermé définitivement", "Fermé temporairement"

_FEATURE_ID = re.compile(r"0x[0-9a-f]+:0x[0-9a-f]+")
_PLACE_ID = re.compile(r"[\w-]{20,}", re.ASCII)
_GOOGLE = re.compile(r"(?:[\w-]+\.)*google(?:\.[a-z]{2,3}){1,2}", re.ASCII | re.IGNORECASE)
# Where the state stands as a text, such as `Ouvert ⋅ Ferme à 18:00`, and its words in the languages that a page may
# come in. Since 2026 a field that is otherwise for a highlight (`Brunch`) has it as one word, as others report.
_STATES = ((34, 4, 4), (203, 1, 4, 0))
_STATE_WORD = (88, 0)
_CLOSED = {
    "definitivement ferme": PERMANENTLY,
    "ferme definitivement": PERMANENTLY,
    "permanently closed": PERMANENTLY,
    "temporairement ferme": TEMPORARILY,
    "ferme temporairement": TEMPORARILY,
    "temporarily closed": TEMPORARILY,
}
_CLOSED_WORDS = {"CLOSED": PERMANENTLY, "CLOSED_PERMANENTLY": PERMANENTLY, "CLOSED_TEMPORARILY": TEMPORARILY}


def read_place(document: JsonValue) -> Place:
    """The business of a place document, with scrap's columns from `nom` to `horaires`; what is not told is None.

    Raises:
        LayoutChanged: its name, its id or its position can't be read.
    """
    row: Row = {column: read(document) for column, read in READERS.items()}
    for column in ("nom", "place_id"):
        if row[column] is None:
            raise LayoutChanged(field=column)
    found = position(document)
    if found is None:
        raise LayoutChanged(field="position")
    return Place(str(row["place_id"]), *found, row)


def read_places(documents: Sequence[JsonValue]) -> tuple[Place, ...]:
    """The businesses of one answer's documents, in their order. An odd document among good ones is left out.

    Raises:
        LayoutChanged: more than half of them can't be read.
    """
    places: list[Place] = []
    problems: list[LayoutChanged] = []
    for document in documents:
        try:
            places.append(read_place(document))
        except LayoutChanged as problem:
            problems.append(problem)
    if len(problems) > len(places):
        raise problems[0]
    return tuple(places)


def suspicious_fields(documents: Sequence[JsonValue]) -> tuple[str, ...]:
    """Columns that not one of 20 documents or more fills: Google has probably moved them. Fewer prove nothing.

    A search may still be for what has none (letter boxes have no telephone), so this is for a warning first.
    """
    if len(documents) < DOCUMENTS_MIN:
        return ()
    return tuple(column for column, read in READERS.items() if all(read(document) is None for document in documents))


def place_link(place_id: str) -> str:
    """The link of a place whose document has none; it stays the same from answer to answer."""
    return f"https://www.google.com/maps/place/?q=place_id:{place_id}"


def nom(document: JsonValue) -> str | None:
    name = text_at(document, 11)
    # Its neighbour is the feature id: one element more or less in front, and that would be the name.
    return None if name is None or _FEATURE_ID.fullmatch(name) else name


def site_web(document: JsonValue) -> str | None:
    """The business's own address: a link through Google's `/url?q=` is unwrapped."""
    return _outside(text_at(document, 7, 0) or "")


def telephone(document: JsonValue) -> str | None:
    """The national form, `01 42 36 10 10`."""
    forms = list_at(document, 178, 0, 1)
    national = next((form for form in forms if number_at(form, 1) == NATIONAL), None)
    return text_at(national, 0) or text_at(document, 178, 0, 0) or text_at(document, 178, 0, 3)


def adresse(document: JsonValue) -> str | None:
    """The address on one line, without the name in front."""
    with_name, name = text_at(document, 18) or "", nom(document) or ""
    stripped = with_name.removeprefix(name).lstrip(" ,") if with_name.startswith(f"{name},") else ""
    return text_at(document, 39) or stripped or None


def ville(document: JsonValue) -> str | None:
    return text_at(document, 183, 1, 3) or text_at(document, 82, 3)


def code_postal(document: JsonValue) -> str | None:
    return text_at(document, 183, 1, 4)


def categorie(document: JsonValue) -> str | None:
    """The first of its categories, which is the main one."""
    return text_at(document, 13, 0)


def note(document: JsonValue) -> float | None:
    """Mean of the stars, above 0 and up to 5."""
    rating = number_at(document, 4, 7)
    return rating if rating is not None and 0 < rating <= STARS else None


def nb_avis(document: JsonValue) -> int | None:
    """How many reviews: their number, or the sum of those with one star to five."""
    counts = [count_at(document, 175, 3, stars) for stars in range(5)]
    total = sum(count or 0 for count in counts) if None not in counts else None
    told = count_at(document, 4, 8)
    return total if told is None else told


def lien_google_maps(document: JsonValue) -> str | None:
    """The link that the document gives, without the language and session of the asker; else one by the place's id."""
    link, identifier = text_at(document, 27) or "", place_id(document)
    if link.startswith("https://") and "/data=!" in link:
        return link.partition("?")[0]
    return place_link(identifier) if identifier else None


def place_id(document: JsonValue) -> str | None:
    found = text_at(document, 78) or text_at(document, 227, 0, 4) or ""
    return found if _PLACE_ID.fullmatch(found) else None


def horaires(document: JsonValue) -> str | None:
    """`lundi: 09:00–12:00, 14:00–18:00; mardi: Fermé; ...` from Monday on, or that the place is closed for good."""
    return _closed(document) or _week(document)


def position(document: JsonValue) -> tuple[float, float] | None:
    """(latitude, longitude), degrees."""
    for path in ((9,), (208, 0)):
        latitude, longitude = number_at(document, *path, 2), number_at(document, *path, 3)
        if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None


# In the order of scrap's columns.
READERS: dict[str, Callable[[JsonValue], Value]] = {
    "nom": nom,
    "site_web": site_web,
    "telephone": telephone,
    "adresse": adresse,
    "ville": ville,
    "code_postal": code_postal,
    "categorie": categorie,
    "note": note,
    "nb_avis": nb_avis,
    "lien_google_maps": lien_google_maps,
    "place_id": place_id,
    "horaires": horaires,
}


def _outside(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        if parts.path == "/url" and (not parts.netloc or _GOOGLE.fullmatch(parts.netloc)):
            query = parse_qs(parts.query)
            url = (query.get("q") or query.get("url") or [""])[0]
            parts = urlsplit(url)
    except ValueError:  # an address that has no host
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _closed(document: JsonValue) -> str | None:
    state = fold(" ".join(text for path in (*_STATES, _STATE_WORD) if (text := text_at(document, *path))))
    told = next((text for words, text in _CLOSED.items() if words in state), None)
    return told or _CLOSED_WORDS.get(text_at(document, *_STATE_WORD) or "")


def _week(document: JsonValue) -> str | None:
    """The days with their hours, Monday first where the document says which day is which: it begins with today."""
    days = [_dated_day(day) for day in list_at(document, 34, 1)]
    if not any(hours for _, _, hours in days):
        days = [_numbered_day(day) for day in list_at(document, 203, 0)]
    told = [(number, f"{name}: {hours}") for number, name, hours in days if name and hours]
    if all(number for number, _ in told):
        told.sort(key=lambda day: day[0])
    return "; ".join(text for _, text in told) or None


def _dated_day(day: JsonValue) -> tuple[int, str | None, str]:
    """A day of [34]: its number from 1 for Monday (0 where it isn't told), its name, its hours."""
    try:
        number = date.fromisoformat(text_at(day, 4) or "").isoweekday()
    except ValueError:
        number = 0
    texts = list_at(day, 1)
    return number, text_at(day, 0), _hours([text_at(texts, index) for index in range(len(texts))])


def _numbered_day(day: JsonValue) -> tuple[int, str | None, str]:
    """A day of [203], likewise."""
    return count_at(day, 1) or 0, text_at(day, 0), _hours([text_at(part, 0) for part in list_at(day, 3)])


def _hours(texts: Sequence[str | None]) -> str:
    return ", ".join(text for text in texts if text)
