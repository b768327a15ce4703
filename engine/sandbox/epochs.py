"""How the map's places change: from one epoch to the next some open, close, lose stars, gain reviews or a number.

Epoch 0 is the world as it was dealt. A running sandbox reads its epoch from a file before each answer, so that the map
changes without a restart. OpenStreetMap, as in life, hears of nothing.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from engine.sandbox.business import invent
from engine.sandbox.draw import Deck
from engine.sandbox.places import Place, place_of

EPOCH_FILE = "epoch"
EPOCH_LAST = 4
# `opened`: a competitor opens in the same trade and commune.
Fate = Literal["same", "opened", "closed", "lost_stars", "gained_reviews", "changed_phone"]
FATES: tuple[Fate, ...] = ("same",) * 10 + get_args(Fate)
LOWEST_TENTHS, DROP_TENTHS = 10, (3, 12)  # of a star
REVIEWS = (1, 2, 3, 4, 9, 25, 40)  # that come: too few to mean anything, just enough, many
NUMBERS = 10_000  # telephone numbers of a commune


@dataclass(frozen=True, slots=True)
class Changes:
    """What an epoch changed, against the one before: ids of places, sorted, each in one kind at most."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    lost_stars: tuple[str, ...] = ()  # 0.3 or more
    gained_reviews: tuple[str, ...] = ()  # one or more
    changed_phone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Epoch:
    """The places that there are, in the map's own order (by id), and what is different from the epoch before."""

    places: Sequence[Place]
    changes: Changes = Changes()


def epochs_of(places: Sequence[Place], seed: int) -> list[Epoch]:
    """The epochs 0 to EPOCH_LAST of a world; the same arguments give the same epochs."""
    epochs = [Epoch(places)]
    for number in range(1, EPOCH_LAST + 1):
        epochs.append(_next(epochs[-1].places, f"{seed}/epoch/{number}"))
    return epochs


def read_epoch(path: Path | None) -> int:
    """The number in the file; 0 where there is none.

    Raises:
        ValueError: it holds something else than a number from 0 to EPOCH_LAST.
    """
    try:
        text = "0" if path is None else path.read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    return _checked(int(text))


def write_epoch(path: Path, epoch: int) -> None:
    """Set the epoch, 0 to EPOCH_LAST; who reads meanwhile sees the former or the new one. Raises ValueError."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(f"{_checked(epoch)}\n", encoding="ascii")
    unfinished.replace(path)


def _checked(epoch: int) -> int:
    if not 0 <= epoch <= EPOCH_LAST:
        raise ValueError(f"epoch {epoch}: a number from 0 to {EPOCH_LAST} was expected")
    return epoch


def _next(before: Sequence[Place], seed: str) -> Epoch:
    rng = random.Random(seed)
    deck = Deck(FATES, rng)
    places: list[Place] = []
    changed: defaultdict[Fate, list[str]] = defaultdict(list)
    # Trade by trade of each commune: sixteen neighbours meet every fate.
    for place in sorted(before, key=_neighbourhood):
        fate = deck.draw()
        now = _after(place, fate, rng, seed)
        places += now
        if now != (place,):
            changed[fate].append(now[-1].id if now else place.id)
    kinds = {str(fate): tuple(sorted(ids)) for fate, ids in changed.items()}
    return Epoch(sorted(places, key=lambda place: place.id), Changes(**kinds))


def _neighbourhood(place: Place) -> tuple[str, str, str]:
    return place.business.commune.name, place.business.category.label, place.id


def _after(place: Place, fate: Fate, rng: random.Random, seed: str) -> tuple[Place, ...]:
    """What stands there one epoch later. A place without ratings has none to lose."""
    match fate:
        case "same":
            return (place,)
        case "opened":
            return place, _competitor(place, rng, seed)
        case "closed":
            return ()
        case "lost_stars":
            return (_with_fewer_stars(place, rng),)
        case "gained_reviews":
            return (place if place.rating is None else replace(place, reviews=place.reviews + rng.choice(REVIEWS)),)
        case "changed_phone":
            return (_with_another_phone(place, rng),)


def _competitor(place: Place, rng: random.Random, seed: str) -> Place:
    business = invent(rng, category=place.business.category, commune=place.business.commune)
    return replace(place_of(f"{seed}/{place.id}", business, None), status="OPERATIONAL", osm=None)


def _with_fewer_stars(place: Place, rng: random.Random) -> Place:
    tenths = round((place.rating or 0) * 10)
    least, most = DROP_TENTHS[0], min(DROP_TENTHS[1], tenths - LOWEST_TENTHS)
    return place if most < least else replace(place, rating=(tenths - rng.randint(least, most)) / 10)


def _with_another_phone(place: Place, rng: random.Random) -> Place:
    """A further number of the commune that rings nowhere."""
    business = place.business
    prefix = business.commune.phone
    number = int(business.phone.removeprefix(prefix).replace(" ", "")) + rng.randrange(1, NUMBERS)
    ending = f"{number % NUMBERS:04}"
    return replace(place, business=replace(business, phone=f"{prefix} {ending[:2]} {ending[2:]}"))
