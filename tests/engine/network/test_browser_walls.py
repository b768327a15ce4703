"""Nothing leaves Chromium but through the proxy, whatever a page tries."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.network.browsing import Browsing, shop
from tests.engine.network.browsing import browsing as browsing
from tests.engine.network.hostile_page import hostile_page
from tests.engine.network.outside import WebSite, listening, reason_of, redirect, response

pytestmark = [pytest.mark.slow(40), pytest.mark.asyncio(loop_scope="module")]


# A network with a way out that leads nowhere: WebRTC, among others, says nothing where there is loopback alone.
ALONE = """set -e
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
ip link add out type veth peer name nowhere
ip addr add 192.0.2.2/24 dev out
ip link set nowhere up
ip link set out up
ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev out
ip route add default via 192.0.2.1
exec "$@"
"""


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: list[bytes] = []

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.received.append(data)


async def test_a_page_reaches_nothing_of_this_machine(browsing: Browsing) -> None:
    trap = WebSite({"/": response(b"secret", Access_Control_Allow_Origin="*")})
    loop = asyncio.get_running_loop()
    transport, datagrams = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", 0))
    udp = transport.get_extra_info("sockname")[1]
    async with listening(trap) as tcp:
        site = WebSite({"/": hostile_page(tcp=tcp, udp=udp)})
        async with shop(site, "harm.fr") as root:
            page = await browsing.render(f"{root}/")
    transport.close()

    assert "tried" in page.html
    assert "secret" not in page.html
    assert "candidate" not in page.html.partition("<script>")[0]  # no address of ours, either
    assert not trap.connections
    assert not datagrams.received


@pytest.mark.parametrize("way", ["redirect", "script", "refresh"])
async def test_a_page_that_leads_inside_is_refused(browsing: Browsing, way: str) -> None:
    trap = WebSite({"/": response(b"secret")})
    async with listening(trap) as port:
        inside = f"http://127.0.0.1:{port}/"
        homes = {
            "redirect": redirect(inside),
            "script": response(f"<script>location.href = '{inside}'</script>".encode()),
            "refresh": response(f"<meta http-equiv=refresh content='0;url={inside}'>".encode()),
        }
        async with shop(WebSite({"/": homes[way]}), "leads.fr") as root:
            assert await reason_of(browsing.render(f"{root}/")) == "forbidden_address"

    assert not trap.connections


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "chrome://version", "data:text/html,x", "http://169.254.169.254/"]
)
async def test_addresses_that_are_no_public_page_are_refused(browsing: Browsing, url: str) -> None:
    assert await reason_of(browsing.render(url)) in ("bad_url", "forbidden_address")


async def test_chromium_sends_nothing_of_its_own(browsing: Browsing) -> None:
    """Updates, accounts and the like would tell others who we are."""
    browsing.dns.asked.clear()
    async with shop(WebSite({"/": response(b"<p>here</p>")}), "quiet.fr") as root:
        await browsing.render(f"{root}/")

    assert {name for name, _ in browsing.dns.asked} <= {"quiet.fr"}


async def test_every_packet_of_a_hostile_page_goes_to_the_proxy() -> None:
    """In a network of its own, where whatever leaves is seen."""
    root = Path(__file__).parents[3]
    done = await asyncio.to_thread(
        subprocess.run,
        ["unshare", "-rn", "sh", "-c", ALONE, "sh", sys.executable, "-m", "tests.engine.network.watched_process"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout and "Traceback" not in done.stderr:
        pytest.skip(f"NO NETWORK NAMESPACE CAN BE MADE HERE: {done.stderr.strip()[-200:]}")

    assert done.stdout.splitlines() == ["rendered", "strangers: []"], done.stderr
