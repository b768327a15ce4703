"""Overpass QL, the part of it that clients send: queries, unions, sets, outputs.

Source: the public wiki of OpenStreetMap, "Overpass API/Overpass QL". Known: settings `out`, `timeout`, `maxsize`,
`bbox`; `node`, `way`, `rel(ation)`, `nw`, `nr`, `wr`, `nwr` with filters by tag, box, circle, polygon, id and set;
unions; `._;` and `>;`; `out` with its words. Not known: areas, blocks, evaluators.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.sandbox.apis.osm_shapes import METRES_PER_DEGREE, Box, Test, in_box, in_polygon, metres_from, square_degrees
from engine.sandbox.apis.overpass_tokens import QueryError, Token, tokens

WORLD_AREA = 360.0 * 180.0
TIMEOUT_SECONDS = 180
KINDS: dict[str, frozenset[str]] = {
    "node": frozenset({"node"}),
    "way": frozenset({"way"}),
    "rel": frozenset({"relation"}),
    "relation": frozenset({"relation"}),
    "nw": frozenset({"node", "way"}),
    "nr": frozenset({"node", "relation"}),
    "wr": frozenset({"way", "relation"}),
    "nwr": frozenset({"node", "way", "relation"}),
}
VERBOSITIES = frozenset({"ids", "skel", "body", "tags", "meta", "count"})
GEOMETRIES = frozenset({"center", "bb", "geom"})
ORDERS = frozenset({"asc", "qt"})
ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Query:
    """Elements of these kinds, out of these sets (all when none), that pass all tests; `area` in square degrees."""

    kinds: frozenset[str]
    sets: tuple[str, ...]
    tests: tuple[Test, ...]
    area: float
    into: str


@dataclass(frozen=True, slots=True)
class Union:
    parts: "tuple[Statement, ...]"
    into: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A set by its name; None for a recursion, which finds nothing here, as no way of this world has its nodes."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Out:
    source: str
    verbosity: str = "body"
    geometry: str | None = None
    limit: int | None = None


Statement: TypeAlias = Query | Union | Recall | Out


@dataclass(frozen=True, slots=True)
class Program:
    statements: tuple[Statement, ...]
    json: bool
    timeout_seconds: int


def parse(text: str) -> Program:
    """The program that `text` is.

    Raises:
        QueryError: it is none.
    """
    return _Parser(text).program()


class _Parser:
    """Reads from the first token to the last; every method takes what it names."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._place = 0
        self._json = False
        self._timeout = TIMEOUT_SECONDS
        self._box: Box | None = None

    def program(self) -> Program:
        if self._next.text == "[":
            self._settings()
        statements: list[Statement] = []
        while self._next.kind != "end":
            statements.append(self._statement())
        if not statements:
            raise self._error("An empty query is not allowed")
        return Program(tuple(statements), self._json, self._timeout)

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _error(self, text: str) -> QueryError:
        return QueryError(f"line {self._next.line}: parse error: {text}")

    def _take(self) -> Token:
        token = self._next
        if token.kind != "end":
            self._place += 1
        return token

    def _skip(self, text: str) -> bool:
        """Whether the next token was this one, which then is taken."""
        if self._next.text != text or self._next.kind == "text":
            return False
        self._place += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._skip(text):
            raise self._error(f"'{text}' expected - '{self._next.text}' found.")

    def _word(self) -> str:
        if self._next.kind != "word":
            raise self._error(f"a name expected - '{self._next.text}' found.")
        return self._take().text

    def _number(self) -> float:
        if self._next.kind != "number":
            raise self._error(f"a number expected - '{self._next.text}' found.")
        return float(self._take().text)

    def _string(self) -> str:
        """A quoted text, or a bare word, as keys may be."""
        if self._next.kind not in ("text", "word", "number"):
            raise self._error(f"a text expected - '{self._next.text}' found.")
        token = self._take()
        if token.kind != "text":
            return token.text
        return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), token.text[1:-1], flags=re.DOTALL)

    def _settings(self) -> None:
        while self._skip("["):
            name = self._word()
            self._expect(":")
            if name == "bbox":
                self._box = self._numbers_box()
            elif name == "out":
                self._json = self._word() == "json"
            elif name in ("timeout", "maxsize"):
                value = int(self._number())
                self._timeout = value if name == "timeout" else self._timeout
            else:
                raise self._error(f"Unknown setting '{name}'")
            self._expect("]")
        self._expect(";")

    def _statement(self) -> Statement:
        if self._next.text == "out":
            return self._out("_")
        statement = self._found()
        self._expect(";")
        return statement

    def _found(self) -> Statement:
        """A statement that finds elements, without its semicolon."""
        if self._skip("("):
            return self._union()
        if self._skip("."):
            return self._of_set(self._word())
        if self._next.text in (">", ">>", "<", "<<"):
            self._take()
            return Recall(None)
        word = self._next.text
        if word not in KINDS:
            raise self._error(f'Unknown type "{word}"')
        self._take()
        return self._query(KINDS[word])

    def _of_set(self, name: str) -> Statement:
        if self._next.text != "out":
            return Recall(name)
        out = self._out(name)
        self._place -= 1  # its semicolon, which the statement takes
        return out

    def _union(self) -> Union:
        parts: list[Statement] = []
        while not self._skip(")"):
            parts.append(self._found())
            self._expect(";")
        return Union(tuple(parts), self._into())

    def _into(self) -> str:
        if not self._skip("->"):
            return "_"
        self._expect(".")
        return self._word()

    def _query(self, kinds: frozenset[str]) -> Query:
        query = Query(kinds, (), (), WORLD_AREA, "_")
        while self._next.text in (".", "[", "("):
            if self._skip("."):
                query = replace(query, sets=(*query.sets, self._word()), area=0.0)
            elif self._skip("["):
                query = replace(query, tests=(*query.tests, self._tag_test()))
                self._expect("]")
            else:
                test, area = self._place_test()
                query = replace(query, tests=(*query.tests, test), area=min(query.area, area))
        if self._box is not None and query.area == WORLD_AREA:
            query = replace(query, tests=(*query.tests, in_box(self._box)), area=square_degrees(self._box))
        return replace(query, into=self._into())

    def _tag_test(self) -> Test:
        """What stands between square brackets."""
        if self._skip("!"):
            absent = self._string()
            return lambda element: absent not in element.tags
        if self._skip("~"):
            key = self._pattern(self._string())
            self._expect("~")
            value = self._value_pattern()
            return lambda element: any(key.search(k) and value.search(v) for k, v in element.tags.items())
        return self._keyed_test(self._string_with_colons())

    def _keyed_test(self, key: str) -> Test:
        if self._skip("="):
            wanted = self._string()
            return lambda element: element.tags.get(key) == wanted
        if self._skip("!="):
            unwanted = self._string()
            return lambda element: element.tags.get(key) != unwanted
        if self._skip("~"):
            pattern = self._value_pattern()
            return lambda element: key in element.tags and pattern.search(element.tags[key]) is not None
        if self._skip("!~"):
            avoided = self._value_pattern()
            return lambda element: key not in element.tags or avoided.search(element.tags[key]) is None
        return lambda element: key in element.tags

    def _string_with_colons(self) -> str:
        """A key; bare ones may hold colons."""
        key = self._string()
        while self._skip(":"):
            key += f":{self._word()}"
        return key

    def _value_pattern(self) -> re.Pattern[str]:
        text = self._string()
        folded = False
        if self._skip(","):
            if self._word() != "i":
                raise self._error("only 'i' is allowed after a regular expression")
            folded = True
        return self._pattern(text, re.IGNORECASE if folded else re.NOFLAG)

    def _pattern(self, text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
        try:
            return re.compile(text, flags)
        except re.error:
            raise self._error(f'Invalid regular expression: "{text}"') from None

    def _place_test(self) -> tuple[Test, float]:
        """(test, square degrees) of what stands between round brackets."""
        self._expect("(")
        result = self._box_or_id() if self._next.kind == "number" else self._named_place()
        self._expect(")")
        return result

    def _named_place(self) -> tuple[Test, float]:
        name = self._word()
        if name not in ("around", "poly", "id", "bbox"):
            raise self._error(f"Unknown query clause '{name}'")
        self._expect(":")
        if name == "around":
            return self._circle()
        if name == "poly":
            return self._polygon()
        return self._ids(int(self._number())) if name == "id" else self._box_or_id()

    def _box_or_id(self) -> tuple[Test, float]:
        first = self._number()
        if self._next.text == ")":
            return self._ids(int(first))
        box = self._numbers_box(first)
        return in_box(box), square_degrees(box)

    def _ids(self, first: int) -> tuple[Test, float]:
        wanted = {first}
        while self._skip(","):
            wanted.add(int(self._number()))
        return lambda element: element.number in wanted, 0.0

    def _numbers_box(self, south: float | None = None) -> Box:
        numbers = [self._number() if south is None else south]
        for _ in range(3):
            self._expect(",")
            numbers.append(self._number())
        box = (numbers[0], numbers[1], numbers[2], numbers[3])
        if not (-90 <= box[0] <= box[2] <= 90 and -180 <= box[1] <= 180 and -180 <= box[3] <= 180):
            raise self._error("a box is south,west,north,east in degrees, south below north")
        return box

    def _circle(self) -> tuple[Test, float]:
        numbers = [self._number()]
        for _ in range(2):
            self._expect(",")
            numbers.append(self._number())
        metres, latitude, longitude = numbers
        return (
            lambda element: metres_from(element, latitude, longitude) <= metres,
            math.pi * (metres / METRES_PER_DEGREE) ** 2,
        )

    def _polygon(self) -> tuple[Test, float]:
        try:
            numbers = [float(part) for part in self._string().split()]
        except ValueError:
            raise self._error("a polygon is pairs of numbers") from None
        corners = list(zip(numbers[::2], numbers[1::2], strict=False))
        if len(corners) < 3 or len(numbers) % 2:
            raise self._error("a polygon has three corners or more")
        latitudes, longitudes = zip(*corners, strict=True)
        box = (min(latitudes), min(longitudes), max(latitudes), max(longitudes))
        return lambda element: in_polygon(element, corners), square_degrees(box)

    def _out(self, source: str) -> Out:
        self._expect("out")
        out = Out(source)
        while not self._skip(";"):
            token = self._take()
            if token.kind == "number":
                out = replace(out, limit=int(float(token.text)))
            elif token.text in VERBOSITIES:
                out = replace(out, verbosity=token.text)
            elif token.text in GEOMETRIES:
                out = replace(out, geometry=token.text)
            elif token.text not in ORDERS:
                raise self._error(f"Unknown word of out: '{token.text}'")
        return out
