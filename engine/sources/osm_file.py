"""Reads the businesses of an OpenStreetMap extract.

Up to three passes, each over the elements it needs alone, so that the memory follows the number of businesses and not
the size of the file: named elements; the ways of the relations among them; the nodes of all these ways.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from osmium import FileProcessor
from osmium.filter import IdFilter, KeyFilter
from osmium.osm import NODE, WAY, Node, Relation, Way, osm_entity_bits

from engine.sources.errors import OsmFileUnreadable
from engine.sources.osm_places import BUSINESS_KEYS, Element, Point

# IdFilter is what a large file needs, but it takes 0.5 to 1.5 GB while it runs, however small the file.
FILTERED_FROM_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Outlined:
    """A way or relation before its nodes are known."""

    kind: str
    id: int
    tags: dict[str, str]
    nodes: Sequence[int]
    ways: Sequence[int] = ()


def businesses(path: Path) -> list[Element]:
    """Named nodes, ways and relations with one of BUSINESS_KEYS: nodes first, each kind by number.

    Elements that have no node inside the extract are left out. Blocks; call it in a thread.

    Raises:
        OsmFileUnreadable: not an OpenStreetMap file, or cut off.
    """
    try:
        return _read(path)
    except RuntimeError as error:
        raise OsmFileUnreadable from error


def _read(path: Path) -> list[Element]:
    found: list[Element] = []
    outlined: list[_Outlined] = []
    named = FileProcessor(str(path)).with_filter(KeyFilter("name"))
    for element in named.with_filter(KeyFilter(*BUSINESS_KEYS)):
        tags = {tag.k: tag.v for tag in element.tags}
        if isinstance(element, Node):
            found.append(Element("node", element.id, tags, (element.lat, element.lon)))
        elif isinstance(element, Way):
            outlined.append(_Outlined("way", element.id, tags, [node.ref for node in element.nodes]))
        elif isinstance(element, Relation):
            members = list(element.members)
            nodes = [member.ref for member in members if member.type == "n"]
            ways = [member.ref for member in members if member.type == "w"]
            outlined.append(_Outlined("relation", element.id, tags, nodes, ways))
    return [*found, *_placed(path, outlined)]


def _placed(path: Path, outlined: Sequence[_Outlined]) -> Iterator[Element]:
    nodes_of = _nodes_of_ways(path, {way for outline in outlined for way in outline.ways})
    outlines = [
        (outline, [*outline.nodes, *(node for way in outline.ways for node in nodes_of.get(way, ()))])
        for outline in outlined
    ]
    points = _points(path, {node for _, nodes in outlines for node in nodes})
    for outline, nodes in outlines:
        corners = [points[node] for node in nodes if node in points]
        if corners:
            yield Element(outline.kind, outline.id, outline.tags, _middle(corners))


def _nodes_of_ways(path: Path, ways: set[int]) -> dict[int, list[int]]:
    elements = _narrowed(path, WAY, ways) if ways else ()
    return {way.id: [node.ref for node in way.nodes] for way in elements if isinstance(way, Way) and way.id in ways}


def _points(path: Path, nodes: set[int]) -> dict[int, Point]:
    elements = _narrowed(path, NODE, nodes) if nodes else ()
    return {node.id: (node.lat, node.lon) for node in elements if isinstance(node, Node) and node.id in nodes}


def _narrowed(path: Path, kind: osm_entity_bits, ids: set[int]) -> FileProcessor:
    """Elements of one kind; of a large file, those with `ids` alone."""
    elements = FileProcessor(str(path), kind)
    return elements.with_filter(IdFilter(ids)) if path.stat().st_size > FILTERED_FROM_BYTES else elements


def _middle(corners: Iterable[Point]) -> Point:
    """The middle of the rectangle around the points."""
    latitudes, longitudes = zip(*corners, strict=True)
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
