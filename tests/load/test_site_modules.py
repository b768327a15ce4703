"""Every module over websites: what a page costs, and sites a second through a real worker process. By `make bench`.

No peer does the same work; beside each stands what the same pages cost when they are only parsed, and how fast Scrapy
reads the same sites for addresses.
"""

import asyncio
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from engine.module import SiteModule
from engine.registry.load import modules
from engine.sandbox.process import RunningSandbox
from tests.load.crawl import Crawled, crawl
from tests.load.real_pages import milliseconds, needed, real_pages
from tests.load.table import tell
from tests.load.test_emails import SECONDS, listed
from tests.load.workers import working
from tests.modules.small_web import SmallWeb

URL = "https://x.fr/"
MILLISECONDS_A_PAGE = 10.0
ROUNDS = 3
SITE_MODULES = {slug: module for slug, module in modules().items() if isinstance(module, SiteModule)}

every_site_module = pytest.mark.parametrize("slug", SITE_MODULES)


@needed
@pytest.mark.slow(120)
@every_site_module
def test_an_item_of_one_real_page_costs_ten_milliseconds_at_most(slug: str) -> None:
    module, pages = SITE_MODULES[slug], list(real_pages().values())
    config = module.config()
    with asyncio.Runner() as runner:

        def item(html: str) -> None:
            runner.run(module.enrich({"nom": "X", "site_web": URL}, config, SmallWeb({URL: html}).run()))

        bare, whole = milliseconds((LexborHTMLParser, item), pages, rounds=ROUNDS)

    tell(
        f"{slug}: all of an item on {len(pages)} real pages, fetched already",
        f"{whole:.2f} ms CPU a page",
        beside=f"bare parse {bare:.2f} ms",
        ratio=whole / bare,
        aim=f"{MILLISECONDS_A_PAGE:.0f} ms",
    )
    assert whole <= MILLISECONDS_A_PAGE


@pytest.fixture(scope="module")
def scrapy(crowd: RunningSandbox) -> Crawled:
    return crawl("scrapy_emails", [str(row["site_web"]) for row in listed(crowd.truth())], crowd, seconds=SECONDS)


@pytest.mark.slow(600)
@every_site_module
def test_a_worker_reads_more_sites_a_second_than_a_crawler(
    tmp_path: Path, crowd: RunningSandbox, scrapy: Crawled, slug: str
) -> None:
    rows = listed(crowd.truth())
    with working(tmp_path, crowd.environment) as worker:
        before = worker.process.cpu_seconds()
        job = worker.ended(worker.job(slug, rows), seconds=SECONDS)
        cpu = worker.process.cpu_seconds() - before
        memory = worker.process.resident_mb()
        assert job.completed_at is not None
        seconds = (job.completed_at - job.created_at).total_seconds()

    ours = Crawled(len(rows), seconds, cpu, {})
    tell(
        f"{slug}: {len(rows):,} sites, one worker",
        f"{ours.rate:.1f} sites/s, {ours.cpu_ms:.1f} ms CPU a site, {memory:.0f} MB",
        beside=f"Scrapy for addresses {scrapy.rate:.1f} sites/s, {scrapy.cpu_ms:.1f} ms",
        ratio=ours.rate / scrapy.rate,
    )
    assert job.results_count == len(rows)
    assert ours.rate >= scrapy.rate
