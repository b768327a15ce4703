"""Where a page says what its owner's logo, favicon and colour are: candidates with a score, the best first.

A logo in the header that leads home says most; then what the owner declares to search engines (`logo` of schema.org);
then the icons for home screens (Web App Manifest, `apple-touch-icon`, `mask-icon`), which are marks cut to a square;
then `og:image` (https://ogp.me), which is a photograph as often as not. Logos of others are on every page, too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from engine.extract.json_ld import read_json_ld
from engine.extract.logos import Candidate, LogoSource, address_of, drawn_logos, path_of
from engine.extract.pages import absolute
from engine.extract.palette import Rgb, is_black, is_white, read_color
from engine.rows.types import Value

ColorSource = Literal["theme-color", "logo", "manifest", "tile-color", "favicon"]

ICONS_MAX = 30
JSON_DEPTH_MAX = 8

# What the places are worth; an image in the page is worth what its names and its place say.
SCORES: Mapping[LogoSource, int] = {
    "json-ld": 85,
    "manifest": 48,
    "apple-touch-icon": 46,
    "mask-icon": 42,
    "tile-image": 40,
    "og:image": 20,
}
# Colours that tools write into every page, whatever the brand.
TOOLS_COLORS: frozenset[Rgb] = frozenset(
    ((0x2B, 0x57, 0x97), (0xDA, 0x53, 0x2C), (0x2D, 0x89, 0xEF), (0x00, 0xAB, 0xA9))
)

_SIZE = re.compile(r"(\d{1,4})\s?x\s?(\d{1,4})", re.IGNORECASE)
# Keys of JSON-LD under which stand others than the site's owner.
_OTHERS = frozenset(
    ("brand", "sponsor", "funder", "manufacturer", "memberof", "member", "review", "seller", "client", "itemreviewed")
)


class Icon(NamedTuple):
    """A favicon; `rank` grows with its quality: the pixels of a side, more for drawings that have none."""

    url: str
    rank: int


class Brand(NamedTuple):
    """What a page says. Logos best first, favicons best first, `colors` as told by metas in their order."""

    logos: tuple[Candidate, ...]
    icons: tuple[Icon, ...]
    manifest: str
    colors: tuple[tuple[ColorSource, Rgb], ...]


class Manifest(NamedTuple):
    """What a web app manifest says."""

    logos: tuple[Candidate, ...]
    color: Rgb | None


def read_brand(tree: LexborHTMLParser, url: str) -> Brand:
    """What the page at `url` says of its owner's brand. Never raises, whatever the page."""
    base_node = tree.css_first("base[href]")
    base = (absolute(base_node.attributes.get("href") or "", url) if base_node else "") or url
    links, metas = list(_links(tree)), _metas(tree)
    logos = [
        *drawn_logos(tree, base, url),
        *_declared(tree, base),
        *_icons_for_screens(links, metas, base),
        *_shared(metas, base),
    ]
    manifest = next((href for rel, href, _ in links if "manifest" in rel), "")
    return Brand(_ranked(logos), _favicons(links, base), absolute(manifest, base), tuple(_colors(tree, metas)))


def merged(brands: Sequence[Brand]) -> Brand:
    """What a page and its frames say together; what comes first counts more where it is equal."""
    logos = [one for brand in brands for one in brand.logos]
    icons = {one.url: one for brand in reversed(brands) for one in brand.icons}
    return Brand(
        _ranked(logos),
        tuple(sorted(icons.values(), key=lambda one: -one.rank)),
        next((brand.manifest for brand in brands if brand.manifest), ""),
        tuple(color for brand in brands for color in brand.colors),
    )


def read_manifest(thing: Value, url: str) -> Manifest:
    """What a web app manifest at `url` says; nothing of what is none."""
    if not isinstance(thing, dict):
        return Manifest((), None)
    icons = thing.get("icons")
    named = [icon for icon in icons[:ICONS_MAX] if isinstance(icon, dict)] if isinstance(icons, list) else []
    sized = [(_side(str(icon.get("sizes") or "")), absolute(str(icon.get("src") or ""), url)) for icon in named]
    _, best = max(sized, key=lambda entry: entry[0], default=(0, ""))
    color = thing.get("theme_color")
    own = read_color(color) if isinstance(color, str) else None
    logos = (Candidate("manifest", SCORES["manifest"], best),) if best else ()
    return Manifest(logos, own if own and is_brand_color(own) else None)


def is_brand_color(color: Rgb) -> bool:
    """Whether a declared colour says anything: no white, no black, none that a tool writes for everybody."""
    return not (is_white(color) or is_black(color) or color in TOOLS_COLORS)


