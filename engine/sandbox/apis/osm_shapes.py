"""Boxes, circles and polygons on the map, in degrees."""

import math
from collections.abc import Callable
from typing import TypeAlias

from engine.sandbox.apis.osm_tags import Element

METRES_PER_DEGREE = 111_320.0
Test: TypeAlias = Callable[[Element], bool]
Box: TypeAlias = tuple[float, float, float, float]  # south, west, north, east


def square_degrees(box: Box) -> float:
    return (box[2] - box[0]) * ((box[3] - box[1]) % 360)


def in_box(box: Box) -> Test:
    south, west, north, east = box
    return lambda element: (
        south <= element.latitude <= north and (element.longitude - west) % 360 <= (east - west) % 360
    )


def metres_from(element: Element, latitude: float, longitude: float) -> float:
    north = element.latitude - latitude
    east = (element.longitude - longitude) * math.cos(math.radians(latitude))
    return math.hypot(north, east) * METRES_PER_DEGREE


def in_polygon(element: Element, corners: list[tuple[float, float]]) -> bool:
    """Whether a ray to the east crosses the polygon's edge an odd number of times."""
    inside = False
    for (lat, lon), (last_lat, last_lon) in zip(corners, [corners[-1], *corners[:-1]], strict=True):
        if (lat > element.latitude) != (last_lat > element.latitude):
            crossing = lon + (element.latitude - lat) / (last_lat - lat) * (last_lon - lon)
            inside ^= element.longitude < crossing
    return inside
