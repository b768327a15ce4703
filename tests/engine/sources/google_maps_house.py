"""Google Maps as the source sees it: the sandbox's replica, in a real Chromium."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.clock import Clock
from engine.geo.grid import Cell, cell_at
from engine.geo.zones import resolve
from engine.network.world import Gateway, open_gateway
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from engine.sources.google_maps import GoogleMaps
from engine.sources.google_page import Waits
from engine.sources.google_ways import Manners
from engine.sources.quadtree import tile_of
from engine.sources.types import SearchResult
from tests.engine.network.browsing import chromium_or_skip

DENSE, MEDIUM, SPARSE = "Marseille 6e", "Cahors", "Marvejols"
HURRIED = Manners(pause=0.0, rest=0.0)
# A page of the replica comes at once; what doesn't come in this time never does.
IMPATIENT = Waits(document=10.0, page=10.0, growth=0.5)


@dataclass
class Maps:
    """A process's way to the map, and the world behind it."""

    sandbox: RunningSandbox
    gateway: Gateway
    source: GoogleMaps

    def with_manners(self, manners: Manners = HURRIED, waits: Waits = IMPATIENT) -> GoogleMaps:
        """Another source on the same browser, that remembers nothing."""
        return GoogleMaps(self.gateway.live, Clock(), manners=manners, waits=waits)

    async def search(self, query: str, cell: Cell) -> SearchResult:
        return await self.source.search(query, tile_of(cell))


@asynccontextmanager
async def maps_in(sandbox: RunningSandbox, folder: Path, *, proxies: int = 1) -> AsyncGenerator[Maps]:
    """A source that goes out by so many of the sandbox's proxies. Skips the test, loudly, where no Chromium starts."""
    known = sandbox.overrides | {"egress_proxies": ",".join(sandbox.proxies[:proxies])}
    async with open_gateway(read_settings({}, **known, data_dir=folder), Clock()) as gateway:
        await chromium_or_skip(gateway)
        yield Maps(sandbox, gateway, GoogleMaps(gateway.live, Clock(), manners=HURRIED, waits=IMPATIENT))


def cell_in(zone: str, *, zoom: int = 13) -> Cell:
    """The tile in the middle of one of the map's own zones."""
    return cell_at(*resolve(zone).centre, zoom)
