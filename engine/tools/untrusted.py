"""Somebody else's text, made fit for a model's context: a cell is one line of plain text, of bounded length.

What is gone: markup, control and invisible characters (zero-width, bidi, tag characters, variation selectors), terminal
sequences, and what makes a chat window load an image or hide an address behind a link.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from engine.rows.types import Row, Value, is_empty
from engine.rows.unseen import is_unseen

NAME_CHARS = 40
READ_FACTOR = 5  # of a text so many times as long as is shown, the rest is not even looked at
LARGEST = 2**63  # a longer number is shown as a text is
PASSES = 4  # markup within markup
DEPTH = 4

# Columns that hold sentences or names; of the others, the cells decide.
FREE_TEXT = frozenset(
    ("nom", "adresse", "ville", "categorie", "horaires", "requete", "zone", "avis", "avis_texte", "avis_reponse",
     "avis_auteur", "raison_sociale", "dirigeant", "adresse_siege", "libelle_naf", "departement", "region",
     "email_reason", "description", "titre", "title", "notes", "commentaire"),
)  # fmt: skip

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]?|\x9b[0-?]*[ -/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?")
_ADDRESS_IN_BRACKETS = re.compile(r"<(?:mailto:)?([^\s<>@]{1,64}@[^\s<>@]{1,255})>")
_BLOCK = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style|template|noscript|svg|iframe)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"</?[a-z!?|][^<>]*(?:>|$)", re.IGNORECASE)  # also <|im_start|> and its like
_OPENING = re.compile(r"<(?=[a-z!?|/])", re.IGNORECASE)
_IMAGE = re.compile(r"!+(?=\[)")
_LINK_TARGET = re.compile(r"\](\(|\[|:)(?:[a-z][a-z0-9+.-]{1,20}:|[/\s])*", re.IGNORECASE)
_PLAIN_ASCII = re.compile(r"[ -;=?-Z^-~]*")  # neither < nor > nor [ ] \ nor anything beyond ASCII

_PLAIN = re.compile(
    r"""[+-]?[\d ().,%:/+-]{1,40}                     # numbers, telephones, dates
    |\d{4}-\d\d-\d\d[T ][\d:.]{4,15}(?:Z|[+-]\d\d:\d\d)?
    |[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+               # one address
    |https?://[\w.-]+(?::\d+)?(?:/[\w./%~:@+,=&?\#!-]*)?
    |[\w-]+(?:\.[\w-]+)+                              # a host
    |[A-Za-z0-9_-]{1,40}                              # an id, a state
    """,
    re.VERBOSE | re.ASCII,
)
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")
PLAIN_CHARS = 200


def clean_text(text: str, limit: int) -> str:
    """One line of at most `limit` characters (an ellipsis included); '' when nothing readable is left."""
    cut = text[: limit * READ_FACTOR]
    if _PLAIN_ASCII.fullmatch(cut) is None or "&" in cut:
        cut = _without_links(_without_markup(_visible(cut)))
    line = " ".join(cut.split())
    return line if len(line) <= limit and len(text) <= limit * READ_FACTOR else f"{line[: limit - 1].rstrip()}…"


def clean_value(value: Value, limit: int) -> Value:
    """A cell: numbers and booleans as they are, text cleaned, lists and objects cleaned as their JSON text is cut."""
    if isinstance(value, int) and abs(value) > LARGEST:
        value = str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return clean_text(value, limit)
    kept = clean_parts(value, limit)
    told = json.dumps(kept, ensure_ascii=False)
    return kept if len(told) <= limit else f"{told[: limit - 1]}…"


def clean_parts(value: Value, limit: int, depth: int = DEPTH) -> Value:
    """A value in which each text is cleaned and at most `limit` long; what lies deeper than `depth` is gone."""
    if isinstance(value, str):
        return clean_text(value, limit)
    if isinstance(value, list):
        return [clean_parts(part, limit, depth - 1) for part in value[:limit]] if depth else []
    if isinstance(value, dict):
        pairs = list(value.items())[:limit] if depth else []
        return {clean_text(key, NAME_CHARS): clean_parts(part, limit, depth - 1) for key, part in pairs}
    return value


def clean_row(row: Row, names: Mapping[str, str], limit: int) -> Row:
    """The filled cells of the columns in `names` (column -> name shown)."""
    shown = {names[column]: clean_value(row[column], limit) for column in names if not is_empty(row.get(column))}
    return {name: value for name, value in shown.items() if value not in ("", [], {})}


def clean_names(columns: Iterable[str]) -> dict[str, str]:
    """Column -> name shown, each different: headers of a file are somebody's text, too."""
    names: dict[str, str] = {}
    for at, column in enumerate(columns, 1):
        name = clean_text(column, NAME_CHARS) or f"column_{at}"
        names[column] = name if name not in names.values() else f"{name[: NAME_CHARS - 6]} ({at})"
    return names


def is_plain(value: Value) -> bool:
    """Whether a cell can hold no sentence: a number, a date, an address, a link, an id."""
    if isinstance(value, str):
        return len(value) <= PLAIN_CHARS and _PLAIN.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int | float)


def is_word(name: str) -> bool:
    """Whether a name is a single word of ASCII, such as our own columns are."""
    return _WORD.fullmatch(name) is not None


def is_plain_column(name: str) -> bool:
    """Whether a column's name is a single word, and none of those that stand for texts."""
    return name not in FREE_TEXT and is_word(name)


def plain_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows without free text: neither its columns, nor such a cell in another column."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    kept = [name for name in columns if is_plain_column(name) and _mostly_plain(name, rows)]
    return [{name: row[name] for name in kept if name in row and is_plain(row[name])} for row in rows]


def _mostly_plain(name: str, rows: Sequence[Row]) -> bool:
    cells = [row[name] for row in rows if name in row]
    return sum(map(is_plain, cells)) * 2 > len(cells)


def _visible(text: str) -> str:
    """Composed, and without what nobody sees."""
    composed = unicodedata.normalize("NFC", _ANSI.sub("", text))
    return "".join(char for char in composed if char.isspace() or not is_unseen(char))


def _without_markup(text: str) -> str:
    """Text as a browser would show it, entities decoded; markup that decoding brings to light is taken away, too."""
    for _ in range(PASSES):
        if "<" not in text and "&" not in text:
            return text
        before = text
        text = _ADDRESS_IN_BRACKETS.sub(r" \1 ", _visible(html.unescape(text)))
        text = _TAG.sub(" ", _BLOCK.sub(" ", text))
        if text == before:
            return _OPENING.sub("< ", text)  # what is left is no tag of anybody's, and looks like none
    return text.replace("<", " ")


def _without_links(text: str) -> str:
    """Markdown whose links and images lead nowhere: their brackets stand apart, their targets have no scheme."""
    return _LINK_TARGET.sub(r"] \1", _IMAGE.sub("", text))
