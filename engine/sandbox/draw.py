"""Seeded chance: the same seed gives the same world, and a larger world begins like a smaller one."""

import random
import unicodedata
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """Draws every card once before any comes again, so that small worlds hold every kind."""

    def __init__(self, cards: Sequence[T], rng: random.Random) -> None:
        self._cards = tuple(cards)
        self._rng = rng
        self._left: list[T] = []

    def draw(self) -> T:
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


def card_of(seed: str, subject: str, cards: Sequence[T]) -> T:
    """The card that this subject's deck deals to the site of a seed like '7/12', whatever the other sites are."""
    world, _, index = seed.rpartition("/")
    if not index.isdecimal():
        return random.Random(f"{seed} {subject}").choice(cards)
    round_number, place = divmod(int(index), len(cards))
    return random.Random(f"{world} {subject} {round_number}").sample(cards, len(cards))[place]


def folded(text: str) -> str:
    """Lower case without accents: 'Pâtisserie' -> 'patisserie'."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> tuple[str, ...]:
    """The words of a constant that is easier to read as a sentence."""
    return tuple(text.split())


def slug(text: str) -> str:
    """A label for a host name or a path: letters, digits and single hyphens."""
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in folded(text)).split())
