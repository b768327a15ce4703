"""Places as the map's own page gets them: lists without names, where the position says what a value is.

Source: the layout of such documents as public readers of them describe it. A position that this world knows nothing
for holds null, as most do in life.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias
from urllib.parse import quote, quote_plus, urlsplit

from engine.sandbox.apis.maps_languages import Language
from engine.sandbox.apis.maps_reviews import histogram, reviewed
from engine.sandbox.apis.maps_search import Query, altitude, feature_id
from engine.sandbox.places import Place

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
PREFIX = ")]}'\n"  # so that no foreign page can run an answer as a script
MAPS = "https://www.google.com/maps"
PLACE_LENGTH, SEARCH_LENGTH, HEAD_LENGTH, PREVIEW_LENGTH = 244, 67, 12, 32
OPEN, CLOSED = 1, 2
WRAPPED_OF = 5  # one site in so many stands behind the map's own redirect


def written(document: Json) -> bytes:
    """An answer's body."""
    return (PREFIX + json.dumps(document, ensure_ascii=False, separators=(",", ":"))).encode()


def filled(length: int, values: Mapping[int, Json]) -> list[Json]:
    """A list of nulls but for these positions."""
    return [values.get(index) for index in range(length)]


def search_document(query: Query, places: Sequence[Place], *, total: int, told: Language, now: datetime) -> list[Json]:
    """The answer of a search. `places` are one page of its `total`; a search with one result has no entry before it."""
    event = event_id(f"{query.text}/{query.latitude}/{query.longitude}/{query.zoom}")
    documents = [place_document(place, told, today=now.date(), event=event, query=query.text) for place in places]
    entry: dict[int, Json] = {8: event, 9: _click(event, 0)}
    if total == 1:
        entries: list[Json] = [filled(15, {**entry, 10: [query.text, 0], 14: one}) for one in documents]
    else:
        entries = [filled(11, {**entry, 10: [query.text, 0]})]
        entries += [filled(15, {8: event, 9: _click(event, n), 14: one}) for n, one in enumerate(documents, 1)]
    stamp = str(round(now.timestamp() * 1_000))
    head = filled(HEAD_LENGTH, {0: query.text, 1: entries, 3: 1, 5: [stamp, [_zone(told)]], 11: 0})
    camera: list[Json] = [[altitude(query), query.longitude, query.latitude], [0, 0, 0], [1_024, 768], query.zoom]
    return filled(SEARCH_LENGTH, {0: head, 1: camera, 7: event, 9: [[[3], [5], [6], [7], [9], [10]]], 38: 0, 58: [1]})


def nothing_document(query: Query) -> list[Json]:
    """The answer of a search that found nothing."""
    return filled(SEARCH_LENGTH, {0: filled(HEAD_LENGTH, {0: query.text, 11: 0}), 7: event_id(query.text), 38: 0})


def preview_document(place: Place, told: Language, *, now: datetime) -> list[Json]:
    """The answer that a place's own panel is made of."""
    event = event_id(place.id)
    document = place_document(place, told, today=now.date(), event=event)
    counts = reviewed(place)
    more: dict[int, Json] = {
        27: f"{place_link(place)}!10m1!1e1" if place.cid % 4 else None,
        42: place_link(place).replace("/maps/place/", "/maps/preview/place/"),
        175: [None, [None, 1], 0, list[Json](histogram(counts)), [told.rate, told.share, 1]] if counts.count else None,
    }
    for index, value in more.items():
        document[index] = value
    business = place.business
    camera: list[Json] = [[3_281.0, business.longitude, business.latitude], [0, 0, 0], [1_024, 768], 13.1]
    stamp = str(round(now.timestamp() * 1_000))
    return filled(PREVIEW_LENGTH, {1: [], 4: camera, 6: document, 12: event, 31: [stamp, [_zone(told)]]})


def place_document(place: Place, told: Language, *, today: date, event: str, query: str = "") -> list[Json]:
    """One place: name [11], rating [4], site [7], position [9], hours [34], address [39] and [183], phone [178]."""
    business = place.business
    town, code = business.commune.name, business.commune.postal_code
    label = business.category.label if told.is_french else business.category.label_en
    parts = (business.street, f"{code} {town}", "France")
    address, feature = ", ".join(parts), feature_id(place)
    full, type_ = f"{business.name}, {address}", business.category.type
    named: list[Json] = [[7, [[text] for text in (business.name, *parts)]], [2, [[full]]], [1, [[address]]]]
    return filled(
        PLACE_LENGTH,
        {
            0: event,
            1: _click(event, place.cid & 0xFF),
            2: list[Json](parts),
            4: _rating(place, told, query),
            7: _site(place),
            9: [None, None, business.latitude, business.longitude],
            10: feature,
            11: business.name,
            13: [label],
            18: full,
            30: "Europe/Paris",
            34: _hours(place, told, today),
            39: address,
            61: 1,
            67: 1,
            76: [[type_]],
            78: place.id,
            82: [None, business.street, business.street, town],
            88: [None, f"SearchResult.TYPE_{type_.upper()}", None, business.name],
            89: f"/g/1{place.cid % 36**8:010x}",
            110: "fr",
            166: f"{town}, France",
            178: _phone(place),
            183: [
                [*named, [4, [[f"{town}, France"]]]],
                [None, business.street, business.street, town, code, None, "FR"],
            ],
            203: _calendar(place, told, today),
            208: [[None, None, business.latitude, business.longitude]],
            227: [[feature, None, None, f"/g/1{place.cid % 36**8:010x}", place.id, str(place.cid)]],
            243: "FR",
        },
    )


