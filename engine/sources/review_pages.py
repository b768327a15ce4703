"""The reviews of the place that an open page shows, asked for as the page itself asks for them, 20 at a time."""

import json
from collections.abc import Container
from datetime import datetime
from urllib.parse import quote

from engine.network.live import LivePage
from engine.sources.errors import ReviewsCut, TileBlocked
from engine.sources.google_documents import LayoutChanged, at, number_at, read_answer
from engine.sources.google_reviews import Review, ReviewPage, read_reviews
from engine.sources.google_ways import SOURCE, UNREADABLE

PATH = "/maps/rpc/listugcposts"
PAGE_SIZE = 20
RELEVANT, NEWEST = 1, 2
ANSWER_SECONDS = 20.0
OK = 200

# The answer's status and text; that of the page with the captcha is 429.
_ASK = "fetch(%s).then(async answer => [answer.status, await answer.text()], () => [0, ''])"


async def latest(
    page: LivePage, feature: str, now: datetime, *, newest: bool, limit: int, known: Container[str]
) -> ReviewPage:
    """Up to `limit` reviews of the place of that feature id; the newest end before the first `known` one.

    Raises:
        TileBlocked: an answer was refused, or can't be read; as ReviewsCut where others came before it.
        LayoutChanged, Crashed.
    """
    found: dict[str, Review] = {}
    token: str | None = ""
    while token is not None and len(found) < limit:
        try:
            told = await _page(page, reviews_url(feature, newest=newest, token=token), now)
        except TileBlocked as refusal:
            if not found:
                raise
            reason = str(refusal.values["reason"])
            raise ReviewsCut(source=SOURCE, reason=reason, reviews=tuple(found.values())) from None
        token = told.next_token
        for review in told.reviews:
            if newest and review.id in known:
                return ReviewPage(tuple(found.values())[:limit], None)
            found.setdefault(review.id, review)
    return ReviewPage(tuple(found.values())[:limit], token)


def reviews_url(feature: str, *, newest: bool, token: str) -> str:
    """What the page asks for one page of reviews; a `token` of '' is for the first."""
    pb = (
        f"!1m6!1s{feature}!6m4!4m1!1e1!4m1!1e3!2m2!1i{PAGE_SIZE}!2s{token}!5m2!1s!7e81!8m9!2b1!3b1!5b1!7b1"
        f"!12m4!1b1!2b1!4m1!1e1!11m0!13m1!1e{NEWEST if newest else RELEVANT}"
    )
    return f"{PATH}?authuser=0&hl=fr&gl=fr&pb={quote(pb, safe='')}"


async def _page(page: LivePage, url: str, now: datetime) -> ReviewPage:
    answer = await page.read(_ASK % json.dumps(url), seconds=ANSWER_SECONDS)
    status = number_at(answer, 0)
    if status != OK:
        raise TileBlocked(source=SOURCE, reason=f"http_{status:.0f}" if status else "timeout")
    text = at(answer, 1)
    try:
        body = read_answer(text if isinstance(text, str) else "")
    except LayoutChanged:
        raise TileBlocked(source=SOURCE, reason=UNREADABLE) from None
    return read_reviews(body, now=now)
