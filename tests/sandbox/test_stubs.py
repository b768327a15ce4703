"""Third parties whose scripts, styles and pixels pages load."""

import re

import pytest
from dnslib import RCODE

from engine.sandbox.http import Request
from engine.sandbox.sites.paths import page_paths
from engine.sandbox.world import World, build_world
from tests.sandbox.client import Client

LOADED = re.compile(
    r"<(?:script|img|iframe)\b[^>]*?\ssrc=[\"']?(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"|<link\b[^>]*?\srel=[\"']?(?:stylesheet|preload)\b[^>]*?\shref=[\"']?(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("url", "content_type", "body"),
    [
        ("https://www.googletagmanager.com/gtm.js?id=GTM-ABC123", "application/javascript; charset=utf-8", b""),
        ("https://www.googletagmanager.com/gtag/js?id=G-ABC123", "application/javascript; charset=utf-8", b""),
        ("https://connect.facebook.net/fr_FR/fbevents.js", "application/javascript; charset=utf-8", b""),
        ("https://fonts.googleapis.com/css2?family=Inter", "text/css; charset=utf-8", b""),
        ("https://cdn.jsdelivr.net/npm/bootstrap@5/dist/css/bootstrap.min.css", "text/css; charset=utf-8", b""),
        ("https://fonts.gstatic.com/s/inter/v1/a.woff2", "font/woff2", b""),
        ("https://www.facebook.com/tr?id=1&ev=PageView&noscript=1", "image/gif", b"GIF89a"),
        ("https://static.wixstatic.com/media/a.jpg", "image/gif", b"GIF89a"),
        ("http://static.axept.io/sdk.js", "application/javascript; charset=utf-8", b""),
    ],
)
async def test_a_third_party_answers_with_nothing_of_the_right_kind(
    client: Client, url: str, content_type: str, body: bytes
) -> None:
    answer = await client.get(url)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.body.startswith(body)
    assert len(answer.body) < 100


async def test_another_third_party_does_not_exist(client: Client) -> None:
    assert (await client.ask("cdn.never-heard-of-it.com")).header.rcode == RCODE.NXDOMAIN


def test_every_third_party_that_a_page_loads_is_there() -> None:
    world = build_world(120, seed=7)
    own = {site.domain for site in world.sites}
    loaded = {host for page in pages(world) for found in LOADED.findall(page) for host in found if host}

    missing = {host for host in loaded if host not in world.hosts and not host.endswith(".example")}

    assert len(loaded) > 20
    # A statistics server of the site's own may be gone for long.
    assert not {host for host in missing if not any(host.endswith(f".{domain}") for domain in own)}


def pages(world: World) -> list[str]:
    """Every page of every healthy site."""
    return [
        world.hosts[site.host].answer(Request("GET", path, site.host, {}, secure=site.secure)).body.decode("latin-1")
        for site in world.sites
        if site.bad is None
        for path in page_paths(site).values()
    ]
