"""Fetch public pages: through the guard, by robots.txt, at the pace of their site, within caps, once a job."""

import dataclasses
from collections import OrderedDict
from collections.abc import Mapping

from yarl import URL

from engine.network.body import decode_text, is_text, media_type
from engine.network.guard import parse_url
from engine.network.once import Once
from engine.network.pace import site_of
from engine.network.page_store import PipelinePages
from engine.network.types import Download, Page, Unreachable
from engine.network.visits import Limits, Shared, Visits

PAGE = Limits(max_bytes=2 * 1024 * 1024, seconds=20.0, text_only=True)
CACHE_CHARACTERS_MAX = 16 * 1024 * 1024

_Key = tuple[str, bool]  # normalised address, whether its certificate had to be valid
_Result = Page | Unreachable


class PageFetcher:
    """The `Fetcher` of one job: its own cache and connections, everything else shared by the process.

    `kept` are the pages that the other jobs of its pipeline fetched.
    """

    def __init__(self, shared: Shared, kept: PipelinePages | None = None) -> None:
        self._visits = Visits(shared)
        self._kept = kept
        self._cache = _Cache()
        self._fetching: Once[_Key, _Result] = Once()

    async def get(self, url: str, *, fresh: bool = False, verify_tls: bool = True) -> Page:
        target = parse_url(url)
        key, site = (str(target), verify_tls), site_of(target.raw_host or "")
        result = None if fresh else self._cache.get(site, key)
        if result is None:
            result = await self._fetching.do(key, lambda: self._obtain(target, fresh=fresh, verify_tls=verify_tls))
            self._cache.put(site, key, result)
        if isinstance(result, Unreachable):
            raise as_asked(result, url)
        return result if result.url == url else dataclasses.replace(result, url=url)

    async def download(self, url: str, *, max_bytes: int, timeout_seconds: float = PAGE.seconds) -> Download:
        limits = Limits(max_bytes, timeout_seconds, text_only=False)
        try:
            answer, _ = await self._visits.follow(parse_url(url), limits, verify_tls=True)
        except Unreachable as error:
            raise as_asked(error, url) from None
        if answer.truncated:
            raise Unreachable(url=url, reason="too_large", detail=f"more than {max_bytes} bytes")
        kind = media_type(answer.headers.get("Content-Type", ""))
        return Download(url, str(answer.url), answer.status, answer.headers, kind, answer.body)

    async def done_with(self, url: str) -> None:
        try:
            site = site_of(parse_url(url).raw_host or "")
        except Unreachable:
            return  # nothing was ever fetched from there
        self._cache.forget(site)
        await self._visits.leave(site)

    async def close(self) -> None:
        """Give up what is being fetched and close every connection."""
        await self._fetching.close()
        await self._visits.close()

    async def _obtain(self, url: URL, *, fresh: bool, verify_tls: bool) -> _Result:
        """What the pipeline has kept, else what the site answers."""
        if self._kept is None:
            return await self._fetch(url, verify_tls=verify_tls)
        known = None if fresh else await self._kept.get(str(url), verify_tls=verify_tls)
        if known is None:
            known = await self._fetch(url, verify_tls=verify_tls)
            await self._kept.put(str(url), known, verify_tls=verify_tls)
        return known

    async def _fetch(self, url: URL, *, verify_tls: bool) -> _Result:
        try:
            answer, visit = await self._visits.follow(url, PAGE, verify_tls=verify_tls)
        except Unreachable as error:
            return error
        header = answer.headers.get("Content-Type", "")
        return Page(
            url=str(url),
            final_url=str(answer.url),
            status=answer.status,
            headers=answer.headers,
            html=decode_text(answer.body, header) if is_text(media_type(header), answer.body) else "",
            content_type=media_type(header),
            truncated=answer.truncated,
            redirects=tuple(visit.passed),
            cookies=answer.cookies,
            tls=answer.tls,
            elapsed_ms=1_000 * visit.seconds_used,
        )


def as_asked(error: Unreachable, url: str) -> Unreachable:
    """The same for the address that was asked for, whichever step of its way failed."""
    detail = f"{error.url}: {error.detail}" if error.url != url else error.detail
    return type(error)(url=url, reason=error.reason, detail=detail)


class _Cache:
    """Results by site, forgotten by site: when it is done, or when others need the room."""

    def __init__(self) -> None:
        self._sites: OrderedDict[str, dict[_Key, _Result]] = OrderedDict()  # least recently used first
        self._characters = 0

    def get(self, site: str, key: _Key) -> _Result | None:
        return self._sites.get(site, {}).get(key)

    def put(self, site: str, key: _Key, result: _Result) -> None:
        known = self._sites.setdefault(site, {})
        self._characters += _size(result) - _size(known.get(key))
        known[key] = result
        self._sites.move_to_end(site)
        while self._characters > CACHE_CHARACTERS_MAX and len(self._sites) > 1:
            self.forget(next(iter(self._sites)))

    def forget(self, site: str) -> None:
        pages: Mapping[_Key, _Result] = self._sites.pop(site, {})
        self._characters -= sum(map(_size, pages.values()))


def _size(result: _Result | None) -> int:
    # An entry costs something even when it holds no text.
    return 0 if result is None else 512 + (len(result.html) if isinstance(result, Page) else 0)
