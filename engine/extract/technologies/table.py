"""The signatures of technologies, read from TOML.

One table is one technology; its key is the slug. `name`, `category` and `proof` (the vendor's documentation, or "seen
in real pages") are required; `also` (further categories), `website` and `implies` (slugs) may follow. Then what shows
it, by place:

    meta.NAME, header.NAME = 'regex'     '' = present; NAME in lower case
    cookie = ["prefix"]                  of a cookie's name, any case
    script, link, frame, image, form     addresses that the page loads, frames or sends to
    inline                               code inside the page
    code                                 `script` and `inline` together
    dom = ["css selector"]
    comment                              what a system signs a page with, in a comment without markup

A pattern of an address or of code is a literal in lower case, or `{ has = literal, match = regex }`: the regex is tried
around the literal only. A selector is tried where its longest word, or its `has`, stands among classes, ids, names of
attributes and types. Any pattern may be a table with `confidence` (percent, 100 unless told). The first group of a
regex is the version. A literal that begins with one slash is a path: at full weight on the site's own host only.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

Place = Literal["script", "link", "frame", "image", "form", "inline", "dom", "comment", "meta", "header", "cookie"]
Tier = Literal["business", "site", "infrastructure"]

PLACES: tuple[Place, ...] = get_args(Place)
ALIASES: Mapping[str, tuple[Place, ...]] = {"code": ("script", "inline")}
NAMED: tuple[Place, ...] = ("meta", "header")
CERTAIN = 100
LITERAL_MIN = 3  # shorter ones would be found everywhere
_CATEGORIES: Mapping[Tier, tuple[str, ...]] = {
    "business": (
        *("analytics", "ads_pixel", "tag_manager", "consent", "audience", "ab_testing", "visitor_identification"),
        *("ecommerce", "payment", "booking", "chat", "crm", "email_marketing", "marketing_automation", "forms"),
        *("reviews", "publisher_ads", "affiliate", "push"),
    ),
    "site": (
        *("cms", "page_builder", "theme", "plugin", "seo", "framework", "static_site_generator", "library"),
        *("css_framework", "font", "map", "video", "captcha", "security", "search", "translation", "comments"),
        *("social_widget", "accessibility", "monitoring"),
    ),
    "infrastructure": ("server", "language", "cdn", "hosting", "cache"),
}
TIERS: Mapping[str, Tier] = {category: tier for tier, named in _CATEGORIES.items() for category in named}
_FACTS = frozenset(("name", "category", "also", "website", "proof", "implies"))
_WORD = re.compile(r"[A-Za-z_][\w-]+")


class BadSignature(ValueError):
    """A signature that can't be used. The message names the technology and what to change."""


@dataclass(frozen=True, slots=True, eq=False)  # each is itself: looked up often, compared never
class Pattern:
    """One sign of one technology. `name` is that of a header or meta, `literal` what the automaton looks for."""

    slug: str
    place: Place
    name: str = ""
    literal: str = ""
    match: str = ""  # '' = the literal (or the presence of the name) is enough
    css: str = ""
    confidence: int = CERTAIN

    @property
    def is_path(self) -> bool:
        """Whether it names a path, which anybody's server may have."""
        return self.literal[:1] == "/" and self.literal[:2] != "//"


@dataclass(frozen=True, slots=True)
class Technology:
    slug: str
    name: str
    categories: tuple[str, ...]  # the first one is its own
    proof: str
    website: str = ""
    implies: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = field(default=(), repr=False)

    @property
    def category(self) -> str:
        return self.categories[0]

    @property
    def tier(self) -> Tier:
        return TIERS[self.category]


def read_technologies(folder: Path) -> dict[str, Technology]:
    """The technologies of all TOML files of a folder, by slug.

    Raises:
        BadSignature, tomllib.TOMLDecodeError: the first fault found.
    """
    found: dict[str, Technology] = {}
    for file in sorted(folder.glob("*.toml")):
        for slug, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if slug in found:
                raise BadSignature(f"{slug} is declared twice; keep one of the two tables")
            found[slug] = _technology(slug, table)
    for technology in found.values():
        if unknown := [slug for slug in technology.implies if slug not in found]:
            raise BadSignature(f"{technology.slug} implies {', '.join(unknown)}, which no table declares")
    return found


def _technology(slug: str, table: Mapping[str, Any]) -> Technology:
    if absent := {"name", "category", "proof"} - set(table):
        raise BadSignature(f"{slug} has no {', '.join(sorted(absent))}; add it to its table")
    categories = (table["category"], *table.get("also", ()))
    if unknown := [category for category in categories if category not in TIERS]:
        raise BadSignature(f"{slug} has the category {unknown[0]}; expected one of {', '.join(TIERS)}")
    return Technology(
        slug=slug,
        name=table["name"],
        categories=categories,
        proof=table["proof"],
        website=table.get("website", ""),
        implies=tuple(table.get("implies", ())),
        patterns=tuple(_patterns(slug, table)),
    )


def _patterns(slug: str, table: Mapping[str, Any]) -> Iterator[Pattern]:
    for key in table.keys() - _FACTS:
        if key not in PLACES and key not in ALIASES:
            raise BadSignature(f"{slug} has the place {key}; expected one of {', '.join((*PLACES, *ALIASES))}")
    for key in (*PLACES, *ALIASES):
        given = table.get(key, ())
        for place in ALIASES.get(key, (cast("Place", key),)):
            if place in NAMED:
                yield from (_named(slug, place, name, value) for name, value in dict(given).items())
            else:
                yield from (_listed(slug, place, value) for value in given)


def _named(slug: str, place: Place, name: str, given: str | Mapping[str, Any]) -> Pattern:
    value: Mapping[str, Any] = {"match": given} if isinstance(given, str) else given
    return Pattern(slug, place, name=name, match=value["match"], confidence=value.get("confidence", CERTAIN))


def _listed(slug: str, place: Place, given: str | Mapping[str, Any]) -> Pattern:
    value: Mapping[str, Any] = {"css" if place == "dom" else "has": given} if isinstance(given, str) else given
    css = value.get("css", "")
    literal = (value["has"] if "has" in value else max(_WORD.findall(css), key=len)).lower()
    if len(literal) < LITERAL_MIN:
        raise BadSignature(f"{slug} looks for {literal!r}, which is too short to tell anything")
    confidence = value.get("confidence", CERTAIN)
    return Pattern(slug, place, literal=literal, match=value.get("match", ""), css=css, confidence=confidence)
