"""Dollars as they are stored (whole billionths), shown in answers (numbers) and told to people (French)."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated

from pydantic import PlainSerializer

NANOS = 10**9  # in a dollar

# A dollar amount of an answer.
Usd = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


def nanos(usd: Decimal) -> int:
    """Billionths of a dollar; what a part of one is over counts as a whole one."""
    return int((usd * NANOS).to_integral_value(ROUND_CEILING))


def dollars(amount: int) -> Decimal:
    """The dollars that so many billionths are."""
    return Decimal(amount) / NANOS


def in_words(amount: int, *, up: bool = False) -> str:
    """`1,50`: two decimals, four where cents are too coarse; rounded down unless told `up`."""
    rounded = dollars(amount).quantize(Decimal("0.0001"), ROUND_CEILING if up else ROUND_FLOOR)
    whole, _, part = f"{rounded:.4f}".partition(".")
    return f"{whole},{part.rstrip('0').ljust(2, '0')}"
