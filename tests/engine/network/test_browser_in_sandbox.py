"""Rendering in the sandbox internet, reached by settings alone: its egress proxy, names and certificates."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from engine.clock import Clock
from engine.network.types import World
from engine.network.world import open_gateway
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import SiteTruth
from engine.settings import read_settings
from tests.engine.network.browsing import chromium_or_skip
from tests.engine.network.outside import reason_of

pytestmark = [pytest.mark.slow(60), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    settings = read_settings({}, **running_sandbox.overrides, data_dir=tmp_path_factory.mktemp("data"))
    async with open_gateway(settings, Clock()) as gateway, gateway.world() as world:
        await chromium_or_skip(gateway)
        yield world


async def test_addresses_that_scripts_build_are_on_the_rendered_page_alone(
    world: World, running_sandbox: RunningSandbox
) -> None:
    sites = [site for site in running_sandbox.truth().sites if site.js_only and site.addresses]
    shown = [one for site in sites for one in site.shown if one.address in site.addresses and not one.hidden]
    assert shown

    for one in shown:
        rendered, sent = await world.browser.render(one.url), await world.fetcher.get(one.url)
        assert one.address in rendered.html
        assert one.address not in sent.html


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("tls_expired", "tls_expired"),
        ("tls_wrong_name", "tls_name"),
        ("tls_untrusted", "tls_untrusted"),
        ("nxdomain", "nxdomain"),
        ("refused", "refused"),
        ("redirect_loop", "too_many_redirects"),
        ("redirect_to_metadata", "forbidden_address"),
    ],
)
async def test_bad_sites_are_refused_with_their_reason(
    world: World, running_sandbox: RunningSandbox, kind: str, reason: str
) -> None:
    assert await reason_of(world.browser.render(_site(running_sandbox, kind).site_web)) == reason


async def test_a_bomb_is_cut_off(world: World, running_sandbox: RunningSandbox) -> None:
    page = await world.browser.render(_site(running_sandbox, "bomb").site_web)

    assert page.truncated
    assert len(page.html) <= 2 * 1024 * 1024


def _site(sandbox: RunningSandbox, kind: str) -> SiteTruth:
    return next(site for site in sandbox.truth().sites if site.kind == kind)
