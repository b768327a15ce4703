"""Circles on the globe, measured flat: the same arithmetic clips places and picks tiles."""

import math
from dataclasses import dataclass

KM_PER_DEGREE = 111.195


def turn(degrees: float) -> float:
    """A difference of longitudes, brought into -180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0


@dataclass(frozen=True, slots=True)
class Circle:
    """Around a point in degrees (WGS 84). Distances are flat, east-west shrunk by the latitude of the centre."""

    latitude: float
    longitude: float
    radius_km: float

    @property
    def reach(self) -> tuple[float, float]:
        """The radius in degrees: north-south and east-west."""
        degrees = self.radius_km / KM_PER_DEGREE
        return degrees, degrees / self._shrink

    @property
    def _shrink(self) -> float:
        return math.cos(math.radians(self.latitude))

    def distance_km(self, latitude: float, longitude: float) -> float:
        """From the centre."""
        return self._offset_km(latitude - self.latitude, turn(longitude - self.longitude))

    def _offset_km(self, north: float, east: float) -> float:
        return KM_PER_DEGREE * math.hypot(north, east * self._shrink)

    def contains(self, latitude: float, longitude: float) -> bool:
        return self.distance_km(latitude, longitude) <= self.radius_km

    def touches(self, south: float, west: float, north: float, east: float) -> bool:
        """Whether the circle and the rectangle have a point in common."""
        left = turn(west - self.longitude)
        right = left + (east - west)
        nearest_north = min(max(0.0, south - self.latitude), north - self.latitude)
        return self._offset_km(nearest_north, min(max(0.0, left), right)) <= self.radius_km
