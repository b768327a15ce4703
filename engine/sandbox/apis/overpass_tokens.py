"""The words of an Overpass QL program."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/"""
    r"""|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"""
    r"""|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<mark>->|!~|!=|>>|<<|[][(){}:;,.~=!<>-])""",
    re.DOTALL,
)


class QueryError(Exception):
    """What Overpass answers with 400; the text names the line."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is text, number, word, mark or end; `line` counts from 1."""

    kind: str
    text: str
    line: int


def tokens(text: str) -> list[Token]:
    """Every token, and one that stands for the end.

    Raises:
        QueryError: a character that begins none.
    """
    found: list[Token] = []
    place, line = 0, 1
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise QueryError(f"line {line}: parse error: Unexpected character '{text[place]}'")
        if match.lastgroup:
            found.append(Token(match.lastgroup, match[0], line))
        line += match[0].count("\n")
        place = match.end()
    return [*found, Token("end", "end of input", line)]
