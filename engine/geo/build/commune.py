"""A commune on its way into the table."""

import math
from dataclasses import dataclass

Point = tuple[float, float]  # latitude, longitude


@dataclass(slots=True)
class Commune:
    """A commune or municipal arrondissement on its way into the table."""

    code: str
    name: str
    departement: str
    region: str
    population: int
    postal_codes: list[str]
    parent: str
    point: Point | None = None
    approximate: bool = False
    radius_km: float = 0.0

    @property
    def record(self) -> str:
        latitude, longitude = self.point or (0.0, 0.0)
        kind = "A" if self.parent else "C"
        size = f"{self.population}\t{latitude:.4f}\t{longitude:.4f}\t{self.radius_km:.1f}\t{int(self.approximate)}"
        return f"{kind}\t{self.code}\t{self.name}\t{self.departement}\t{size}\t{','.join(self.postal_codes)}"


def distance_km(a: Point, b: Point) -> float:
    """Flat distance, good to a percent within a departement."""
    x = (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.195 * math.hypot(x, a[0] - b[0])
