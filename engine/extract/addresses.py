"""Find e-mail addresses in text, as written or spelled out ('contact [at] dupont [point] fr'), and refuse false ones.

Scans for a literal first, then matches on small windows around it.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple

from engine.rows.sites import has_known_suffix, registrable_domain

Spelling = Literal["text", "spelled", "spaced", "bare"]


class Found(NamedTuple):
    """An address in lower case and how it was written.

    `spelled`: with a word in brackets, or words for both signs. `spaced`: with blanks around the sign. `bare`: with a
    plain word such as 'at' and real dots, which ordinary prose may hold too.
    """

    address: str
    spelling: Spelling


LOCAL_MAX = 64  # RFC 5321
DOMAIN_MAX = 253
WINDOW = 120  # characters each side of a spelled sign
SIGNS_MAX = 1_000  # looked at in one text
SPELLED_MAX = 1_000
URL_BEFORE_MAX = 200

_LOCAL = re.compile(r"[a-z0-9](?:[a-z0-9._+'-]*[a-z0-9_])?\Z|_[a-z0-9_.-]*[a-z0-9]\Z")
_BEFORE = re.compile(r"[A-Za-z0-9._+'-]{0,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_]{2,24}|(?:[\w-]{1,63}\.){1,8}xn--[a-z0-9-]{2,59}")
_GLUED_NUMBER = re.compile(r"\+?(?:\d[.-]?){9,14}(?=[a-z])", re.IGNORECASE)
# A phone number whose last digits stand in front of the address without a blank, as when elements make the gap.
_NUMBER_BEFORE = re.compile(r"(?<![\w.])\+?\(?\d{1,4}\)?(?:[\s./()-]{1,3}\d{1,4}){1,6}[\s./()-]{1,3}\Z")
_LAST_DIGITS = re.compile(r"\d{1,4}(?=[a-z_])", re.IGNORECASE)
NUMBER_LENGTH_MAX = 30
NUMBER_DIGITS_MIN, NUMBER_DIGITS_MAX = 9, 14
_KEY = re.compile(r"[0-9a-f]{16,}")
_GLUED_WORD = re.compile(r"([a-z]{2,10})(?=[A-ZÀ-Þ])")

_ASSETS = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "avif", "bmp", "mov", "mp3", "mp4", "webm", "pdf", "zip"),
        *("css", "scss", "less", "js", "mjs", "jsx", "ts", "tsx", "vue", "json", "xml", "html", "htm", "php", "map"),
        *("woff", "woff2", "ttf", "eot", "otf", "min", "py", "rb", "sh", "md"),
    )
)
_SIGN = {"＠": "@", "﹫": "@"}

_AT_WORDS = r"at|ät|à|arobase?s?|arob|arroba|chiocciola|klammeraffe|chez|@"
_DOT_WORDS = r"dot|point|punkt|punto|ponto|pt|\."
_OPEN, _CLOSE = r"[\[({<«‹|]", r"[\])}>»›|]"
_AT_BRACKET = re.compile(rf"\s{{0,3}}{_OPEN}\s{{0,2}}(?:{_AT_WORDS}|a)\s{{0,2}}{_CLOSE}\s{{0,3}}", re.IGNORECASE)
_DOT_BRACKET = re.compile(rf"\s{{0,3}}{_OPEN}\s{{0,2}}(?:{_DOT_WORDS}|d)\s{{0,2}}{_CLOSE}\s{{0,3}}", re.IGNORECASE)
_AT_BARE = re.compile(r"(?<=\w)(?:\s{1,3}(?:at|chez)\s{1,3}|_at_|-at-)(?=\w)", re.IGNORECASE)
_AT_RARE = re.compile(r"(?<=\w)\s{1,3}(?:arobase?s?|arroba|chiocciola|klammeraffe)\s{1,3}(?=\w)", re.IGNORECASE)
_AT_SPACED = re.compile(r"(?<=[\w])\s{1,3}@\s{1,3}(?=\w)")
_DOT_BARE = re.compile(r"(?<=\w)(?:\s{1,3}(?:dot|point|punkt|punto|ponto)\s{1,3}|_dot_|-dot-)(?=\w)", re.IGNORECASE)
# Both signs as words of one language; 'at that point in time' is prose.
_BOTH_BARE = re.compile(r"(?:at [\w-]{1,63} dot|chez [\w-]{1,63} point) ", re.IGNORECASE)
_DOT_SPACED = re.compile(r"\A([\w-]{1,63})\s{0,2}\.\s{0,2}(?=[a-z]{2,6}\b)", re.IGNORECASE)
_NO_SPAM = re.compile(r"([._-]?)(?:NO-?SPAM|REMOVE-?THIS|REMOVEME|ANTI-?SPAM|SANS-?SPAM|ENLEVER)([._-]?)")
# What a text must hold before the expressions above are tried on it: a sign that is no prose, or a word for the sign
# with something behind it that may be a domain.
_RARE = ("arob", "arrob", "chiocc", "klammer", " @ ")
_DOT_AHEAD = rf"\s{{0,3}}{_OPEN}\s{{0,2}}(?:{_DOT_WORDS}|d)\s{{0,2}}{_CLOSE}|\s{{1,3}}(?:dot|point|punkt|punto|ponto)\s"
_BRACKET_HINT = re.compile(
    rf"{_OPEN}\s{{0,2}}(?:{_AT_WORDS}|a)\s{{0,2}}{_CLOSE}\s{{0,3}}[\w-]{{1,70}}+(?:\s{{0,2}}\.\s{{0,2}}\w|{_DOT_AHEAD})"
)
_WORD_HINTS = {
    word: re.compile(rf"{word}\s{{0,2}}[\w-]{{1,70}}+(?:\.\w|{_DOT_AHEAD})")
    for word in (" at ", "chez ", "_at_", "-at-")
}
_JOINED_DOTS = ("_dot_", "-dot-")


def find_addresses(text: str) -> Iterator[Found]:
    """The addresses written out with '@', in their order, each as often as it stands there."""
    for sign, plain in _SIGN.items():
        if sign in text:
            text = text.replace(sign, plain)
    at = text.find("@")
    for _ in range(SIGNS_MAX):
        if at < 0:
            return
        if address := _around(text, at):
            yield Found(address, "text")
        at = text.find("@", at + 1)


def find_spelled(text: str) -> Iterator[Found]:
    """The addresses whose '@' is a word or stands apart, in the order of their strength."""
    if not may_spell(text):
        return
    for sign, spelling in _SIGNS:
        for found in islice(sign.finditer(text), SPELLED_MAX):
            yield from _spelled(text, found, spelling)


def may_spell(text: str) -> bool:
    """Whether the text holds anything that `find_spelled` looks at; cheap enough for a whole page."""
    lower = text.lower()
    if any(hint in lower for hint in _RARE) or _BRACKET_HINT.search(lower) is not None:
        return True
    joined = any(dot in lower for dot in _JOINED_DOTS)
    return any(word in lower and (joined or hint.search(lower)) for word, hint in _WORD_HINTS.items())


def is_domain(domain: str) -> bool:
    """Whether the name ends in a public suffix and has a name before it. An asset's name ('2x.png') is none."""
    if domain.rpartition(".")[2] in _ASSETS:
        return False
    return has_known_suffix(domain) and bool(registrable_domain(domain))


