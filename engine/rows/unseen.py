"""Characters that nobody sees, in which orders to a model may hide: zero-width, bidi, tags, variation selectors."""

import unicodedata

CATEGORIES = ("Cc", "Cf", "Co", "Cs", "Cn")
# Blank, though their category says letter, mark or symbol.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def is_unseen(char: str) -> bool:
    """Whether a character leaves no mark on a screen. White space leaves none either, and is seen all the same."""
    selector = 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF
    return selector or char in _BLANK or unicodedata.category(char) in CATEGORIES
