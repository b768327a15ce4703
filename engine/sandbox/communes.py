"""A dozen real communes: where the invented businesses stand.

Coordinates are those of the town halls' surroundings, degrees WGS 84; postal codes are La Poste's.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commune:
    """`phone` is the prefix that Arcep keeps for fiction in that part of France: such numbers ring nowhere."""

    name: str
    postal_code: str
    department: str
    latitude: float
    longitude: float
    phone: str
    weight: int  # how many businesses, relative to the others


LYON = Commune("Lyon", "69003", "Rhône", 45.7580, 4.8350, "04 65 71", 9)
STRASBOURG = Commune("Strasbourg", "67000", "Bas-Rhin", 48.5734, 7.7521, "03 53 01", 3)
COMMUNES = (
    LYON,
    Commune("Tours", "37000", "Indre-et-Loire", 47.3941, 0.6848, "02 61 91", 5),
    Commune("Nantes", "44000", "Loire-Atlantique", 47.2184, -1.5536, "02 61 91", 4),
    Commune("Lille", "59800", "Nord", 50.6292, 3.0573, "03 53 01", 4),
    Commune("Rennes", "35000", "Ille-et-Vilaine", 48.1173, -1.6778, "02 61 91", 3),
    STRASBOURG,
    Commune("Aurillac", "15000", "Cantal", 44.9311, 2.4440, "04 65 71", 2),
    Commune("Bayonne", "64100", "Pyrénées-Atlantiques", 43.4929, -1.4748, "05 36 49", 2),
    Commune("Dijon", "21000", "Côte-d'Or", 47.3220, 5.0415, "03 53 01", 2),
    Commune("Annecy", "74000", "Haute-Savoie", 45.8992, 6.1294, "04 65 71", 2),
    Commune("Versailles", "78000", "Yvelines", 48.8049, 2.1204, "01 99 00", 2),
    Commune("Ajaccio", "20000", "Corse-du-Sud", 41.9192, 8.7386, "04 65 71", 1),
)
