"""The departement and region of a place."""

import pytest

from engine.geo.divisions import division_of


@pytest.mark.parametrize(
    ("latitude", "longitude", "postal_code", "expected"),
    [
        (48.8417, 2.3003, "", ("Paris", "Île-de-France")),
        (47.3941, 0.6848, "37000", ("Indre-et-Loire", "Centre-Val de Loire")),
        (0.0, 0.0, "20200", ("Haute-Corse", "Corse")),
        (-20.8789, 55.4481, "", ("La Réunion", "La Réunion")),
        (60.1699, 24.9384, "00100", None),
        (46.0, -20.0, "", None),
    ],
)
def test_a_place_is_found_by_postal_code_then_by_the_nearest_commune(
    latitude: float, longitude: float, postal_code: str, expected: tuple[str, str] | None
) -> None:
    assert division_of(latitude, longitude, postal_code=postal_code) == expected
