"""Sites that only a script draws: empty for a reader of HTML, whole in a browser."""

import asyncio
import base64
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import ShownTruth, SiteTruth, Truth
from tests.sandbox.client import Client
from tests.sandbox.decoder import addresses

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def scripted(truth: Truth, method: str) -> tuple[SiteTruth, ShownTruth]:
    """A site whose best address is shown that way, and where it stands."""
    for site in truth.of_kind("healthy"):
        for shown in site.shown:
            if site.js_only and shown.address == site.email and shown.method == method:
                return site, shown
    raise AssertionError(f"no site shows an address by {method}")


async def live_dom(sandbox: RunningSandbox, url: str, profile: Path) -> str:
    """The page as Chromium has it when its script is done."""
    assert CHROMIUM is not None
    authority = x509.load_pem_x509_certificate(sandbox.ca.read_bytes())
    key = authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"),
        *("--virtual-time-budget=4000", f"--user-data-dir={profile}", f"--proxy-server={sandbox.proxy}"),
        *(f"--ignore-certificate-errors-spki-list={pin}", url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return out.decode()


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: nothing shows that scripted sites really draw themselves")
@pytest.mark.slow(60)
@pytest.mark.parametrize("method", ["script_built", "script_fetched"])
async def test_chromium_shows_the_address_that_a_script_draws(
    running_sandbox: RunningSandbox, truth: Truth, tmp_path: Path, method: str
) -> None:
    site, shown = scripted(truth, method)

    page = await live_dom(running_sandbox, shown.url, tmp_path)

    assert f'href="mailto:{site.email}"' in page
    assert "<main>" in page and "<nav>" in page


async def test_the_shell_of_a_scripted_site_shows_no_address_on_any_page(client: Client, truth: Truth) -> None:
    for site in (one for one in truth.of_kind("healthy") if one.js_only):
        domains = {address.partition("@")[2] for address in site.addresses}
        for url in {shown.url for shown in site.shown}:
            page = await client.get(url)
            assert '<div id="root"></div>' in page.text
            assert not {one for one in addresses(page.text) if one.partition("@")[2] in domains}


async def test_a_site_with_an_api_tells_its_addresses_there(client: Client, truth: Truth) -> None:
    site, shown = scripted(truth, "script_fetched")
    root = shown.url.partition(site.host)[0] + site.host

    answer = await client.get(f"{root}/api/contact.json")

    assert answer.headers["Content-Type"] == "application/json"
    assert ["@".join(box) for box in json.loads(answer.body)["boxes"].values()].count(site.email or "") == 1


async def test_a_scripted_site_gives_its_shell_for_every_path_and_its_script_from_itself(
    client: Client, truth: Truth
) -> None:
    site, shown = scripted(truth, "script_built")
    root = shown.url.partition(site.host)[0] + site.host
    shell = await client.get(f"{root}/nulle-part-ici")

    script = await client.get(root + shell.text.partition('crossorigin src="')[2].partition('"')[0])

    assert shell.status == script.status == 200
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "getElementById" in script.text
