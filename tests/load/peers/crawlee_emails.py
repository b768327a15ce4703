"""crawlee with Parsel: each site to depth 2, obeying robots.txt, addresses by regex. Proxy by environment."""

import asyncio
import logging
import os
from datetime import timedelta

from crawlee import ConcurrencySettings, Request
from crawlee.crawlers import ParselCrawler
from crawlee.http_clients import ImpitHttpClient
from crawlee.proxy_configuration import ProxyConfiguration
from crawlee.storage_clients import MemoryStorageClient
from recipe import DEPTH, IN_FLIGHT, PAGES, TIMEOUT_SECONDS, Found, task


async def main():
    sites, found = task(), Found()
    crawler = ParselCrawler(
        proxy_configuration=ProxyConfiguration(proxy_urls=[os.environ["HTTPS_PROXY"]]),
        # It knows no certificates but those it was built with.
        http_client=ImpitHttpClient(verify=False, timeout=TIMEOUT_SECONDS),
        storage_client=MemoryStorageClient(),
        concurrency_settings=ConcurrencySettings(
            min_concurrency=IN_FLIGHT, desired_concurrency=IN_FLIGHT, max_concurrency=IN_FLIGHT
        ),
        max_request_retries=0,
        max_session_rotations=0,
        max_crawl_depth=DEPTH,
        request_handler_timeout=timedelta(seconds=TIMEOUT_SECONDS),
        respect_robots_txt_file=True,
        configure_logging=False,
    )

    @crawler.router.default_handler
    async def read(context):
        site = str(context.request.user_data["site"])
        found.read(site, (await context.http_response.read()).decode("utf-8", "replace"))
        await context.enqueue_links(limit=PAGES, user_data={"site": site})

    await crawler.run([Request.from_url(site, user_data={"site": site}) for site in sites])
    found.tell()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(main())
