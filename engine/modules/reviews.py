"""Read the public reviews of each place on Google Maps: one row per review.

Each row has the columns of its place and those of the review: who, how many stars, which day, the text as it was
written, the owner's answer, the link. Source: the page of the place, by its `place_id` or its `lien_google_maps`.
With `only_new` a place is asked for what came after the newest review that the account got of it (FIELD, section 4).
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from engine.module import Expanded, ExpandModule, LastReview, ModuleConfig, OutsendError, Run, option
from engine.rows.types import Row, Value, text_of
from engine.sources.errors import ReviewsCut, TileBlocked
from engine.sources.google_reviews import Review

REVIEWS_MAX = 500  # of one place: 25 pages of Maps, about half a minute
OPENSTREETMAP = "osm:"  # how its places are named, of which Maps knows nothing
# Before the second and the third try of a place that Maps refused.
PAUSES_SECONDS = (1.0, 5.0)

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class NoPlace(OutsendError):
    code = "no_place"
    kind = "unprocessable"
    message = "Aucun établissement avec lien Google Maps ni identifiant (colonnes acceptées : {aliases})"
    hint = "Give each item a place under one of the names {aliases}; the module scrap finds them."


class ReviewsConfig(ModuleConfig):
    max_reviews: int = option(
        20, fr="Avis par établissement", en="Reviews of each place, at most", ge=1, le=REVIEWS_MAX
    )
    sort: Literal["recent", "relevant"] = option(
        "recent", fr="Tri", en="Which come first: the newest, or as Maps ranks"
    )
    only_new: bool = option(
        False,
        fr="Nouveaux avis seulement",
        en="Bring only reviews that are newer than the newest one that the account got of the place; newest first",
    )


class Reviews(ExpandModule[ReviewsConfig]):
    slug = "reviews"
    label = {"fr": "Avis Google", "en": "Google reviews"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "serial"
    accepts, output = "pois_any", "reviews"
    needs = ("lien_google_maps", "place_id")
    missing = NoPlace
    produces = ("avis_auteur", "avis_note", "avis_date", "avis_texte", "avis_reponse", "avis_lien")
    unit = "places"
    result_unit = "reviews"
    usual_seconds = 6.0
    config = ReviewsConfig

    def width(self, config: ReviewsConfig) -> int:
        return 4

    def item_timeout_seconds(self, config: ReviewsConfig) -> float:
        return 300.0

    def rows_at_most(self, config: ReviewsConfig, rows: int | None, upload: object) -> int | None:
        return None if rows is None else rows * config.max_reviews

    def key(self, row: Row) -> str | None:
        """The id of the place, else its link; None where OpenStreetMap alone knows it."""
        place_id, link = text_of(row.get("place_id")), text_of(row.get("lien_google_maps"))
        return (place_id if not place_id.startswith(OPENSTREETMAP) else "") or link or None

    async def expand(self, row: Row, config: ReviewsConfig, run: Run) -> Expanded:
        """One row a review. Those before a refusal stay.

        Raises:
            TileBlocked, PlaceUnknown, LayoutChanged, BrowserMissing, Unreachable: Maps told no review.
        """
        place = self.key(row)
        if place is None:
            return Expanded(stats={"openstreetmap": 1})
        last = await run.last_review(place) if config.only_new else None
        reviews, cut = await _read(place, config, last, run)
        fresh = [review for review in reviews if last is None or _is_newer(review, last)]
        run.report(_report(place, fresh))
        stats = {} if fresh or cut else {"without_new_reviews" if last else "without_reviews": 1}
        # Behind a cut there may be reviews that are newer than the last one: they must still count as new.
        newest = None if cut else _newest(place, fresh)
        return Expanded([review.row for review in fresh], stats, newest, cut)


async def _read(
    place: str, config: ReviewsConfig, last: LastReview | None, run: Run
) -> tuple[Sequence[Review], ReviewsCut | None]:
    """The reviews in their order, and what cut them short.

    Raises:
        TileBlocked: each try was refused before the first review.
    """
    by_date = config.sort == "recent" or last is not None
    known = (last.id,) if last else ()
    cut: ReviewsCut | None = None
    for pause in (*PAUSES_SECONDS, None):
        try:
            page = await run.reviews.reviews(place, newest=by_date, limit=config.max_reviews, known=known)
            return _ordered(page.reviews, by_date=by_date), None
        except TileBlocked as refusal:
            run.log("warn", f"{place} : {refusal.text}")
            if isinstance(refusal, ReviewsCut) and (cut is None or len(refusal.reviews) > len(cut.reviews)):
                cut = refusal
            if pause is None and cut is None:
                raise
        if pause is not None:
            await asyncio.sleep(pause)
    return _ordered(cut.reviews if cut else (), by_date=by_date), cut


def _ordered(reviews: Sequence[Review], *, by_date: bool) -> Sequence[Review]:
    """The newest first, and of one moment as Maps has them; or all as Maps ranks them."""
    return sorted(reviews, key=_published, reverse=True) if by_date else reviews


def _published(review: Review) -> datetime:
    return review.published or _LONG_AGO


def _is_newer(review: Review, last: LastReview) -> bool:
    """Whether the account can't have got it. One without a date that can be read is told rather than lost."""
    return review.id != last.id and (review.published is None or review.published > last.published)


def _newest(place: str, reviews: Sequence[Review]) -> LastReview | None:
    found = max(reviews, key=_published, default=None)
    return LastReview(place, found.id, found.published) if found and found.published else None


def _report(place: str, reviews: Sequence[Review]) -> dict[str, Value]:
    """What tells the rows apart, in their order; times in UTC."""
    told: list[Value] = [
        {"id": review.id, "source": review.source, "published": review.published and review.published.isoformat()}
        for review in reviews
    ]
    return {"place": place, "sources": dict(Counter(review.source for review in reviews)), "reviews": told}


module = Reviews()
