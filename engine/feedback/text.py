"""What people typed, as text that every reader and database can take."""

import re

_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
# Control characters but the line's end and the tab, half characters, and what turns the direction of reading around:
# with it, a message can look like another one than it is.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def cleaned(text: str) -> str:
    """The message without unseen characters, one kind of line ends, and nothing blank around it."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)).strip()


def in_one_line(text: str, *, limit: int) -> str:
    """The beginning of a cleaned message, `limit` characters at most, without line breaks."""
    words = " ".join(text.split())
    return words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…"
