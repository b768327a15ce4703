"""Scrapy: each site to depth 2, obeying robots.txt, addresses by regex. Proxy by environment."""

from collections import Counter

import scrapy
from recipe import DEPTH, IN_FLIGHT, PAGE_BYTES, PAGES, TIMEOUT_SECONDS, Found, task
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor

SETTINGS = {
    "DEPTH_LIMIT": DEPTH,
    "CONCURRENT_REQUESTS": IN_FLIGHT,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": TIMEOUT_SECONDS,
    "RETRY_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
    "DOWNLOAD_MAXSIZE": PAGE_BYTES,
    "DOWNLOAD_WARNSIZE": 0,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "CRITICAL",
}


class Emails(scrapy.Spider):
    name = "emails"

    def __init__(self, sites, found):
        super().__init__()
        self.sites, self.found, self.links = sites, found, LinkExtractor()
        self.asked, self.seen = Counter(), set()

    async def start(self):
        for site in self.sites:
            yield scrapy.Request(site, self.parse, cb_kwargs={"site": site}, dont_filter=True)

    def parse(self, response, site):
        if not isinstance(response, scrapy.http.TextResponse):
            return
        self.found.read(site, response.text)
        host = response.url.split("/")[2]
        for link in self.links.extract_links(response):
            if link.url.split("/")[2] == host and link.url not in self.seen and self.asked[site] < PAGES:
                self.seen.add(link.url)
                self.asked[site] += 1
                yield scrapy.Request(link.url, self.parse, cb_kwargs={"site": site})


if __name__ == "__main__":
    sites, found = task(), Found()
    process = CrawlerProcess(SETTINGS)
    process.crawl(Emails, sites, found)
    process.start()
    found.tell()