def _ranked(logos: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each picture once, the best first; as they stand where they are equal."""
    best = {one.url or one.markup: one for one in sorted(logos, key=lambda one: one.score)}
    return tuple(sorted(best.values(), key=lambda one: -one.score))


def _links(tree: LexborHTMLParser) -> Iterator[tuple[list[str], str, Mapping[str, str | None]]]:
    """Each `link` with a target: the words of its `rel`, its target as written, its attributes."""
    for node in tree.css("link[rel][href]")[: 10 * ICONS_MAX]:
        attributes = node.attributes
        yield (attributes.get("rel") or "").lower().split(), (attributes.get("href") or "").strip(), attributes


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """The first content of each meta element, by its name or property."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:300]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        found.setdefault(name.lower(), (attributes.get("content") or "").strip())
    return found


def _favicons(links: Sequence[tuple[list[str], str, Mapping[str, str | None]]], base: str) -> tuple[Icon, ...]:
    icons: dict[str, Icon] = {}
    for rel, href, attributes in links:
        if "icon" in rel and (url := address_of(href, base)):
            icons.setdefault(url, Icon(url, _rank(url, attributes)))
    return tuple(sorted(icons.values(), key=lambda icon: -icon.rank)[:ICONS_MAX])


def _rank(url: str, attributes: Mapping[str, str | None]) -> int:
    kind, path = (attributes.get("type") or "").lower(), url[:40] if url[:5] == "data:" else path_of(url).lower()
    if "svg" in kind or path.endswith(".svg") or "svg" in path[:20] or attributes.get("sizes") == "any":
        # `sizes=any` beside `.ico` is what a well-known recipe writes, to be chosen after the drawing.
        return 20 if path.endswith(".ico") else 10_000
    return _side(attributes.get("sizes") or "") or (30 if path.endswith((".ico", ".gif")) else 40)


def _side(sizes: str) -> int:
    """The largest side that is named, in pixels; `any` stands for a drawing."""
    if "any" in sizes.lower():
        return 512
    return max((min(int(width), int(height)) for width, height in _SIZE.findall(sizes[:200])), default=0)


def _icons_for_screens(
    links: Sequence[tuple[list[str], str, Mapping[str, str | None]]], metas: Mapping[str, str], base: str
) -> Iterator[Candidate]:
    touch = [
        (_side(attributes.get("sizes") or "") or 57, href)
        for rel, href, attributes in links
        if "apple-touch-icon" in rel or "apple-touch-icon-precomposed" in rel
    ]
    for _, href in sorted(touch, key=lambda entry: -entry[0])[:1]:
        if url := address_of(href, base):
            yield Candidate("apple-touch-icon", SCORES["apple-touch-icon"], url)
    for rel, href, _ in links:
        if "mask-icon" in rel and (url := address_of(href, base)):
            yield Candidate("mask-icon", SCORES["mask-icon"], url)
    if url := address_of(metas.get("msapplication-tileimage", ""), base):
        yield Candidate("tile-image", SCORES["tile-image"], url)


def _shared(metas: Mapping[str, str], base: str) -> Iterator[Candidate]:
    """What the page is shown with where it is shared. `og:logo` is none of the protocol's, and means what it says."""
    if url := address_of(metas.get("og:logo", ""), base):
        yield Candidate("og:image", SCORES["json-ld"], url)
    if url := address_of(metas.get("og:image", ""), base):
        named = "logo" in path_of(url).rpartition("/")[2].lower()
        yield Candidate("og:image", SCORES["og:image"] + 30 * named, url)


def _declared(tree: LexborHTMLParser, base: str) -> Iterator[Candidate]:
    """The `logo` of JSON-LD and of microdata."""
    for node in tree.css('script[type^="application/ld+json"]')[:20]:
        for thing in read_json_ld(node.text()):
            for target in _logos_of(thing, 0):
                if url := address_of(target, base):
                    yield Candidate("json-ld", SCORES["json-ld"], url)
    for node in tree.css('link[itemprop="logo"][href], meta[itemprop="logo"][content]')[:3]:
        attributes = node.attributes
        if url := address_of(attributes.get("href") or attributes.get("content") or "", base):
            yield Candidate("json-ld", SCORES["json-ld"], url)


def _logos_of(thing: Value, depth: int) -> Iterator[str]:
    if depth > JSON_DEPTH_MAX:
        return
    if isinstance(thing, list):
        for part in thing:
            yield from _logos_of(part, depth + 1)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key.lower() == "logo":
                yield from _targets(value)
            elif key.lower() not in _OTHERS and isinstance(value, list | dict):
                yield from _logos_of(value, depth + 1)


def _targets(logo: Value) -> Iterator[str]:
    for one in logo if isinstance(logo, list) else [logo]:
        if isinstance(one, dict):
            one = one.get("url") or one.get("contentUrl") or ""
        if isinstance(one, str) and one:
            yield one


def _colors(tree: LexborHTMLParser, metas: Mapping[str, str]) -> Iterator[tuple[ColorSource, Rgb]]:
    """What the page declares. A colour for dark screens alone comes after the one for light screens."""
    themes = [node.attributes for node in tree.css('meta[name="theme-color" i][content]')[:5]]
    themes.sort(key=lambda attributes: "dark" in (attributes.get("media") or ""))
    told: list[tuple[ColorSource, str]] = [("theme-color", attributes.get("content") or "") for attributes in themes]
    told.append(("tile-color", metas.get("msapplication-tilecolor", "")))
    for source, text in told:
        color = read_color(text)
        if color and is_brand_color(color):
            yield source, color
