"""How place names are compared: without accents, case, hyphens, apostrophes; St is Saint."""

import re

from engine.rows import columns

WORDS = re.compile(r"[a-z0-9]+")
SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def fold(name: str) -> str:
    """The name as lower-case ASCII words with one space between; '' when nothing of it is Latin."""
    words: list[str] = WORDS.findall(columns.fold(name.lower().replace("s/", "sur ")))
    return " ".join(SHORT.get(word, word) for word in words)
