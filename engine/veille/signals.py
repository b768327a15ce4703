"""Changed places -> those whose reputation moved, ranked by urgency. Pure. Source: docs page api/veille."""

from decimal import Decimal

from engine.limits import SIGNAL_RATING_DROP, SIGNAL_REVIEWS
from engine.rows.cells import number_of
from engine.rows.types import Row, Value
from engine.veille.diff import Change

COLUMNS = (
    "nom", "adresse", "telephone", "site_web", "email", "lien_google_maps", "note_avant", "note_apres", "delta_note",
    "avis_avant", "avis_apres", "delta_avis", "score",
)  # fmt: skip
CONTACT = COLUMNS[:6]

# A tenth of a star outweighs any number of reviews: a surge brings less than SURGE_MOST, however large it is.
DROP_WEIGHT = 22
SURGE_MOST = 2
SURGE_NOISE = 5  # reviews that come by themselves
SURGE_HALF = 4  # reviews above the noise that bring half of the most


def signal_of(change: Change) -> Row | None:
    """The change as a row of `COLUMNS`; None when neither the rating fell nor the reviews grew enough.

    Ratings are counted as decimals: from 4.3 to 4.1 is 0.2, which floats miss.
    """
    note_before, note_after = _decimal(change.before.get("note")), _decimal(change.after.get("note"))
    avis_before, avis_after = _decimal(change.before.get("nb_avis")), _decimal(change.after.get("nb_avis"))
    note, avis = _delta(note_before, note_after), _delta(avis_before, avis_after)
    fell = note is not None and -note >= SIGNAL_RATING_DROP
    grew = avis is not None and avis >= SIGNAL_REVIEWS
    if not fell and not grew:
        return None
    return {
        **{column: change.after.get(column, change.before.get(column)) for column in CONTACT},
        "note_avant": _plain(note_before),
        "note_apres": _plain(note_after),
        "delta_note": _plain(note),
        "avis_avant": _whole(avis_before),
        "avis_apres": _whole(avis_after),
        "delta_avis": _whole(avis),
        "score": score(note or Decimal(0), avis or Decimal(0)),
    }


def score(delta_note: Decimal, delta_avis: Decimal) -> float:
    """How urgent a change is: grows with the stars that were lost, then with the reviews that came."""
    drop, surge = max(-delta_note, Decimal(0)), max(delta_avis - SURGE_NOISE, Decimal(0))
    return round(float(DROP_WEIGHT * drop + SURGE_MOST * surge / (surge + SURGE_HALF)), 4)


def _decimal(value: Value) -> Decimal | None:
    number = number_of(value)
    return None if number is None else Decimal(repr(number))


def _delta(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
