"""extract-emails: its own link filter and its own regex, in as many tasks as the crawlers have in flight."""

import asyncio

from extract_emails.browsers import httpx_browser
from extract_emails.data_extractors import EmailExtractor
from extract_emails.workers import DefaultWorker
from loguru import logger
from recipe import DEPTH, IN_FLIGHT, PAGES, TIMEOUT_SECONDS, Found, task


async def visit(site, browser, slots, found):
    worker = DefaultWorker(site, browser, data_extractors=[EmailExtractor()], depth=DEPTH, max_links_from_page=PAGES)
    async with slots:
        try:
            async with asyncio.timeout(DEPTH * TIMEOUT_SECONDS):
                pages = await worker.aget_data()
        except Exception:  # whatever it stumbles over is a site without an address
            return
    for page in pages:
        found.pages += 1
        found.note(site, sorted(page.data.get("email", [])))


async def main():
    sites, found, slots = task(), Found(), asyncio.Semaphore(IN_FLIGHT)
    async with httpx_browser.HttpxBrowser() as browser:
        await asyncio.gather(*(visit(site, browser, slots, found) for site in sites))
    found.tell()


if __name__ == "__main__":
    logger.remove()
    asyncio.run(main())
