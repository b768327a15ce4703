"""Collect what a site shows of its brand: its home page, the manifest that this names, a handful of its pictures.

As `visit`, this waits for the network, and knows its protocols alone. Read-only: eight downloads a site at most.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from urllib.parse import urljoin

from engine.extract.brand import Brand, ColorSource, Manifest, merged, read_brand, read_manifest
from engine.extract.images import BadPicture, Picture, data_of, read_picture
from engine.extract.logos import Candidate, is_default
from engine.extract.palette import Rgb, dominant, harmonic, hex_of
from engine.extract.reports import Report, fitting, short_url
from engine.extract.svg import standalone
from engine.extract.visit import Reader, is_large, visit_home
from engine.limits import BRAND_IMAGE_BYTES_MAX
from engine.network.types import Download, Page, Unreachable
from engine.rows.sites import registrable_domain
from engine.rows.types import Row, Value

TRIES_MAX = 20  # candidates of a site that are looked at; those in the page itself cost no download
LOGO_TRIES, ICON_TRIES, VARIANTS_MAX = 4, 2, 3
DOWNLOADS_MAX = 8  # of a site, the manifest and what turns out to be no picture included
MANIFEST_BYTES_MAX = 200_000
DOWNLOAD_SECONDS = 10.0
SIDE_MIN = 16  # pixels; less is a dot that counts visits, or a line
RATIO_MAX = 15.0
FLAT = 0.85  # below it a picture is a photograph
PHOTO_PIXELS = 400_000
TOLD = (TRIES_MAX, 10, 4, 0)  # failed tries that a report tells, as many as fit
COLOR_ORDER: tuple[ColorSource, ...] = ("theme-color", "logo", "manifest", "tile-color", "favicon")


class Loader(Reader, Protocol):
    """Gives pages and files: a `Fetcher`."""

    async def download(self, url: str, *, max_bytes: int, timeout_seconds: float = ...) -> Download:
        """The file behind `url` in one piece. Raises Unreachable."""
        ...

    async def done_with(self, url: str) -> None:
        """Close the connections to this address's site."""
        ...


Keep = Callable[[Picture], Awaitable[str | None]]  # keeps a picture; the path of the copy, None where there is no room


class Home(NamedTuple):
    """A home page as far as it concerns the brand."""

    final_url: str
    status: int
    brand: Brand


class Collected(NamedTuple):
    """The columns, lists where they hold several values, and the evidence for them."""

    columns: Row
    report: Report


async def read_home(loader: Reader, site: str) -> Home:
    """The home page of a site, frames included.

    Raises:
        Unreachable: the site gave no page.
    """
    pages = [visited.page for visited in await visit_home(loader, site)]
    brand = await asyncio.to_thread(_brand_of, pages) if is_large(pages) else _brand_of(pages)
    return Home(pages[0].final_url, pages[0].status, brand)


async def collect(home: Home, loader: Loader, keep: Keep) -> Collected:
    """The pictures of a site, fetched, read and kept. Pictures that can't be had are told in the report.

    Raises:
        What `keep` raises.
    """
    gallery = _Gallery(loader)
    try:
        manifest = await gallery.manifest(home.brand.manifest)
        ranked = sorted((*home.brand.logos, *manifest.logos), key=lambda one: -one.score)[:TRIES_MAX]
        logo, icon = await asyncio.gather(gallery.logo(ranked), gallery.favicon(_icons(home)))
        known = {one.picture.body for one in (logo, icon) if one}
        main, favicon = await _copied(logo, keep), await _copied(icon, keep)
        variants = [(await _copied(found, keep)).path async for found in gallery.others(ranked, known)]
    finally:
        await gallery.leave(home.final_url)
    columns: Row = {
        "logo_url": main.url,
        "logo_local_url": main.path,
        "logo_source": logo.way if logo else None,
        "logo_variants_local_urls": [path for path in variants if path],
        "favicon_url": favicon.url,
        "favicon_local_url": favicon.path,
        **_colors([*home.brand.colors, *_of_manifest(manifest), *_of_pictures(logo, icon)], logo),
    }
    tried = sorted(gallery.tried, key=str)
    facts: Report = {
        "found": sum(1 for value in (logo, icon, columns["brand_color"]) if value) + len(variants),
        "reason": "",
        "page": short_url(home.final_url),
        "logo": _told(logo),
        "favicon": _told(icon),
        "variants": len(variants),
    }
    return Collected(columns, fitting(TOLD, lambda most: {**facts, "tried": tried[:most]}))


class _Found(NamedTuple):
    """A picture that can be shown, and where it was found."""

    picture: Picture
    url: str
    way: str


class _Copy(NamedTuple):
    """Where a picture stands, and its copy; nothing of one that was not found."""

    url: str | None
    path: str | None


