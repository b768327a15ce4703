"""The colours of an SVG, by the room that its shapes take: near enough to choose among a handful.

Shapes are measured by the box around their points; what their transforms and clips do is not looked at.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple
from xml.etree import ElementTree as Xml

from engine.extract.palette import Rgb, Shade, read_color
from engine.extract.svg import DRAWN

NUMBERS_MAX = 5_000  # of one path that are read
SHAPES_MAX = 5_000
CLASSES_MAX = 10  # of one shape that are looked up
COLORS_MAX = 20
BLACK: Rgb = (0, 0, 0)

_NUMBER = re.compile(r"[-+]?(?:\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})(?:e[-+]?\d{1,2})?", re.IGNORECASE)
_STEP = re.compile(r"([mlhvcsqtaz])([^mlhvcsqtaz]{0,20000})", re.IGNORECASE)
_CLASS = re.compile(r"\.([\w-]{1,60})")
_FILL = re.compile(r"(?:^|[;\s])(fill|stroke|stop-color)\s{0,9}:\s{0,9}([^;]{1,60})")
_REFERENCE = re.compile(r"url\(\s{0,9}[\"']?#([^\"')\s]{1,100})")
# How many numbers a step of a path takes; the last two are where it leads.
_TAKES = {"m": 2, "l": 2, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}

_Rules = Mapping[str, Mapping[str, str]]  # what is declared of each class, by property


class SvgFacts(NamedTuple):
    """Size in the picture's own units, 0 where it names none, and its colours, most of it first."""

    width: float
    height: float
    shades: tuple[Shade, ...]


class _Paint(NamedTuple):
    """What is inherited: the fill and the stroke, as written."""

    fill: str
    stroke: str


def facts_of_svg(root: Xml.Element) -> SvgFacts:
    """What a sanitised SVG shows."""
    box = [float(number) for number in _NUMBER.findall(root.get("viewBox", ""))[:4]]
    width, height = (box[2], box[3]) if len(box) == 4 else (_length(root.get("width")), _length(root.get("height")))
    rules = _rules(root)
    stops = {node.get("id", ""): _stops(node, rules) for node in root.iter() if _name(node).endswith("Gradient")}
    room: defaultdict[Rgb, float] = defaultdict(float)
    for node, paint in islice(_shapes(root, rules), SHAPES_MAX):
        area = _area(node) or 1.0
        for color in _colors(paint.fill, stops):
            room[color] += area
        if paint.fill == "none":
            for color in _colors(paint.stroke, stops):
                room[color] += area / 10
    total = sum(room.values()) or 1.0
    first = sorted(room.items(), key=lambda entry: -entry[1])[:COLORS_MAX]
    return SvgFacts(width, height, tuple(Shade(color, area / total) for color, area in first))


def _name(node: Xml.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _shapes(root: Xml.Element, rules: _Rules) -> Iterator[tuple[Xml.Element, _Paint]]:
    """What is drawn, in document order, with what paints it."""
    todo = [(root, _Paint("", "none"))]
    while todo:
        node, inherited = todo.pop()
        if _name(node) in ("defs", "clipPath", "mask", "pattern", "style", "linearGradient", "radialGradient"):
            continue
        paint = _paint(node, inherited, rules)
        if _name(node) in DRAWN and _name(node) != "image":
            yield node, paint
        todo += [(child, paint) for child in reversed(node)]


def _paint(node: Xml.Element, inherited: _Paint, rules: _Rules) -> _Paint:
    said = {name: value for name in ("fill", "stroke") if (value := node.get(name))}
    said |= _styled(node, rules)
    return _Paint(said.get("fill", inherited.fill).strip(), said.get("stroke", inherited.stroke).strip())


def _styled(node: Xml.Element, rules: _Rules) -> dict[str, str]:
    """What the style sheet says of its classes, then its own style."""
    said: dict[str, str] = {}
    for name in node.get("class", "").split(maxsplit=CLASSES_MAX)[:CLASSES_MAX]:
        said |= rules.get(name, {})
    return said | _declared(node.get("style", ""))


def _rules(root: Xml.Element) -> _Rules:
    """The declarations of each class, `a,.b{...}` counting for both."""
    found: dict[str, dict[str, str]] = {}
    for sheet in (node.text or "" for node in root.iter() if _name(node) == "style"):
        for block in sheet[:100_000].split("}"):
            names, brace, said = block.partition("{")
            # Read once, however many shapes it is said of.
            declared = _declared(said[:500]) if brace else {}
            for name in dict.fromkeys(_CLASS.findall(names[-500:])) if declared else ():
                found.setdefault(name, {}).update(declared)
    return found


def _declared(css: str) -> dict[str, str]:
    """The declarations that paint, the last of each property."""
    return dict(_FILL.findall(css.lower()))


def _stops(gradient: Xml.Element, rules: _Rules) -> tuple[Rgb, ...]:
    said = (_styled(stop, rules).get("stop-color") or stop.get("stop-color", "") for stop in gradient)
    return tuple(color for text in said if (color := read_color(text)))


def _colors(paint: str, stops: Mapping[str, tuple[Rgb, ...]]) -> tuple[Rgb, ...]:
    if reference := _REFERENCE.match(paint):
        return stops.get(reference[1], ())[:1]
    if paint in ("none", "transparent"):
        return ()
    return (read_color(paint) or BLACK,)


def _length(text: str | None) -> float:
    found = _NUMBER.match((text or "").strip())
    return float(found[0]) if found and "%" not in (text or "") else 0.0


def _area(node: Xml.Element) -> float:
    """The room that a shape takes, roughly."""
    match _name(node):
        case "rect":
            return _length(node.get("width")) * _length(node.get("height"))
        case "circle":
            return 3.1 * _length(node.get("r")) ** 2
        case "ellipse":
            return 3.1 * _length(node.get("rx")) * _length(node.get("ry"))
        case "polygon" | "polyline":
            numbers = [float(number) for number in _NUMBER.findall(node.get("points", ""))[:NUMBERS_MAX]]
            return _box(list(zip(numbers[::2], numbers[1::2], strict=False)))
        case "path":
            return _box(_points(node.get("d", "")))
        case _:
            return _letters(node)


def _letters(node: Xml.Element) -> float:
    """The ink of a line of text: a third of its letters' boxes."""
    size = _length(node.get("font-size")) or 16.0
    return 0.2 * size * size * len("".join(node.itertext()).strip())


def _points(path: str) -> list[tuple[float, float]]:
    """Where a path passes, curves by their ends."""
    x = y = 0.0
    found: list[tuple[float, float]] = []
    left = NUMBERS_MAX
    for letter, said in _STEP.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(said)[:left]]
        left -= len(numbers)
        kind, relative = letter.lower(), letter.islower()
        takes = _TAKES.get(kind, 1)
        for at in range(0, len(numbers) - takes + 1, takes):
            x, y = _moved(kind, numbers[at : at + takes], (x, y), relative=relative)
            found.append((x, y))
    return found


def _moved(kind: str, numbers: list[float], here: tuple[float, float], *, relative: bool) -> tuple[float, float]:
    x, y = here
    if kind == "h":
        return numbers[0] + (x if relative else 0), y
    if kind == "v":
        return x, numbers[0] + (y if relative else 0)
    return numbers[-2] + (x if relative else 0), numbers[-1] + (y if relative else 0)


def _box(points: list[tuple[float, float]]) -> float:
    """The area of the box around these points, half of it being filled."""
    if len(points) < 2:
        return 0.0
    columns, lines = [x for x, _ in points], [y for _, y in points]
    return 0.5 * (max(columns) - min(columns)) * (max(lines) - min(lines))
