"""The one-page rule: the home page alone, by requests, in as many threads as the crawlers have in flight."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import requests
from recipe import IN_FLIGHT, PAGE_BYTES, TIMEOUT_SECONDS, Found, task


def home(site):
    with requests.get(site, timeout=TIMEOUT_SECONDS, stream=True) as answer:
        return next(answer.iter_content(PAGE_BYTES), b"").decode(answer.encoding or "utf-8", "replace")


def visit(site):
    with suppress(requests.RequestException, LookupError):
        found.read(site, home(site))


if __name__ == "__main__":
    sites, found = task(), Found()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(visit, sites))
    found.tell()