def place_link(place: Place) -> str:
    """The address of a place's page, as the list links it."""
    business = place.business
    spot = f"!8m2!3d{business.latitude}!4d{business.longitude}"
    data = f"!4m7!3m6!1s{feature_id(place)}{spot}!16s%2Fg%2F1{place.cid % 36**8:010x}!19s{place.id}"
    return f"{MAPS}/place/{quote_plus(business.name)}/data={data}"


def event_id(seed: str) -> str:
    """The id of an answer, which the page sends along with later requests."""
    return base64.urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()[:16]).decode().rstrip("=")


def _click(event: str, number: int) -> str:
    return f"0ahUKEwi{event[:12]}Q8BcI{number:x}"


def _zone(told: Language) -> list[Json]:
    return ["Europe/Paris", ["CET", told.time_zone], 60]


def _rating(place: Place, told: Language, query: str) -> Json:
    if place.rating is None:
        return None
    link = (
        f"https://search.google.com/local/reviews?placeid={place.id}&q={quote(query)}&authuser=0&hl={told.code}&gl=FR"
    )
    return filled(9, {3: [link, told.reviews.format(place.reviews), None, None], 7: place.rating, 8: place.reviews})


def _site(place: Place) -> Json:
    if place.website is None:
        return None
    host = (urlsplit(place.website).hostname or "").removeprefix("www.")
    wrapped = f"/url?q={quote(place.website, safe='')}&opi=79508299&sa=U"
    return [place.website if place.cid % WRAPPED_OF else wrapped, host, None, None]


def _phone(place: Place) -> list[Json]:
    national = place.business.phone
    international = f"+33 {national[1:]}"
    plain = international.replace(" ", "")
    return [[national, [[national, 1], [international, 2]], None, plain, None, [f"tel:{plain}", None, None, None]]]


def _hours(place: Place, told: Language, today: date) -> Json:
    """[1] the week from today on, [4] today and the state in words, [4][4]."""
    if place.status != "OPERATIONAL":
        return filled(7, {4: [None, None, None, None, told.states[place.status]]})
    days = [_day(place, told, today + timedelta(days=ahead)) for ahead in range(7)] if place.hours else []
    if not days:
        return filled(6, {5: 1})
    first = days[0]
    is_open = isinstance(first, list) and first[5] == OPEN
    state = told.open if is_open else told.closed
    return filled(7, {1: days, 4: [first, 1, 1 if is_open else 5, 0, state], 6: first})


def _day(place: Place, told: Language, day: date) -> Json:
    spans = _spans(place, day)
    kind = OPEN if spans else CLOSED
    texts: list[Json] = [f"{told.time(a, b)}–{told.time(c, d)}" for a, b, c, d in spans] or [told.closed]
    times: Json = [[a, b, c, d] for a, b, c, d in spans] or None
    return [told.days[day.weekday()], texts, None, None, day.isoformat(), kind, times, 0]


def _calendar(place: Place, told: Language, today: date) -> Json:
    """The same week in a newer form."""
    if place.status != "OPERATIONAL" or not place.hours:
        return None
    week: list[Json] = []
    for day in (today + timedelta(days=ahead) for ahead in range(7)):
        spans = _spans(place, day)
        texts: list[Json] = [[f"{told.time(a, b)}–{told.time(c, d)}", [[a, b], [c, d]]] for a, b, c, d in spans]
        date_: list[Json] = [day.year, day.month, day.day]
        week.append(
            [told.days[day.weekday()], day.isoweekday(), date_, texts or [[told.closed]], 0, OPEN if spans else CLOSED]
        )
    return [week, [week[0], 0, 1]]


def _spans(place: Place, day: date) -> list[tuple[int, int, int, int]]:
    """When it is open on a day: hour and minute of each begin and end."""
    text = place.hours[day.weekday()].partition(": ")[2]
    if " – " not in text:
        return []
    found: list[tuple[int, int, int, int]] = []
    for span in text.split(", "):
        begin, _, end = span.partition(" – ")
        hours = [int(part) for time in (begin, end) for part in time.split(":")]
        found.append((hours[0], hours[1], hours[2], hours[3]))
    return found
