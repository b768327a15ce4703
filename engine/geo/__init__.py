"""Zones, tiles and the bundled geography."""