def strip_no_spam(text: str) -> str:
    """The address without the words that people are asked to remove from it ('contact@NOSPAM.dupont.fr')."""
    return _NO_SPAM.sub(lambda found: "." if found[1] == found[2] == "." else "", text)


def _around(text: str, at: int) -> str:
    """The address around the '@' at that place; '' when there is none."""
    before = _BEFORE.search(text, max(0, at - LOCAL_MAX), at)
    domain = _DOMAIN.match(text, at + 1, at + 1 + DOMAIN_MAX)
    if before is None or domain is None or _is_in_url(text, before.start()):
        return ""
    glued = None if _KEY.fullmatch(before[0]) else _GLUED_NUMBER.match(before[0])
    local = before[0][glued.end() if glued else _digits_of_number(text, before.start(), before[0]) :]
    name = _real_domain(domain[0])
    local = strip_no_spam(local).lower().lstrip(".-'+")
    return f"{local}@{name}" if name and ".." not in local and _LOCAL.match(local) else ""


def _digits_of_number(text: str, start: int, local: str) -> int:
    """How many digits at the beginning of `local`, which begins at `start`, end a phone number; 0 for most."""
    last = _LAST_DIGITS.match(local)
    number = last and _NUMBER_BEFORE.search(text, max(0, start - NUMBER_LENGTH_MAX), start)
    if not last or not number:
        return 0
    first = sum(map(str.isdecimal, number[0]))
    whole = first == 10 and number[0].lstrip("(").startswith("0")  # as French numbers are: the digits are the name's
    return last.end() if NUMBER_DIGITS_MIN <= first + last.end() <= NUMBER_DIGITS_MAX and not whole else 0


def _is_in_url(text: str, start: int) -> bool:
    """Whether what begins there is a part of a web address: 'https://user:key@host', '/@name'."""
    before = text[max(0, start - URL_BEFORE_MAX) : start]
    return before.endswith("/") or (bool(before) and not before[-1].isspace() and "://" in before.split()[-1])


def _real_domain(written: str) -> str:
    """The longest beginning that is a domain: words glued to its end ('dupont.frTél', 'dupont.fr.Nous') are cut off."""
    written = strip_no_spam(written)
    labels = written.split(".")
    while len(labels) >= 2:
        sentence = len(labels) > 2 and labels[-1].istitle() and labels[-2].islower()
        if is_domain(name := ".".join(labels).lower()) and not (sentence and is_domain(name.rpartition(".")[0])):
            return name
        glued = _GLUED_WORD.match(labels[-1])
        if glued and is_domain(name := ".".join([*labels[:-1], glued[1]]).lower()):
            return name
        if labels[-1].lower() in _ASSETS:
            return ""
        labels.pop()
    return ""


def _spelled(text: str, sign: re.Match[str], spelling: Spelling) -> Iterator[Found]:
    before, after = text[max(0, sign.start() - WINDOW) : sign.start()], text[sign.end() : sign.end() + WINDOW]
    before, after = _DOT_BRACKET.sub(".", before), _DOT_BRACKET.sub(".", after)
    with_words = _DOT_BARE.sub(".", after)
    if spelling == "bare" and _BOTH_BARE.match(f"{sign[0].strip()} {after}"):
        spelling = "spelled"
    after = with_words
    if spelling != "bare":
        before, after = _DOT_BARE.sub(".", before), _DOT_SPACED.sub(r"\1.", with_words)
    if address := _around(f"{before}@{after}", len(before)):
        yield Found(address, spelling)


_SIGNS: tuple[tuple[re.Pattern[str], Spelling], ...] = (
    (_AT_BRACKET, "spelled"),
    (_AT_RARE, "spelled"),
    (_AT_SPACED, "spaced"),
    (_AT_BARE, "bare"),
)
