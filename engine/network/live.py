"""Pages that are used as a person uses them: opened, clicked, scrolled, while what they load is read.

Other pages are handed to Chromium as documents (`browser`); such a one loads itself. All it asks for goes through
`browser_proxy`, and so through the guard, by the way out that its caller chooses.
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

_WAY = "way-"


class Crashed(Exception):
    """The browser, or the page in it, went away; another try may work."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What the page was answered to a request of its own. `body` is decoded."""

    url: str
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a page may go: the sites that it may lead to by itself, and the paths whose answers are kept to be read."""

    sites: Collection[str]
    kept_paths: tuple[str, ...]


class LivePage(Protocol):
    """One open page. Every method raises Crashed when the page or its browser went away."""

    @property
    def url(self) -> str:
        """Where it stands now."""
        ...

    @property
    def status(self) -> int:
        """The HTTP status of the document it stands at; 0 before the first one."""
        ...

    async def goto(self, url: str, *, seconds: float) -> None:
        """Open `url`, until its document begins. Raises Unreachable: no answer in that time."""
        ...

    async def read(self, expression: str, *, seconds: float) -> JsonValue:
        """The value of a JavaScript expression (a promise's too), in a world of our own; None after that time."""
        ...

    async def until(self, expression: str, *, seconds: float) -> JsonValue:
        """The value of the expression as soon as it is true, looked at whenever the page changes; None after that time.

        It outlasts the navigation to another document.
        """
        ...

    async def click(self, selector: str) -> bool:
        """Click the first element that the CSS selector finds; False where there is none."""
        ...

    async def answers(self) -> Sequence[PageAnswer]:
        """The kept answers since it was opened, in the order in which they began; one that broke off is left out."""
        ...


class LivePages(Protocol):
    """Opens live pages. Those of one way out share their cookies until `renew`."""

    @property
    def ways(self) -> int:
        """How many ways out there are, 1 at least: the operator's proxies, or the direct way."""
        ...

    def page(self, way: int, reach: Reach) -> AbstractAsyncContextManager[LivePage]:
        """A new page that goes out by the way of that number (from 0), as soon as a tab is free.

        Raises:
            BrowserMissing, Crashed.
        """
        ...

    async def renew(self, way: int) -> None:
        """Forget the cookies and free the memory of that way's pages, none of which may be open."""
        ...


def way_name(way: int) -> str:
    """What a way out is called as the user of `browser_proxy`, and in place of a site."""
    return f"{_WAY}{way}"


def way_named(name: str) -> int | None:
    """The number of the way out that is called so; None where it is no such name."""
    number = name.removeprefix(_WAY)
    return int(number) if number != name and number.isdecimal() else None
