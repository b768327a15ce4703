"""places.googleapis.com: Text Search of the Places API (New).

Source: Google's public documentation of `POST /v1/places:searchText`. Kept: the key and the field mask are required,
20 results a page, 60 in all, a page token belongs to the search that gave it, a rectangle is a restriction, results
come in a stable order, an empty answer is `{}`.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from engine.sandbox.apis.place_json import FIELDS, SUBFIELDS, place_json
from engine.sandbox.communes import COMMUNES
from engine.sandbox.draw import folded, words
from engine.sandbox.epochs import Epoch
from engine.sandbox.http import Reply, Request, reply
from engine.sandbox.places import Place

PLACES_HOST = "places.googleapis.com"
API_KEY = "sandbox-places-key"
PAGE_MAX = 20
RESULTS_MAX = 60
JSON = "application/json; charset=UTF-8"
SMALL_WORDS = frozenset(words("a à au aux d de des du en et in l la le les near of pres un une"))

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Rectangle: TypeAlias = tuple[float, float, float, float]  # south, west, north, east


class ApiError(Exception):
    """An error in Google's shape."""

    def __init__(self, code: int, status: str, message: str, *, reason: str | None = None) -> None:
        self.code = code
        error: dict[str, object] = {"code": code, "message": message, "status": status}
        if reason:
            domain, kind = "googleapis.com", "type.googleapis.com/google.rpc.ErrorInfo"
            metadata = {"service": PLACES_HOST}
            error["details"] = [{"@type": kind, "reason": reason, "domain": domain, "metadata": metadata}]
        self.body = json.dumps({"error": error}, indent=2).encode()
        super().__init__(message)


def _invalid(message: str, *, reason: str | None = None) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message, reason=reason)


@dataclass(frozen=True, slots=True)
class Search:
    """One request's parameters, checked."""

    text: str
    page_size: int
    offset: int
    language: str
    rectangle: Rectangle | None


