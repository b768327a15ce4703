"""Blank rows while they are read from storage: whole files, at a fraction of the price of looking at each cell.

A row is searched as the JSON text it is stored as. What is not beyond doubt is looked at cell by cell.
"""

import re
from collections.abc import Callable, Set

from pydantic_core import from_json

from engine.rows.types import Row
from engine.suppressions.blank import Suppressed, blank

# A plain host up to where it surely ends: neither an escape nor another script can follow unseen.
_HOST = re.compile(r"[A-Za-z0-9.-]*[A-Za-z0-9](?=[\",; :|<>()])")


def row_reader(suppressed: Suppressed) -> Callable[[str], Row]:
    """What makes a blanked row of its stored text."""
    if not suppressed:
        return from_json
    hosts = frozenset(value.rpartition("@")[2] for value in suppressed.values)

    def read(text: str) -> Row:
        row: Row = from_json(text)
        return blank(row, suppressed)[0] if _may_hold(text, hosts, suppressed) else row

    return read


def _may_hold(text: str, hosts: Set[str], suppressed: Suppressed) -> bool:
    """Whether a suppressed address may stand in this JSON: each `@` is followed by a host, and few hosts are listed."""
    place = text.find("@")
    while place >= 0:
        host = _HOST.match(text, place + 1)
        if host is None or (_is_known(host[0].lower(), hosts) and _is_covered(text, place, suppressed)):
            return True
        place = text.find("@", place + 1)
    return False


def _is_known(host: str, hosts: Set[str]) -> bool:
    """Whether an entry is on this host or on one above it."""
    place = -1
    while (dot := host.find(".", place + 1)) >= 0:  # a single label is never listed
        if host[place + 1 :] in hosts:
            return True
        place = dot
    return False


def _is_covered(text: str, place: int, suppressed: Suppressed) -> bool:
    """Whether the string around this place is a suppressed address, or needs a closer look."""
    # An escaped quote cuts the string short; what is left of it then is no usual address, or is one by itself.
    return suppressed.may_stand_in(text[text.rfind('"', 0, place) + 1 : text.find('"', place)])
