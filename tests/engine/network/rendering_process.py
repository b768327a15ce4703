"""A process that renders, to be killed or watched: `python -m tests.engine.network.rendering_process URL DNS`.

It prints a line when the page stands, then keeps its browser open until it is ended.
"""

import asyncio
import ipaddress
import sys

from engine.clock import Clock
from tests.engine.network.browsing import PUBLIC
from tests.engine.network.outside import settings
from tests.worlds import open_world


async def main(url: str, server: str) -> None:
    known = settings(dns_servers=(server,), trusted_networks=(ipaddress.ip_network(f"{PUBLIC}/32"),))
    async with open_world(known, Clock()) as world:
        page = await world.browser.render(url)
        sys.stdout.write(f"{len(page.html)}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
