"""What structured data says of the business that a site belongs to, and not of those who made or paid for it. Pure.

An object is somebody else by the property that leads to it (https://schema.org/creator, `sponsor`, …), whether it is
written in its place or named by its `@id`.
"""

from collections.abc import Iterator, Sequence

from engine.extract.json_ld import DEPTH_MAX
from engine.extract.pages import is_same_site
from engine.rows.sites import is_aggregator
from engine.rows.types import Value

# Properties, in lower case, of whoever made or paid for something.
_MAKERS = frozenset(
    (
        *("creator", "author", "maker", "contributor", "editor", "translator", "producer", "sponsor", "funder"),
        *("sdpublisher", "accountableperson", "memberof", "affiliation", "recognizingauthority"),
    )
)
# Those of a service or an offer are the business itself, unless they have a site of their own.
_PARTNERS = frozenset(("provider", "publisher", "seller", "broker", "organizer", "brand", "manufacturer"))
_SITES = frozenset(("WebSite", "WebPage", "WebApplication", "SoftwareApplication", "CreativeWork"))


def own_values(things: Value, names: Sequence[str], *, page: str) -> Iterator[tuple[str, str]]:
    """Each text that the site's own business has under one of the keys `names`, at any depth, behind its key.

    `things` are objects as `read_json_ld` gives them; `page` is the address where they stand.
    """
    met = list(_objects(things, page, frozenset()))
    # Who wrote a page and publishes it as well is the business itself.
    named = {_id(thing) for thing, is_own in met if is_own and len(thing) == 1}
    others = frozenset(_id(thing) for thing, is_own in met if not is_own) - named - {""}
    for thing, is_own in _objects(things, page, others) if others else met:
        if is_own:
            for name in names:
                for text in _listed(thing.get(name)):
                    if isinstance(text, str):
                        yield name, text


def _objects(
    thing: Value, page: str, others: frozenset[str], *, is_own: bool = True, depth: int = 0
) -> Iterator[tuple[dict[str, Value], bool]]:
    """Each object and whether it is the business's own; what stands in another's is left out.

    `others` are the `@id` of those that are somebody else wherever they stand.
    """
    if isinstance(thing, list):
        for part in thing if depth <= DEPTH_MAX else ():
            yield from _objects(part, page, others, is_own=is_own, depth=depth + 1)
    elif isinstance(thing, dict):
        is_here = _is_at(thing, page)
        is_own = is_here is True or (is_own and _id(thing) not in others)
        yield thing, is_own
        for key, value in thing.items() if is_own and depth <= DEPTH_MAX else ():
            if isinstance(value, list | dict):
                for part in _listed(value):
                    is_part = not _leads_to_others(thing, key.lower(), part, page)
                    yield from _objects(part, page, others, is_own=is_part, depth=depth + 1)


def _leads_to_others(thing: dict[str, Value], key: str, value: Value, page: str) -> bool:
    if key in _MAKERS:
        return True
    if key not in _PARTNERS:
        return False
    of_site = key == "provider" and any(str(kind) in _SITES for kind in _listed(thing.get("@type")))
    return of_site or (isinstance(value, dict) and _is_at(value, page) is False)


def _is_at(thing: dict[str, Value], page: str) -> bool | None:
    """Whether an object's own address is one of the page's site; None where it gives none, or a profile."""
    url = thing.get("url")
    if not isinstance(url, str) or not url.startswith("http") or is_aggregator(url):
        return None
    return is_same_site(url, page)


def _id(thing: dict[str, Value]) -> str:
    return str(thing.get("@id") or "")


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]
