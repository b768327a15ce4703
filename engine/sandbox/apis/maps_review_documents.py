"""Reviews as the map's own page gets them, in pages with a token for the next one."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from engine.sandbox.apis.maps_documents import MAPS, Json, filled
from engine.sandbox.apis.maps_languages import Language
from engine.sandbox.apis.maps_reviews import Review, microseconds

PAGE_MAX, PAGE_USUAL = 20, 10
BEGINNING = "CAQS"  # of each token
ICON = "https://www.gstatic.com/images/branding/product/1x/googleg_48dp.png"
FEATURE = re.compile(r"!1m6!1s([^!]+)")
PAGE = re.compile(r"!2m2!1i(\d+)!2s([^!]*)|!2m1!1i(\d+)")
SORT = re.compile(r"!13m1!1e(\d)")


class Sort(IntEnum):
    """The orders that a request may ask for."""

    RELEVANT = 1
    NEWEST = 2
    HIGHEST = 3
    LOWEST = 4


class WrongToken(ValueError):
    """The page's token belongs to another place or order, or to nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for reviews wants: of which place, how many, in what order, after which token ('': the first)."""

    feature: str
    size: int
    sort: int
    token: str

    @property
    def offset(self) -> int:
        """How many reviews the token's page comes after. Raises WrongToken."""
        if not self.token:
            return 0
        offset = self.token.rpartition(":")[2]
        if not offset.isdecimal() or _token(self, int(offset)) != self.token:
            raise WrongToken(self.token)
        return int(offset)


def read_asked(pb: str) -> Asked | None:
    """The request in a `pb` parameter; None when it names no place."""
    feature, page, sort = FEATURE.search(pb), PAGE.search(pb), SORT.search(pb)
    if feature is None:
        return None
    size = int(page[1] or page[3]) if page else PAGE_USUAL
    token = (page[2] or "") if page else ""
    return Asked(feature[1], max(1, min(size, PAGE_MAX)), int(sort[1]) if sort else Sort.RELEVANT, token)


def reviews_document(asked: Asked, reviews: Sequence[Review], cid: int, told: Language, *, now: datetime) -> list[Json]:
    """One page of a place's reviews: the next token in [1] (null at the end), the reviews in [2].

    Raises:
        WrongToken.
    """
    ordered = _ordered(reviews, asked.sort)
    begin = asked.offset
    shown = ordered[begin : begin + asked.size]
    tokens = [_token(asked, begin + place) for place in range(1, len(shown) + 1)]
    entries: list[Json] = [
        [_document(one, cid, told, now), None, token] for one, token in zip(shown, tokens, strict=True)
    ]
    more = tokens[-1] if shown and begin + len(shown) < len(ordered) else None
    return [None, more, entries, None, None, 1]


def _ordered(reviews: Sequence[Review], sort: int) -> list[Review]:
    """From newest first to the order that is asked for; of two that are equal there, the newer one first."""
    match sort:
        case Sort.NEWEST:
            return list(reviews)
        case Sort.HIGHEST:
            return sorted(reviews, key=_fifths, reverse=True)
        case Sort.LOWEST:
            return sorted(reviews, key=_fifths)
        case _:
            return sorted(reviews, key=lambda one: (one.text is None, one.reply is None, -len(one.text or "")))


def _fifths(review: Review) -> float:
    return review.stars if review.is_native else review.stars / 2


def _token(asked: Asked, offset: int) -> str:
    digest = hashlib.sha256(f"{asked.feature}/{asked.sort}".encode()).hexdigest()[:16]
    return f"{BEGINNING}{base64.urlsafe_b64encode(f'{digest}{offset}'.encode()).decode()}:{offset}"


def _document(review: Review, cid: int, told: Language, now: datetime) -> list[Json]:
    """One review: whose and when [1], stars and text [2], the owner's answer [3], its link [4]."""
    return [
        review.id,
        _about(review, cid, told, now),
        _body(review, told),
        _reply(review, cid, told, now),
        filled(7, {3: [_link(review, cid, told)]}) if review.is_native else None,
    ]


def _about(review: Review, cid: int, told: Language, now: datetime) -> list[Json]:
    if review.is_native:
        page = f"{MAPS}/contrib/{review.author_id}"
        links: list[Json] = [f"{page}/reviews?hl={told.code}"]
        photo = f"https://lh3.googleusercontent.com/a/{review.author_id}=s120-c-rp-mo-br100"
        count = 1 + int(review.author_id[-2:])
        author = filled(11, {0: review.author, 1: photo, 2: [f"{page}?hl={told.code}"], 3: review.author_id, 5: count})
        author[10] = [told.reviews.format(count)]
        source: list[Json] = [review.source, ICON, None, None, 5]
    else:
        links = [f"https://www.tripadvisor.com/members/{review.author_id}"]
        author = filled(2, {0: review.author})
        source = [review.source, "https://www.tripadvisor.com/favicon.ico", None, None, 10]
    return filled(
        18,
        {
            0: f"0x0:0x{cid:x}",
            2: review.stamp,
            3: review.stamp,
            4: [None, None, links, None, None, author],
            6: told.past(now - review.moment),
            13: source,
            15: 1,
            17: 0,
        },
    )


def _body(review: Review, told: Language) -> list[Json]:
    """Stars [0], of an aggregator [8]; languages [14]; the text as it was written and its translation [15]."""
    rating: dict[int, Json] = {0: [int(review.stars)]} if review.is_native else {8: [None, review.stars]}
    if review.text is None:
        return filled(1, rating)
    texts: list[Json] = [_passage(review.text)]
    languages: list[Json] = [review.language]
    if review.translation and told.is_french:
        texts.append(_passage(review.translation))
        languages += [told.code, review.language_name, "français", 1]
    return filled(16, {**rating, 14: languages, 15: texts})


def _reply(review: Review, cid: int, told: Language, now: datetime) -> list[Json]:
    if not review.is_native or (review.text is None and review.reply is None):
        return []
    place = f"https://business.google.com/local/business/{cid}/customers/reviews/reply?p={review.id}"
    if review.reply is None or review.replied is None:
        return filled(12, {5: place})
    stamp = microseconds(review.replied)
    said: dict[int, Json] = {13: ["fr"], 14: [_passage(review.reply)]}
    return filled(15, {1: stamp, 2: stamp, 3: told.past(now - review.replied), 5: place, **said})


def _passage(text: str) -> list[Json]:
    return [text, None, [0, len(text)]]


def _link(review: Review, cid: int, told: Language) -> str:
    data = f"!4m8!14m7!1m6!2m5!1s{review.id}!2m1!1s0x0:0x{cid:x}!3m1!1s2@1:{review.id}%7C%7C"
    return f"{MAPS}/reviews/data={data}?hl={told.code}"
