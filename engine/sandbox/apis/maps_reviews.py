"""The reviews of a place: as many as it has, with the stars that make its rating, the same at every asking.

Reviews are numbered from the oldest. Each ten of them make the rating exactly, so that older ones stay as they are when
new ones come; the last ones, fewer than ten, come as near as whole stars can, and some of their authors think again
when the rating changes. The map shows the newest `SHOWN_MAX`.
"""

import base64
import hashlib
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.sandbox.business import FIRST_NAMES, LAST_NAMES
from engine.sandbox.draw import slug
from engine.sandbox.places import Place

SHOWN_MAX = 60
BLOCK = 10
HOTEL = "Hôtel"  # the trade about which visitors of another site speak on the map too
AGGREGATOR = "Tripadvisor"
AGGREGATED = 3
FIRST_DAY = datetime(2014, 1, 6, 8, tzinfo=UTC)
SPAN = timedelta(days=3_900)  # no review is younger
START_DAYS = 3_700  # the first review of a place comes within so many days
HALF_WAY = 40  # reviews that come in the first half of the time left

GOOD = (
    "Super accueil et travail soigné, je recommande.",
    "Parfait du début à la fin, merci à toute l'équipe !",
    "Excellent, les prix sont honnêtes et l'attente est courte.",
    "Très bonne adresse, on sent le savoir-faire.\nJ'y retournerai les yeux fermés.",
    "Accueil souriant, c'est propre et rapide.",
)
FAIR = (
    "Correct sans plus, un peu d'attente à l'arrivée.",
    "Bon dans l'ensemble, mais un peu cher pour ce que c'est.",
    "Qualité inégale selon les jours.",
)
BAD = (
    "Très déçu : une heure d'attente et personne pour s'excuser.",
    "Trop cher pour un résultat mauvais, jamais je ne reviendrai.",
    "Accueil horrible, le téléphone sonne dans le vide.",
)
# In another language, with what the map makes of it in French.
FOREIGN = (
    ("de", "allemand", "Wunderbar, sehr freundlich und sauber.", "Merveilleux, très aimable et propre."),
    (
        "en",
        "anglais",
        "Friendly staff and fair prices, great place.",
        "Personnel aimable et prix justes, super endroit.",
    ),
)
FOREIGN_BAD = (
    ("en", "anglais", "Never again: slow, expensive and rude.", "Plus jamais : lent, cher et impoli."),
    ("de", "allemand", "Schlecht und teuer, nie wieder.", "Mauvais et cher, plus jamais."),
)
REPLIES = (
    "Merci pour votre retour, à bientôt !",
    "Merci d'avoir pris le temps de nous écrire. Toute l'équipe vous salue.",
    "Nous sommes désolés de cette expérience. Appelez-nous, nous trouverons une solution.",
)


@dataclass(frozen=True, slots=True)
class Review:
    """`text` is the original; `translation` its French, when it is in another language. `stars` of an aggregator's
    review are tenths of ten. Moments are UTC."""

    id: str
    author: str
    author_id: str
    stars: float
    moment: datetime
    text: str | None = None
    language: str = "fr"
    language_name: str = "français"
    translation: str | None = None
    reply: str | None = None
    replied: datetime | None = None
    source: str = "Google"

    @property
    def stamp(self) -> int:
        """Microseconds since 1970."""
        return microseconds(self.moment)

    @property
    def is_native(self) -> bool:
        return self.source == "Google"


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a place's reviews depend on. `count` is 0 without a rating."""

    id: str
    rating: float | None
    count: int
    category: str  # in French


def reviewed(place: Place) -> Reviewed:
    """What the reviews of this place depend on."""
    count = 0 if place.rating is None else place.reviews
    return Reviewed(place.id, place.rating, count, place.business.category.label)


def reviews_of(place: Reviewed) -> list[Review]:
    """What the map shows of a place, newest first: its newest reviews, `SHOWN_MAX` at most, and an aggregator's.

    The aggregator's are not counted in the place's reviews.
    """
    found = [_review(place, index) for index in range(max(0, place.count - SHOWN_MAX), place.count)]
    if place.category == HOTEL:
        found += [_aggregated(place.id, index) for index in range(AGGREGATED)]
    return sorted(found, key=lambda one: (one.moment, one.id), reverse=True)


