"""Reviews of Google Maps: those in a place document, and the pages of `/maps/rpc/listugcposts`.

A page in a place document is a list of `[review, null, token]`, and the last token is the page's own: seen in real
documents. That an answer of the RPC is `[null, token, [[review, null, token], ...]]`, without a token on the last
page, is what others report; no such answer was seen.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from engine.rows.types import Row
from engine.sources.google_documents import LayoutChanged, at, count_at, list_at, number_at, prose_at, text_at

GOOGLE = "Google"
STARS = 5.0
REVIEWS_MIN = 3  # what fewer reviews lack may well be unknown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)  # Maps began that year; what is older is no date of a review
_AHEAD = timedelta(days=1)  # how far two clocks may differ
_SINCE = re.compile(
    r"(?<!\w)(\d{1,4}|une?|an?)\s+"
    r"(?:(secondes?|seconds?)|(minutes?)|(heures?|hours?)|(jours?|days?)|(semaines?|weeks?)|(mois|months?)"
    r"|(ans?|années?|years?))(?!\w)",
    re.IGNORECASE,
)
_SPANS = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(weeks=1),
)
_MONTHS = (1, 12)  # of the two units of `_SINCE` that have no fixed length


@dataclass(frozen=True, slots=True)
class Review:
    """One review. `rating` is out of 5, whatever scale its source uses; `published` in UTC; `text` and `answer` in the
    language they were written in; `source` is Google or who Maps took it from, such as Tripadvisor.
    """

    id: str
    author: str | None
    rating: float | None
    published: datetime | None
    text: str | None
    answer: str | None
    link: str | None
    source: str = GOOGLE

    @property
    def row(self) -> Row:
        """The columns `avis_auteur` to `avis_lien`; the date as a day, `2026-05-27`."""
        whole = self.rating is not None and self.rating.is_integer()
        return {
            "avis_auteur": self.author,
            "avis_note": int(self.rating) if self.rating is not None and whole else self.rating,
            "avis_date": self.published.date().isoformat() if self.published else None,
            "avis_texte": self.text,
            "avis_reponse": self.answer,
            "avis_lien": self.link,
        }


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Reviews in Google's order, and what to ask the next page with; None on the last one."""

    reviews: tuple[Review, ...]
    next_token: str | None


def reviews_of_place(document: JsonValue, *, now: datetime) -> ReviewPage:
    """The first reviews, which a place document may hold (eight in those seen).

    Raises:
        LayoutChanged: see `read_reviews`.
    """
    return read_reviews(at(document, 175, 9, 0, 0), now=now)


def read_reviews(answer: JsonValue, *, now: datetime) -> ReviewPage:
    """A page of reviews: an answer of the RPC, or a list of `[review, null, token]`. `now` in UTC.

    Raises:
        LayoutChanged: no entry holds a review, one has no id, or none of three or more has an author, a rating or a
            date.
    """
    is_list = isinstance(at(answer, 0), list)
    entries = list_at(answer) if is_list else list_at(answer, 2)
    token = text_at(entries[-1], 2) if is_list else text_at(answer, 1)
    reviews = tuple(read_review(review, now=now) for entry in entries if (review := list_at(entry, 0)))
    if entries and not reviews:
        raise LayoutChanged(field="avis")
    _check(reviews)
    return ReviewPage(reviews, token if reviews else None)


def read_review(review: JsonValue, *, now: datetime) -> Review:
    """One review: `[id, about, words, answer, links, ...]`.

    Raises:
        LayoutChanged: it has no id.
    """
    identifier = text_at(review, 0)
    if identifier is None:
        raise LayoutChanged(field="avis")
    return Review(
        id=identifier,
        author=author(review),
        rating=rating(review),
        published=published(review, now=now),
        text=text(review),
        answer=answer(review),
        link=link(review),
        source=source(review),
    )


def author(review: JsonValue) -> str | None:
    """The name; documents of 2023 have it beside the link to the author's page."""
    return text_at(review, 1, 4, 5, 0) or text_at(review, 1, 4, 1, 1)


def rating(review: JsonValue) -> float | None:
    """Out of 5. Others than Google use scales of their own, which the review names: 8.5 of 10 is 4.25."""
    stars, scale = number_at(review, 2, 0, 0), number_at(review, 1, 13, 4) or STARS
    value = number_at(review, 2, 8, 1) if stars is None else stars
    return round(value * STARS / scale, 2) if value is not None and 0 < value <= scale else None


def published(review: JsonValue, *, now: datetime) -> datetime | None:
    """When it was first published: its stamp, or else what `il y a 2 mois` says at `now`. UTC."""
    times = (
        _stamp(count_at(review, 1, 2)),
        _stamp(count_at(review, 1, 3)),  # of its last change
        _since(text_at(review, 1, 6) or "", now),
    )
    return next((time for time in times if time and _EARLIEST <= time <= now + _AHEAD), None)


def text(review: JsonValue) -> str | None:
    """In the language it was written in: the translation comes second. None where only stars were given."""
    return prose_at(review, 2, 15, 0, 0)


def answer(review: JsonValue) -> str | None:
    """What the owner answered, likewise not translated."""
    return prose_at(review, 3, 14, 0, 0)


def source(review: JsonValue) -> str:
    return text_at(review, 1, 13, 0) or GOOGLE


def link(review: JsonValue) -> str | None:
    """The review's own page, without the language of the asker.

    Of a review that Maps took from elsewhere: the author's page there, else the name of that source.
    """
    own = (text_at(review, 4, 3, 0) or "").partition("?")[0]
    own = own if own.startswith("https://") else ""
    if source(review) == GOOGLE:
        return own or None
    there = text_at(review, 1, 4, 2, 0) or ""
    return (there if there.startswith(("https://", "http://")) else own) or source(review)


def _check(reviews: Sequence[Review]) -> None:
    if len(reviews) < REVIEWS_MIN:
        return
    for column in ("avis_auteur", "avis_note", "avis_date"):
        if all(review.row[column] is None for review in reviews):
            raise LayoutChanged(field=column)


def _stamp(microseconds: int | None) -> datetime | None:
    # Up to 2^53 microseconds, which is the year 2255: no overflow.
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def _since(words: str, now: datetime) -> datetime | None:
    """`il y a 3 semaines`, `a year ago` before `now`; None where the words are others."""
    found = _SINCE.search(words)
    if found is None:
        return None
    count = int(found[1]) if found[1].isdigit() else 1
    unit = next(index for index, word in enumerate(found.groups()[1:]) if word)
    if unit < len(_SPANS):
        return now - count * _SPANS[unit]
    return _months_before(now, count * _MONTHS[unit - len(_SPANS)])


def _months_before(now: datetime, months: int) -> datetime | None:
    """The same day of an earlier month, or its last one."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    if year < 1:
        return None
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
