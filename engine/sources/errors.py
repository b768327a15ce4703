"""What a map source may answer instead of places."""

from engine.errors import OutsendError
from engine.sources.google_reviews import Review


class TileBlocked(OutsendError):
    """The source refused this tile; it may be asked again. `reason` is a word for logs: `http_429`, `captcha`."""

    code = "tile_blocked"
    kind = "upstream"
    message = "La source {source} a refusé la recherche ({reason})"
    hint = "The search is repeated; a tile that stays refused is counted in flagged_tiles_count."

    def __init__(self, *, source: str, reason: str) -> None:
        super().__init__(source=source, reason=reason)


class ReviewsCut(TileBlocked):
    """Maps refused to go on. `reviews` are those of the pages before, the newest or the most relevant ones."""

    code = "reviews_cut"
    message = "La source {source} a refusé la suite des avis ({reason})"
    hint = "The reviews before it are kept. Run the place again for the others."

    def __init__(self, *, source: str, reason: str, reviews: tuple[Review, ...]) -> None:
        super().__init__(source=source, reason=reason)
        self.reviews = reviews


class PlaceUnknown(OutsendError):
    code = "place_unknown"
    kind = "missing"
    message = "Établissement introuvable sur Google Maps : {place}"
    hint = "Give the place_id or the lien_google_maps of a place that still exists."

    def __init__(self, *, place: str) -> None:
        super().__init__(place=place[:200])


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
