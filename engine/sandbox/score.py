"""How well a run did in the sandbox, against the truth that the sandbox knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.sandbox.truth import Truth


@dataclass(frozen=True, slots=True)
class Score:
    """Sites with an address to find, addresses found, and how many of those are the company's own."""

    expected: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


def score_emails(truth: Truth, rows: Iterable[Mapping[str, object]]) -> Score:
    """Rows of an emails job against the addresses that stand on those sites."""
    addresses = {site.site_web: site.addresses for site in truth.sites}
    expected = found = right = 0
    for row in rows:
        known = addresses.get(str(row.get("site_web")), ())
        expected += bool(known)
        found += bool(row.get("email"))
        right += row.get("email") in known
    return Score(expected, found, right)


def wrong_verdicts(truth: Truth, rows: Iterable[Mapping[str, object]]) -> int:
    """Verified addresses whose verdict is not among those that a right verification may give."""
    return sum(
        str(row.get("email_status")) not in truth.addresses[str(row["email"])].allowed
        for row in rows
        if str(row.get("email")) in truth.addresses
    )
