"""How place names are compared: without accents, case, hyphens, apostrophes; St is Saint."""

import re
import unicodedata

LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "’": "'", "‘": "'"})
ACCENTS = re.compile("[\u0300-\u036f]")
WORDS = re.compile(r"[a-z0-9]+")
SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def fold(name: str) -> str:
    """The name as lower-case ASCII words with one space between; '' when nothing of it is Latin."""
    lower = name.lower().translate(LETTERS).replace("s/", "sur ")
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", lower))
    words: list[str] = WORDS.findall(plain)
    return " ".join(SHORT.get(word, word) for word in words)