class PlacesApi:
    """Answers searches over the places of the epoch that it is: `epoch_now` is asked before each answer."""

    def __init__(self, epochs: Sequence[Epoch], epoch_now: Callable[[], int]) -> None:
        self._epochs, self._epoch_now = epochs, epoch_now
        self._indexed, self._places = 0, _index(epochs[0])
        self._communes = {word for commune in COMMUNES for word in folded_words(commune.name)}

    def answer(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except ApiError as error:
            return reply(error.code, error.body, content_type=JSON)

    def _answer(self, request: Request) -> Reply:
        if request.path != "/v1/places:searchText":
            raise ApiError(404, "NOT_FOUND", "Method not found.")
        if request.method != "POST":
            raise ApiError(405, "UNIMPLEMENTED", "Text Search is a POST request.")
        _check_key(request.headers.get("x-goog-api-key"))
        mask = read_mask(request.headers.get("x-goog-fieldmask"))
        search = read_search(request.body)
        self._turn_to_now()
        found = self._found(search)[:RESULTS_MAX]
        page = found[search.offset : search.offset + search.page_size]
        end = search.offset + len(page)
        document: dict[str, Json] = {}
        if page and "places" in mask:
            shown = [project(place_json(place, search.language), mask["places"]) for place in page]
            document["places"] = cast("list[Json]", shown)
        if end < len(found) and "nextPageToken" in mask:
            document["nextPageToken"] = _token(search, end)
        return reply(200, json.dumps(document, ensure_ascii=False).encode(), content_type=JSON)

    def _turn_to_now(self) -> None:
        try:
            now = self._epoch_now()
        except ValueError as error:
            raise ApiError(500, "INTERNAL", f"The sandbox does not know its epoch: {error}.") from None
        if now != self._indexed:
            self._indexed, self._places = now, _index(self._epochs[now])

    def _found(self, search: Search) -> list[Place]:
        asked = folded_words(search.text)
        towns = {word for word in asked if word in self._communes}
        wanted = set(asked) - towns
        return [
            place
            for place, known in self._places
            if wanted <= known
            and (not towns or towns & set(folded_words(place.business.commune.name)))
            and (search.rectangle is None or _inside(place, search.rectangle))
        ]


def _index(epoch: Epoch) -> list[tuple[Place, frozenset[str]]]:
    """Each place with the words that find it."""
    return [(place, frozenset((*place.words, *folded_words(place.business.name)))) for place in epoch.places]


def folded_words(text: str) -> tuple[str, ...]:
    """Folded words without articles and plurals."""
    cut = "".join(character if character.isalnum() else " " for character in folded(text))
    kept = (word for word in cut.split() if word not in SMALL_WORDS)
    return tuple(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in kept)


def _inside(place: Place, rectangle: Rectangle) -> bool:
    south, west, north, east = rectangle
    return south <= place.business.latitude <= north and west <= place.business.longitude <= east


def _check_key(key: str | None) -> None:
    if not key:
        raise ApiError(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key.",
        )
    if key != API_KEY:
        raise _invalid("API key not valid. Please pass a valid API key.", reason="API_KEY_INVALID")


Mask: TypeAlias = "dict[str, Mask]"


def read_mask(header: str | None) -> Mask:
    """The tree of asked fields; an empty dict below a name means all of it.

    Raises:
        ApiError: no mask, or a field that does not exist.
    """
    if not header:
        raise _invalid("FieldMask is a required parameter: set the header 'X-Goog-FieldMask', for example to '*'.")
    tree: Mask = {}
    for path in header.split(","):
        names = path.split(".")
        known = path == "*" or names[0] == "nextPageToken" or (names[0] == "places" and _is_field(names[1:]))
        if not known:
            raise _invalid(f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'.")
        if path == "*":
            return {"places": {}, "nextPageToken": {}}
        _plant(tree, names)
    return tree


def _is_field(names: list[str]) -> bool:
    if not names or names == ["*"]:
        return True
    below = SUBFIELDS.get(names[0])
    return names[0] in FIELDS and (len(names) == 1 or below is None or names[1] in below)


def _plant(tree: Mask, names: list[str]) -> None:
    """Add one path; a path that is a part of one already there adds nothing."""
    for place, name in enumerate(names):
        if name == "*":
            tree.clear()
            return
        if name in tree and not tree[name]:
            return
        tree = tree.setdefault(name, {})
        if place == len(names) - 1:
            tree.clear()


def project(document: dict[str, Json], mask: Mask) -> dict[str, Json]:
    """The asked part of a document."""
    if not mask:
        return document
    found: dict[str, Json] = {}
    for name, below in mask.items():
        value = document.get(name)
        if isinstance(value, dict):
            found[name] = project(value, below)
        elif isinstance(value, list):
            found[name] = [project(one, below) if isinstance(one, dict) else one for one in value]
        elif value is not None:
            found[name] = value
    return found


def read_search(body: bytes) -> Search:
    """The request's parameters.

    Raises:
        ApiError: no JSON object, no text, a wrong size, rectangle or token.
    """
    try:
        given = json.loads(body)
    except ValueError:
        raise _invalid("Invalid JSON payload received.") from None
    if not isinstance(given, dict):
        raise _invalid("Invalid JSON payload received.")
    fields = cast("dict[str, Json]", given)
    text = fields.get("textQuery")
    if not isinstance(text, str) or not text.strip():
        raise _invalid("Empty text_query.")
    size = fields.get("pageSize") or fields.get("maxResultCount") or PAGE_MAX
    if not isinstance(size, int) or size < 0:
        raise _invalid("page_size must be between 0 and 20.")
    language = fields.get("languageCode")
    search = Search(
        text=text,
        page_size=min(size, PAGE_MAX),
        offset=0,
        language=language if isinstance(language, str) else "en",
        rectangle=_rectangle(fields.get("locationRestriction")),
    )
    token = fields.get("pageToken")
    return _at(search, token) if isinstance(token, str) and token else search


def _rectangle(restriction: Json) -> Rectangle | None:
    if restriction is None:
        return None
    try:
        corners = cast("dict[str, dict[str, dict[str, float]]]", restriction)["rectangle"]
        low, high = corners["low"], corners["high"]
        rectangle = (low["latitude"], low["longitude"], high["latitude"], high["longitude"])
    except (KeyError, TypeError):
        raise _invalid("Invalid location restriction: a rectangle with low and high is needed.") from None
    if rectangle[0] > rectangle[2]:
        raise _invalid("Invalid rectangle viewport: low.latitude must not be greater than high.latitude.")
    return rectangle


def _digest(search: Search) -> str:
    """Everything but the page: a token is only good for the search that gave it."""
    key = repr((search.text, search.page_size, search.language, search.rectangle))
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def _token(search: Search, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{_digest(search)}".encode()).decode()


def _at(search: Search, token: str) -> Search:
    wrong = _invalid("Request parameters must match the request that the page token came from.")
    try:
        offset, _, digest = base64.urlsafe_b64decode(token).decode().partition(":")
        start = int(offset)
    except ValueError:
        raise wrong from None
    if digest != _digest(search):
        raise wrong
    return Search(search.text, search.page_size, start, search.language, search.rectangle)