@dataclass(slots=True)
class _Gallery:
    """The pictures of one site, each fetched and read once."""

    loader: Loader
    left: int = DOWNLOADS_MAX
    tried: list[Value] = field(default_factory=list[Value])
    asked: list[str] = field(default_factory=list[str])
    read: dict[str, Picture | None] = field(default_factory=dict[str, Picture | None])  # by address, or by markup
    reading: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])

    async def manifest(self, url: str) -> Manifest:
        """What the web app manifest at an address says; nothing where there is none."""
        file = await self._download(url, "manifest", MANIFEST_BYTES_MAX) if url else None
        if file is None:
            return Manifest((), None)
        try:
            return read_manifest(json.loads(file.body.decode("utf-8-sig", "replace")), file.final_url)
        except (ValueError, RecursionError):
            return Manifest((), None)

    async def logo(self, ranked: Sequence[Candidate]) -> _Found | None:
        """The first of the best candidates that is a logo."""
        for candidate in ranked[:LOGO_TRIES]:
            picture = await self._picture(candidate.source, candidate.url, candidate.markup)
            if picture is None:
                continue
            if may_be_logo(candidate, picture):
                return _Found(picture, candidate.url, candidate.source)
            self._tell(candidate.source, candidate.url, "no logo")
        return None

    async def favicon(self, addresses: Sequence[str]) -> _Found | None:
        """The first of these that is a picture."""
        for url in addresses:
            if (picture := await self._picture("favicon", url)) is not None:
                return _Found(picture, url, "favicon")
        return None

    async def others(self, ranked: Sequence[Candidate], known: set[bytes]) -> AsyncIterator[_Found]:
        """Further marks of the owner's, no picture twice, while downloads are left."""
        found = 0
        for candidate in ranked:
            if found >= VARIANTS_MAX:
                return
            picture = await self._picture(candidate.source, candidate.url, candidate.markup)
            if picture is None or picture.body in known or not may_be_logo(candidate, picture):
                continue
            known.add(picture.body)
            found += 1
            yield _Found(picture, candidate.url, candidate.source)

    async def leave(self, site: str) -> None:
        """Close the connections to other sites that pictures came from."""
        here = registrable_domain(site)
        for url in {registrable_domain(url): url for url in self.asked if registrable_domain(url) != here}.values():
            await self.loader.done_with(url)

    async def _picture(self, way: str, url: str, markup: str = "") -> Picture | None:
        key = url or markup
        async with self.reading.setdefault(key, asyncio.Lock()):
            if key not in self.read:
                self.read[key] = await self._fetched(way, url, markup)
        return self.read[key]

    async def _fetched(self, way: str, url: str, markup: str) -> Picture | None:
        if markup:
            body: bytes | None = standalone(markup)
        elif url[:5] == "data:":
            body = data_of(url)
        else:
            file = await self._download(url, way, BRAND_IMAGE_BYTES_MAX)
            body = file and file.body
        if not body:
            return None
        try:
            return await asyncio.to_thread(read_picture, body)
        except BadPicture as error:
            self._tell(way, url, f"no picture: {error}"[:100])
            return None

    async def _download(self, url: str, way: str, bytes_max: int) -> Download | None:
        if not self.left:
            return None
        self.left -= 1
        self.asked.append(url)
        try:
            file = await self.loader.download(url, max_bytes=bytes_max, timeout_seconds=DOWNLOAD_SECONDS)
        except Unreachable as error:
            self._tell(way, url, error.reason)
            return None
        if not file.ok:
            self._tell(way, url, f"status {file.status}")
            return None
        if is_default(file.final_url):
            self._tell(way, url, "a platform's own")
            return None
        return file

    def _tell(self, way: str, url: str, result: str) -> None:
        self.tried.append({"way": way, "url": _shown(url), "result": result})


def may_be_logo(candidate: Candidate, picture: Picture) -> bool:
    """Whether a picture can be a logo: no dot, no line, no photograph that is not called one."""
    width, height = picture.width, picture.height
    is_dot = picture.kind != "svg" and max(width, height) < SIDE_MIN
    if is_dot or (width and height and max(width, height) > RATIO_MAX * min(width, height)):
        return False
    if "logo" in candidate.name:
        return True
    if candidate.source == "og:image":
        return picture.kind != "jpg" and picture.flatness >= FLAT
    return picture.flatness >= FLAT or width * height < PHOTO_PIXELS


def _brand_of(pages: Sequence[Page]) -> Brand:
    return merged([read_brand(page.parse(), page.final_url) for page in pages])


def _icons(home: Home) -> list[str]:
    """Favicons to try: the best named ones, then the address that every browser asks for."""
    named = [icon.url for icon in home.brand.icons[:ICON_TRIES]]
    return list(dict.fromkeys((*named, urljoin(home.final_url, "/favicon.ico"))))


async def _copied(found: _Found | None, keep: Keep) -> _Copy:
    if found is None:
        return _Copy(None, None)
    # What stands in the page itself has no address of its own.
    return _Copy(found.url if found.url[:4] == "http" else None, await keep(found.picture))


def _of_manifest(manifest: Manifest) -> Iterator[tuple[ColorSource, Rgb]]:
    if manifest.color:
        yield "manifest", manifest.color


def _of_pictures(logo: _Found | None, icon: _Found | None) -> Iterator[tuple[ColorSource, Rgb]]:
    pictures: tuple[tuple[ColorSource, _Found | None], ...] = (("logo", logo), ("favicon", icon))
    for source, found in pictures:
        if found and (color := dominant(found.picture.shades)):
            yield source, color


def _colors(told: Iterable[tuple[ColorSource, Rgb]], logo: _Found | None) -> Row:
    """The colour whose source says most, and the palette around it and those of the logo."""
    best = min(told, key=lambda entry: COLOR_ORDER.index(entry[0]), default=None)
    if best is None:
        return {"brand_color": None, "brand_color_source": None, "brand_palette": []}
    source, color = best
    palette = harmonic([color, *(shade.rgb for shade in (logo.picture.shades if logo else ()))])
    return {
        "brand_color": hex_of(color),
        "brand_color_source": source,
        "brand_palette": [hex_of(one) for one in palette],
    }


def _told(found: _Found | None) -> Value:
    if found is None:
        return None
    picture = found.picture
    facts: Mapping[str, Value] = {"kind": picture.kind, "width": picture.width, "height": picture.height}
    return {"way": found.way, "url": _shown(found.url), **facts, "bytes": len(picture.body)}


def _shown(url: str) -> str:
    return short_url(url) if url[:4] == "http" else ("data:" if url else "in the page")
