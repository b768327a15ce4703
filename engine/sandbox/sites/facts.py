"""What else a site says of its business, as dealt: its numbers, how its notice and its prices are written."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from engine.sandbox.draw import Deck

# Beside the number on the map. `fax` is one more number that nobody calls; `repeated` is the map's, in other forms.
PhoneCase = Literal[
    "none",
    "mobile",
    "office",
    "mobile_and_office",
    "mobile_and_fax",
    "fax",
    "json_ld",
    "link_only",
    "legal_mobile",
    "repeated",
    "abroad",
]
# How the legal page is written. `one_paragraph` names the host in the company's paragraph; `terms` stands under the
# conditions of sale; `footer` is the only notice of a site without a legal page.
NoticeCase = Literal["none", "block", "labels", "sentence", "one_paragraph", "terms", "footer"]
# `plain` is the form that the site was dealt: table, cards or list.
PriceCase = Literal[
    "plain",
    "prose",
    "ranges",
    "json_ld",
    "json_ld_only",
    "aggregate",
    "wrong_type",
    "abroad",
    "both_taxes",
    "trial",
    "toggle",
    "yearly",
    "hourly",
    "nightly",
    "on_request",
    "lures",
]
PHONE_CARDS: tuple[PhoneCase, ...] = ("none", "none", "mobile", "mobile", *get_args(PhoneCase))
NOTICE_CARDS: tuple[NoticeCase, ...] = (
    "block",
    "block",
    "block",
    "labels",
    "labels",
    "sentence",
    "one_paragraph",
    "terms",
)
FOOTER_CARDS: tuple[NoticeCase, ...] = ("footer", "none")
PRICE_CARDS: tuple[PriceCase, ...] = ("plain", "plain", "plain", *get_args(PriceCase))


@dataclass(frozen=True, slots=True)
class Facts:
    phones: PhoneCase = "none"
    notice: NoticeCase = "block"
    prices: PriceCase = "plain"


PLAIN = Facts()


class FactDealer:
    """Deals facts so that a small world holds every case; with chance of its own, so that nothing else changes."""

    def __init__(self, rng: random.Random) -> None:
        self._phones = Deck(PHONE_CARDS, rng)
        self._notices = Deck(NOTICE_CARDS, rng)
        self._footers = Deck(FOOTER_CARDS, rng)
        self._prices = Deck(PRICE_CARDS, rng)

    def deal(self, pages: Sequence[str]) -> Facts:
        """The facts of one healthy site that has these pages; a site of one page has a notice at home."""
        one_page = tuple(pages) == ("home",)
        notices = self._notices if "legal" in pages else self._footers
        return Facts(
            phones=self._phones.draw(),
            notice="block" if one_page else notices.draw(),
            prices=self._prices.draw() if "prices" in pages else "plain",
        )
