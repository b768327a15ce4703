"""What the reviews of a job say, summed up by the caller's own model.

Any job whose rows have `avis_texte` will do. A long list is sampled, the same way each time. What can be counted is
counted here: a point or a theme stands on the reviews that the model names for it, and its example is a review's own
text. Source: CONTRACT C-409, "Google review summaries"; PRODUCT, "AI".
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from pydantic import BaseModel, Field, StringConstraints

from engine.ai.answers import Json, object_in, whole
from engine.ai.errors import AnswerUnreadable
from engine.ai.marked import json_line, marked, plain, size_of
from engine.ai.money import Usd
from engine.ai.types import Ask, UserMessage
from engine.context import Caller
from engine.errors import OutsendError
from engine.jobs.results import open_download, output_rows
from engine.limits import AI_FEATURES, AI_REVIEW_CHARS, AI_REVIEWS_BYTES
from engine.rows.cells import cell_text, number_of
from engine.rows.columns import fold
from engine.rows.types import Row
from prompts import render

TEXT, RATING, DATE = "avis_texte", "avis_note", "avis_date"
PLACE_COLUMNS = ("place_id", "lien_google_maps", "nom")  # the first that is there tells places apart
READ_CHARS = 4 * AI_REVIEW_CHARS  # of a text; white space in it goes
DRAWN = 1_000  # reviews of which those that fit are shown
POINTS_MAX, THEMES_MAX = 8, 12
SUMMARY_CHARS, POINT_CHARS, NAME_CHARS, EXAMPLE_CHARS = 2_000, 200, 60, 300
PLACE_CHARS = 500

_QUOTES = re.compile(r'["“”„«»]\s*')
_ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}:/+|\bwww\.)\S+", re.IGNORECASE)


class ReviewSummaryRequest(BaseModel):
    """The reviews of a whole job, or those of one place in it."""

    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=PLACE_CHARS)] | None = (
        Field(default=None, description="One place alone: its `place_id`, `lien_google_maps` or `nom`.")
    )
    language: str = Field(default="fr", pattern=r"^[a-z]{2}$", description="Of the answer, as in ISO 639-1.")


class ReviewPoint(BaseModel):
    """`count`: how many of the reviews that were read say so; `example`: the beginning of one of them."""

    text: str
    count: int
    example: str


class ReviewTheme(BaseModel):
    """What customers speak of, in `count` of the reviews that were read; `average` is the rating of these, 1 to 5."""

    name: str
    count: int
    average: float | None


class ReviewSummary(BaseModel):
    """A summary by a model, with figures that are counted.

    `reviews`, `places`, `average` and `ratings` are of all reviews with a text; `read` of them were shown to the model.
    `cost_usd` is null where the model has no known price.
    """

    job_id: str
    place: str | None
    reviews: int
    read: int
    places: int
    average: float | None
    ratings: dict[str, int] = Field(description="Stars, `1` to `5`, and how many reviews give them.")
    summary: str
    strengths: list[ReviewPoint]
    weaknesses: list[ReviewPoint]
    themes: list[ReviewTheme]
    cost_usd: Usd | None


class NoReviews(OutsendError):
    code = "no_reviews"
    message = "Aucun avis à résumer dans ce job"
    hint = "Give a job whose rows have reviews in the column avis_texte; with place, one that has some there."


@dataclass(frozen=True, slots=True)
class _Review:
    at: int
    text: str
    rating: float | None
    date: str


@dataclass(slots=True)
class _Found:
    """What a walk over the rows gave: figures of all reviews, and some of them, drawn evenly."""

    count: int = 0
    places: set[str] = field(default_factory=set[str])
    ratings: Counter[int] = field(default_factory=Counter[int])
    rated: float = 0.0
    drawn: list[_Review] = field(default_factory=list[_Review])


async def review_summary(caller: Caller, job_id: str, request: ReviewSummaryRequest) -> ReviewSummary:
    """What the reviews of an ended job say, by one request to the caller's model.

    Raises:
        JobMissing, JobForbidden, NotDownloadable, OutputGone, NoReviews: nothing was asked.
        AnswerUnreadable; as `engine.ai.answers.whole`.
    """
    output = await caller.call(open_download, job_id)
    if TEXT not in output.columns:
        raise NoReviews()
    found = await asyncio.to_thread(lambda: _found(output_rows(caller.services, output), request.place))
    if not found.drawn:
        raise NoReviews()
    shown, lines = _fitting(found.drawn)
    said = await whole(caller, _ask(request.language, lines))
    written = object_in(said.text)
    summary = _said(written.get("summary"), SUMMARY_CHARS)
    if not summary:
        raise AnswerUnreadable(problem="le résumé manque")
    return ReviewSummary(
        job_id=job_id,
        place=request.place,
        reviews=found.count,
        read=len(shown),
        places=len(found.places),
        average=_rounded(found.rated, found.ratings.total()),
        ratings={str(stars): found.ratings[stars] for stars in range(1, 6)},
        summary=summary,
        strengths=list(_points(written.get("strengths"), shown)),
        weaknesses=list(_points(written.get("weaknesses"), shown)),
        themes=list(_themes(written.get("themes"), shown)),
        cost_usd=said.usage.cost_usd,
    )


def system_prompt() -> str:
    """Our side of the request: the same for everybody."""
    return render("review_summary", points_max=POINTS_MAX, themes_max=THEMES_MAX)


def _ask(language: str, lines: Iterable[str]) -> Ask:
    request = f"Language of the answer: {language}\n\n{marked('reviews', lines)}"
    _, output_tokens, _ = AI_FEATURES["review_summary"]
    return Ask("review_summary", system_prompt(), (UserMessage(request),), output_tokens, json_object=True)


def _found(rows: Iterable[Row], place: str | None) -> _Found:
    """Count every review of the place, or of all, and draw some: each has the same chance, the same rows the same."""
    found, chance = _Found(), random.Random(0)  # noqa: S311 (repeatable, no secret)
    wanted = None if place is None else fold(place)
    for at, row in enumerate(rows):
        if wanted is not None and not _is_of(row, wanted):
            continue
        text = " ".join(plain(cell_text(row.get(TEXT))[:READ_CHARS]).split())
        if not text:
            continue
        rating = _stars(row)
        review = _Review(at, text[:AI_REVIEW_CHARS], rating, cell_text(row.get(DATE))[:10])
        _note(found, row, review)
        seat = len(found.drawn) if len(found.drawn) < DRAWN else chance.randrange(found.count)
        if seat < DRAWN:
            found.drawn[seat : seat + 1] = [review]
    chance.shuffle(found.drawn)
    return found


def _note(found: _Found, row: Row, review: _Review) -> None:
    found.count += 1
    found.places.add(next((text for name in PLACE_COLUMNS if (text := cell_text(row.get(name)))), ""))
    if review.rating is not None:
        found.ratings[int(review.rating + 0.5)] += 1
        found.rated += review.rating


def _is_of(row: Row, place: str) -> bool:
    """Whether a row is about that place, folded."""
    return any(fold(cell_text(row.get(name))) == place for name in PLACE_COLUMNS)


def _stars(row: Row) -> float | None:
    stars = number_of(row.get(RATING))
    return stars if stars is not None and 1 <= stars <= 5 else None


def _fitting(drawn: Sequence[_Review]) -> tuple[list[_Review], list[str]]:
    """As many of the drawn reviews as may be shown, in the order of the rows, and their lines."""
    left, kept = AI_REVIEWS_BYTES, list[_Review]()
    for review in drawn:
        left -= size_of(_line(len(drawn), review))
        if left < 0:
            break
        kept.append(review)
    kept.sort(key=lambda review: review.at)
    return kept, [_line(number, review) for number, review in enumerate(kept, 1)]


def _line(number: int, review: _Review) -> str:
    told: dict[str, Any] = {"n": number, "rating": review.rating, "date": review.date, "text": review.text}
    return json_line({name: value for name, value in told.items() if value not in (None, "")})


def _points(written: object, shown: Sequence[_Review]) -> Iterator[ReviewPoint]:
    """Those that a review supports, the most frequent first."""
    for text, named in _supported(written, "text", POINT_CHARS, shown)[:POINTS_MAX]:
        yield ReviewPoint(text=text, count=len(named), example=named[0].text[:EXAMPLE_CHARS])


def _themes(written: object, shown: Sequence[_Review]) -> Iterator[ReviewTheme]:
    for name, named in _supported(written, "name", NAME_CHARS, shown)[:THEMES_MAX]:
        rated = [review.rating for review in named if review.rating is not None]
        yield ReviewTheme(name=name, count=len(named), average=_rounded(sum(rated), len(rated)))


def _supported(written: object, key: str, chars: int, shown: Sequence[_Review]) -> list[tuple[str, list[_Review]]]:
    """What the model says, each with the reviews that it names for it; nothing without any, the most named first."""
    members = cast("list[object]", written) if isinstance(written, list) else []
    found: dict[str, list[_Review]] = {}
    for one in members:
        told = cast("Json", one) if isinstance(one, dict) else {}
        text, named = _said(told.get(key), chars), _named(told.get("reviews"), shown)
        if text and named:
            found.setdefault(text, named)
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _named(numbers: object, shown: Sequence[_Review]) -> list[_Review]:
    """The reviews of these numbers, each once; numbers of none are passed over."""
    given = cast("list[object]", numbers) if isinstance(numbers, list) else []
    known = {n for n in given if isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= len(shown)}
    return [shown[number - 1] for number in sorted(known)]


def _said(text: object, chars: int) -> str:
    """A text of the model on one line: without addresses, and without quotation marks, as it quotes nobody."""
    line = plain(text) if isinstance(text, str) else ""
    return " ".join(_QUOTES.sub("", _ADDRESS.sub("", line)).split())[:chars].strip()


def _rounded(total: float, count: int) -> float | None:
    return round(total / count, 2) if count else None
