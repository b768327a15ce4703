"""Invents businesses: a name, an owner, an invented street in a real commune, a number that rings nowhere."""

import math
import random
from dataclasses import dataclass

from engine.sandbox.categories import CATEGORIES, Category
from engine.sandbox.communes import COMMUNES, Commune
from engine.sandbox.draw import words

FIRST_NAMES = words(
    "Camille Julien Martine Sophie Antoine Claire Nicolas Isabelle Thierry Laura Hugo Élodie Bernard Nadia Karim Lucie "
    "Pascal Manon Olivier Chloé Gérard Inès Yann Aurélie Bruno Léa Stéphane Amandine Rémi Florence"
)
LAST_NAMES = words(
    "Morvan Lacaze Fontanel Dubreuil Garnier Le-Goff Castagnet Vasseur Pellerin Rocher Delmas Aubry Kermarrec Bouvier "
    "Charpin Lemoine Etcheverry Santoni Haas Meunier Roussel Tanguy Blanchet Cordier Faivre Galland Hervieu Jacquot "
    "Lavigne Monnier Noblet Poirier Renaudin Sabatier Teyssier Vidalenc Weber Zimmer Arnoux Bessière"
)
SPOTS = (
    "du Port",
    "des Halles",
    "du Marché",
    "de la Gare",
    "Saint-Michel",
    "du Vieux Pont",
    "des Tanneurs",
    "du Parc",
    "de l'Olivier",
    "du Moulin",
    "des Remparts",
    "de la Fontaine",
    "du Canal",
    "Sainte-Anne",
    "des Arcades",
    "du Beffroi",
    "de la Cale",
    "des Acacias",
    "du Coteau",
    "de l'Horloge",
)
STREETS = (
    "rue des Tilleuls-Bleus",
    "avenue du Grand-Cèdre",
    "rue de l'Encrier",
    "place du Sablier",
    "boulevard des Hirondelles-Grises",
    "quai de la Vieille-Enclume",
    "rue du Merle-Blanc",
    "impasse des Trois-Lanternes",
    "rue de la Boussole",
    "cours des Faïenciers-Réunis",
    "chemin de la Source-Haute",
    "rue Jean-Quelconque",
)
METRES_PER_DEGREE = 111_320.0
SPREAD_METRES = 2_200.0


@dataclass(frozen=True, slots=True)
class Business:
    """`street` is number and street; `phone` is in national form."""

    name: str
    category: Category
    commune: Commune
    street: str
    latitude: float
    longitude: float
    phone: str
    first: str
    last: str
    siren: str

    @property
    def address(self) -> str:
        """In one line, as Google formats it."""
        return f"{self.street}, {self.commune.postal_code} {self.commune.name}, France"


def invent(
    rng: random.Random,
    *,
    category: Category | None = None,
    commune: Commune | None = None,
    spread_metres: float = SPREAD_METRES,
) -> Business:
    """One business; its trade and commune by weight unless given."""
    category = category or rng.choices(CATEGORIES, [one.weight for one in CATEGORIES])[0]
    commune = commune or rng.choices(COMMUNES, [one.weight for one in COMMUNES])[0]
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    latitude, longitude = _scattered(rng, commune, spread_metres)
    return Business(
        name=rng.choice(category.names).format(place=rng.choice(SPOTS), first=first, last=last.replace("-", " ")),
        category=category,
        commune=commune,
        street=f"{rng.randint(1, 98)} {rng.choice(STREETS)}",
        latitude=latitude,
        longitude=longitude,
        phone=f"{commune.phone} {rng.randint(0, 99):02d} {rng.randint(0, 99):02d}",
        first=first,
        last=last,
        siren=invent_siren(rng),
    )


def _scattered(rng: random.Random, commune: Commune, metres: float) -> tuple[float, float]:
    distance, angle = metres * math.sqrt(rng.random()), rng.uniform(0, 2 * math.pi)
    north = distance * math.cos(angle) / METRES_PER_DEGREE
    east = distance * math.sin(angle) / (METRES_PER_DEGREE * math.cos(math.radians(commune.latitude)))
    return round(commune.latitude + north, 7), round(commune.longitude + east, 7)


def invent_siren(rng: random.Random) -> str:
    """Nine digits whose last makes the Luhn sum right."""
    digits = "9" + "".join(str(rng.randint(0, 9)) for _ in range(7))
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that makes the Luhn sum of these and itself a multiple of ten."""
    doubled = [int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(digits))]
    return str(-sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10)
