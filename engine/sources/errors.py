"""What a map source may answer instead of places."""

from engine.errors import OutsendError


class TileBlocked(OutsendError):
    """The source refused this tile; it may be asked again. `reason` is a word for logs: `http_429`, `captcha`."""

    code = "tile_blocked"
    kind = "upstream"
    message = "La source {source} a refusé la recherche ({reason})"
    hint = "The search is repeated; a tile that stays refused is counted in flagged_tiles_count."

    def __init__(self, *, source: str, reason: str) -> None:
        super().__init__(source=source, reason=reason)


class PlacesKeyRefused(OutsendError):
    code = "places_key_refused"
    kind = "upstream"
    message = "Clé Google Places refusée"
    hint = "Set OUTSEND_GOOGLE_PLACES_KEY to a key for which the Places API (New) is enabled, then resume the job."


class PlacesFailed(OutsendError):
    code = "places_failed"
    kind = "upstream"
    message = "Réponse inattendue de Google Places ({status})"
    hint = "Resume the job later; if it lasts, choose another source with OUTSEND_MAPS_SOURCE."


class OverpassFailed(OutsendError):
    code = "overpass_failed"
    kind = "upstream"
    message = "Réponse inattendue du serveur Overpass ({status})"
    hint = (
        "Check OUTSEND_OVERPASS_URL, or set OUTSEND_OSM_FILE to an .osm.pbf extract of the area; then resume the job."
    )

    def __init__(self, *, status: object) -> None:
        super().__init__(status=status)


class OsmFileUnreadable(OutsendError):
    code = "osm_file_unreadable"
    kind = "unavailable"
    message = "Le fichier OpenStreetMap configuré est illisible"
    hint = "Point OUTSEND_OSM_FILE at a complete .osm.pbf extract."


class SourceUnavailable(OutsendError):
    code = "source_unavailable"
    kind = "unavailable"
    message = "La source {source} n'est pas disponible dans cette version"
    hint = "Set OUTSEND_MAPS_SOURCE to auto, places or osm."