def histogram(place: Reviewed) -> list[int]:
    """How many reviews gave 1 to 5 stars; together as many as the place has."""
    counted: Counter[int] = Counter()
    for block in range((place.count + BLOCK - 1) // BLOCK):
        counted.update(_stars(place, block))
    return [counted[stars] for stars in range(1, 6)]


def _stars(place: Reviewed, block: int) -> list[int]:
    """The stars of one ten of a rated place's reviews; of the last ones, fewer."""
    tenths = round((place.rating or 0) * 10)
    count = min(BLOCK, place.count - block * BLOCK)
    total = min(5 * count, max(count, (tenths * count + 5) // 10))
    rng = random.Random(f"{place.id}/stars/{block}/{count}/{tenths}")
    stars = [total // count + (index < total % count) for index in range(count)]
    rng.shuffle(stars)
    for _ in range(count // 3):
        gains, loses = rng.randrange(count), rng.randrange(count)
        step = min(rng.randint(1, 2), 5 - stars[gains], stars[loses] - 1)
        if gains != loses:
            stars[gains] += step
            stars[loses] -= step
    return stars


def _review(place: Reviewed, index: int) -> Review:
    key = f"{place.id}/review/{index}"
    rng = random.Random(key)
    author = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES).replace('-', ' ')}"
    stars, moment = _stars(place, index // BLOCK)[index % BLOCK], _moment(place.id, index)
    says = _text(rng, stars)
    replied = rng.random() < 0.3
    return Review(
        id=_id(key),
        author=author,
        author_id="1" + "".join(str(rng.randrange(10)) for _ in range(20)),
        stars=stars,
        moment=moment,
        text=says[2] or None,
        language=says[0],
        language_name=says[1],
        translation=says[3] or None,
        reply=REPLIES[2] if replied and stars < 3 else rng.choice(REPLIES[:2]) if replied else None,
        replied=moment + timedelta(days=1, seconds=rng.randrange(80_000)) if replied else None,
    )


def _text(rng: random.Random, stars: int) -> tuple[str, str, str, str]:
    """Language, its French name, text, translation; one in four gives stars and says nothing."""
    chance = rng.random()
    if chance < 0.25:
        return "fr", "français", "", ""
    if chance < 0.4:
        return rng.choice(FOREIGN if stars > 2 else FOREIGN_BAD)
    return "fr", "français", rng.choice(GOOD if stars > 3 else FAIR if stars == 3 else BAD), ""


def _aggregated(place_id: str, index: int) -> Review:
    key = f"{place_id}/aggregated/{index}"
    rng = random.Random(key)
    author, tenths = rng.choice(FIRST_NAMES), rng.randrange(50, 100, 5)
    language, name, text, _ = rng.choice(FOREIGN if tenths >= 60 else FOREIGN_BAD)
    return Review(
        id=f"AGG_{_id(key)[:20]}",
        author=author,
        author_id=slug(f"{author} {rng.randrange(1_000)}"),
        stars=tenths / 10,
        moment=_moment(f"{place_id}/aggregated", index * 3),
        text=text,
        language=language,
        language_name=name,
        source=AGGREGATOR,
    )


def _id(key: str) -> str:
    digest = hashlib.sha256(key.encode()).digest()
    return "Ch" + base64.urlsafe_b64encode(digest[:25]).decode().rstrip("=")


def _moment(owner: str, index: int) -> datetime:
    """When the review of this number came: later than the one before, sooner after it the more there are."""
    begin = FIRST_DAY + timedelta(days=random.Random(f"{owner}/begin").randrange(START_DAYS))
    left = FIRST_DAY + SPAN - begin
    passed, gap = index / (index + HALF_WAY), HALF_WAY / ((index + HALF_WAY) * (index + HALF_WAY + 1))
    share = passed + 0.8 * gap * random.Random(f"{owner}/moment/{index}").random()
    return begin + timedelta(microseconds=int(left / timedelta(microseconds=1) * share))
