"""What the crawling peers share: a task on standard input, addresses by regex, figures on standard output."""

import json
import re
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
NOT_MAIL = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js")
DEPTH = 2
IN_FLIGHT = 64
PAGES = 20  # a site at most, beside home: enough for all but those with hundreds of shelves
PAGE_BYTES = 5_000_000
TIMEOUT_SECONDS = 15.0


def task() -> list[str]:
    """The sites of this run."""
    sites: list[str] = json.load(sys.stdin)
    return sites


@dataclass(slots=True)
class Found:
    """Addresses by site, in the order of their discovery. The clock runs from the moment all is imported."""

    by_site: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])
    pages: int = 0
    begun: float = field(default_factory=time.monotonic)
    cpu_begun: float = field(default_factory=time.process_time)

    def read(self, site: str, text: str) -> None:
        """Note the addresses of one page."""
        self.pages += 1
        self.note(site, ADDRESS.findall(text))

    def note(self, site: str, addresses: list[str]) -> None:
        kept = (address.lower() for address in addresses if not address.lower().endswith(NOT_MAIL))
        self.by_site.setdefault(site, {}).update(dict.fromkeys(kept))

    def tell(self) -> None:
        """The figures, with one address a site, as the last line of standard output."""
        figures = {
            "seconds": time.monotonic() - self.begun,
            "cpu_seconds": time.process_time() - self.cpu_begun,
            "pages": self.pages,
            "best": {site: best(site, list(addresses)) for site, addresses in self.by_site.items() if addresses},
        }
        sys.stdout.write(json.dumps(figures) + "\n")


def best(site: str, addresses: list[str]) -> str:
    """The address that a user of the recipe would take: one of the site's own domain, else the first."""
    host = (urlsplit(site).hostname or "").removeprefix("www.")
    return next((address for address in addresses if address.endswith("@" + host)), addresses[0])
