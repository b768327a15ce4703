"""Work out the texts that scripts put together: `'con' + 'tact' + '@' + domain`, `unescape('%40')`, `[…].join('')`.

Nothing is run. Only expressions of constant text are folded: concatenation, arrays, variables assigned before, and the
few functions that pages hide addresses with. What isn't known becomes `UNKNOWN`, which no address contains.
"""

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote

UNKNOWN = "\x00"
CODE_LENGTH_MAX = 20_000  # obfuscated addresses stand in small scripts
TOKENS_MAX = 8_000
DEPTH_MAX = 12
TEXT_LENGTH_MAX = 5_000  # of one worked-out text, however often a variable is doubled
TEXTS_LENGTH_MAX = 200_000  # of all of them

_TOKEN = re.compile(
    r"(?P<skip>\s+|/\*.*?(?:\*/|\Z)|//[^\n]{0,2000})"
    r"|(?P<text>'(?:\\.|[^'\\\n])*+'|\"(?:\\.|[^\"\\\n])*+\"|`(?:\\.|[^`\\])*+`)"
    # A quote that nothing closes may stand in a regular expression; before a long line it is a waste of time.
    r"|(?P<open>'(?:\\.|[^'\\\n]){1000,}+|\"(?:\\.|[^\"\\\n]){1000,}+|`(?:\\.|[^`\\]){1000,}+)"
    r"|(?P<number>0x[0-9a-fA-F]{1,8}|\d{1,15})"
    r"|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<mark>\+=|=>|[=!<>]=+|.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,5})\})|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " ", "v": " ", "0": " "}
_PLACEHOLDER = re.compile(r"\$\{\s{0,9}([\w$]{1,60})\s{0,9}\}")

Folded = str | list[str]


def unescape_text(text: str) -> str:
    r"""The text of a JavaScript string: its escapes (`\x40`, `\'`, …) replaced."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def decode_base64(text: str) -> str:
    """The text behind base64; '' when it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def fold_strings(code: str) -> list[str]:
    """Every text that the code puts together, in its order; then what its `document.write` calls write in all."""
    return _Folder(code[:CODE_LENGTH_MAX]).run()


def _unescaped(found: re.Match[str]) -> str:
    if digits := found[1] or found[2] or found[3]:
        return chr(int(digits, 16))
    return _CONTROL.get(found[4], found[4])


class _Folder:
    def __init__(self, code: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        for found in _TOKEN.finditer(code):
            if found.lastgroup not in ("skip", "open"):
                self._tokens.append((found.lastgroup or "", found[0]))
            if len(self._tokens) >= TOKENS_MAX:
                break
        self._at = 0
        self._known: dict[str, Folded] = {}

    def run(self) -> list[str]:
        texts: list[str] = []
        written: list[str] = []
        length = 0
        while self._at < len(self._tokens) and length < TEXTS_LENGTH_MAX:
            kind, text = self._tokens[self._at]
            if kind == "name" and text in ("write", "writeln") and self._peek_mark("(", 1):
                self._at += 2
                texts.append(_text(self._sum(0)))
                written.append(texts[-1])
            elif kind == "name" and self._assigns():
                texts.append(_text(self._assign()))
            elif kind == "text" or text == "[" or (kind == "name" and self._is_known()):
                texts.append(_text(self._sum(0)))
            else:
                self._at += 1
                continue
            length += len(texts[-1])
        return [*texts, "".join(written)] if len(written) > 1 else texts

    def _peek(self, kind: str, ahead: int = 0) -> bool:
        at = self._at + ahead
        return at < len(self._tokens) and self._tokens[at][0] == kind

    def _peek_mark(self, mark: str, ahead: int = 0) -> bool:
        at = self._at + ahead
        return at < len(self._tokens) and self._tokens[at] == ("mark", mark)

    def _take(self, mark: str) -> bool:
        if self._peek_mark(mark):
            self._at += 1
            return True
        return False

    def _assigns(self) -> bool:
        return self._peek_mark("=", 1) or self._peek_mark("+=", 1)

    def _assign(self) -> Folded:
        name, sign = self._tokens[self._at][1], self._tokens[self._at + 1][1]
        self._at += 2
        value = self._sum(0)
        if sign == "+=":
            value = (_text(self._known.get(name, "")) + _text(value))[:TEXT_LENGTH_MAX]
        self._known[name] = value
        return value

    def _is_known(self) -> bool:
        name = self._tokens[self._at][1]
        return name in self._known or name in _FUNCTIONS or name == "String"

    def _sum(self, depth: int) -> Folded:
        """`term + term + …`"""
        value = self._term(depth)
        while self._take("+"):
            value = (_text(value) + _text(self._term(depth)))[:TEXT_LENGTH_MAX]
        return value

    def _term(self, depth: int) -> Folded:
        value = self._primary(depth)
        while self._peek_mark(".") and self._peek("name", 1) and self._peek_mark("(", 2):
            method = self._tokens[self._at + 1][1]
            self._at += 3
            value = _call(value, method, self._arguments(depth, ")"))
        return value

    def _primary(self, depth: int) -> Folded:
        if depth > DEPTH_MAX or self._at >= len(self._tokens):
            return UNKNOWN
        kind, text = self._tokens[self._at]
        if kind == "mark" and text not in "([":
            return UNKNOWN  # not consumed: it may begin or end something else
        self._at += 1
        if kind == "text":
            return self._literal(text)
        if kind == "number":
            return str(int(text, 0) if text[:2] == "0x" else int(text))
        if kind == "name":
            return self._name(text, depth)
        if text == "[":
            return self._arguments(depth, "]")
        value = self._sum(depth + 1)
        self._take(")")
        return value

    def _literal(self, quoted: str) -> str:
        text = unescape_text(quoted[1:-1])
        if quoted[0] == "`" and "${" in text:
            return _PLACEHOLDER.sub(lambda found: _text(self._known.get(found[1], UNKNOWN)), text)
        return text

    def _name(self, name: str, depth: int) -> Folded:
        while name in ("window", "String", "self") and self._peek_mark(".") and self._peek("name", 1):
            name = self._tokens[self._at + 1][1]
            self._at += 2
        if self._take("("):
            arguments = self._arguments(depth, ")")
            function = _FUNCTIONS.get(name)
            return function(arguments) if function else UNKNOWN
        return self._known.get(name, UNKNOWN)

    def _arguments(self, depth: int, end: str) -> list[str]:
        """Values up to `end`, separated by commas; stops where something else stands."""
        values: list[str] = []
        while self._at < len(self._tokens) and not self._take(end):
            before = self._at
            values.append(_text(self._sum(depth + 1)))
            if not self._take(",") and not self._peek_mark(end):
                break
            if self._at == before:
                break
        return values


def _text(value: Folded) -> str:
    """As JavaScript makes text of it: an array is joined by commas."""
    return value if isinstance(value, str) else ",".join(value)


def _call(value: Folded, method: str, arguments: list[str]) -> Folded:
    """The value of `value.method(arguments)`."""
    first = arguments[0] if arguments else ""
    if isinstance(value, list):
        if method == "join":
            return (first if arguments else ",").join(value)[:TEXT_LENGTH_MAX]
        return value[::-1] if method == "reverse" else value + arguments if method == "concat" else UNKNOWN
    if method == "split":
        return value.split(first) if first else list(value)
    if method in ("replace", "replaceAll") and len(arguments) == 2:
        return value.replace(first, arguments[1]) if first and first != UNKNOWN else UNKNOWN
    if method == "concat":
        return (value + "".join(arguments))[:TEXT_LENGTH_MAX]
    return value if method in ("toString", "trim", "toLowerCase") else UNKNOWN


def _percent_decoded(arguments: list[str]) -> str:
    return unquote(arguments[0], errors="replace") if arguments else UNKNOWN


def _base64_decoded(arguments: list[str]) -> str:
    return (decode_base64(arguments[0]) or UNKNOWN) if arguments else UNKNOWN


def _from_codes(arguments: list[str]) -> str:
    codes = [int(code) if code.isdecimal() else 0 for code in arguments]
    return "".join(chr(code) if 0 < code < 0x110000 else UNKNOWN for code in codes)


_FUNCTIONS: dict[str, Callable[[list[str]], str]] = {
    "unescape": _percent_decoded,
    "decodeURIComponent": _percent_decoded,
    "decodeURI": _percent_decoded,
    "atob": _base64_decoded,
    "fromCharCode": _from_codes,
    "fromCodePoint": _from_codes,
}
