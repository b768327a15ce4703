"""A real browser behind the proxy: it connects by name, checks certificates, runs scripts."""

import asyncio
import base64
import hashlib
import os
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from engine.sandbox.truth import Truth
from tests.sandbox.client import Client

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# The frame is not closed before the work is done: until then the page has not loaded.
PAGE = """<!DOCTYPE html><html><body><iframe></iframe><script>
const frame = document.querySelector('iframe').contentDocument;
frame.open();
const say = text => { document.title = text; frame.close(); };
%s
</script></body></html>"""
COUNT = """(async () => {
  const reader = (await fetch('%s')).body.getReader();
  let grown = 0;
  while (grown < 40e6) {
    const {done, value} = await reader.read();
    if (done) break;
    grown += value.length;
  }
  await reader.cancel();
  say(grown >= 40e6 ? 'more than 40 MB' : grown + ' bytes');
})().catch(error => say(String(error)));"""
SOCKET = """const socket = new WebSocket('wss://%s/live');
socket.onerror = () => say('refused');
socket.onopen = () => say('open');"""

# Until scripts have no more timers to wait for, at most so many milliseconds of their time.
PATIENTLY = "--virtual-time-budget=8000"

pytestmark = [
    pytest.mark.slow(30),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: its way through the proxy is untested"),
]


def key_of(certificate: Path) -> str:
    """The hash of the authority's public key, as Chromium wants it."""
    key = load_pem_x509_certificate(certificate.read_bytes()).public_key()
    packed = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(packed).digest()).decode()


async def rendered(client: Client, url: str, directory: Path, *flags: str) -> str:
    """The page once it has loaded."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        "--headless",
        *(("--no-sandbox",) if os.geteuid() == 0 else ()),
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={directory}",
        f"--proxy-server={client.sandbox.proxy}",
        f"--ignore-certificate-errors-spki-list={key_of(client.sandbox.ca)}",
        *flags,
        "--dump-dom",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        dump, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return dump.decode()


async def test_a_page_that_writes_its_address_by_script_shows_it(client: Client, truth: Truth, tmp_path: Path) -> None:
    shown = next(one for site in truth.of_kind("healthy") for one in site.shown if one.method == "js_concatenation")
    source = await client.follow(shown.url)

    page = await rendered(client, shown.url, tmp_path, PATIENTLY)

    assert shown.address not in source.text
    assert shown.address in page


async def test_a_site_that_is_built_by_its_script_shows_its_address(
    client: Client, truth: Truth, tmp_path: Path
) -> None:
    site = next(one for one in truth.of_kind("healthy") if one.js_only and one.shown)
    shown = site.shown[0]

    page = await rendered(client, shown.url, tmp_path, PATIENTLY)

    assert shown.address in page


async def test_a_certificate_of_a_stranger_is_not_accepted(client: Client, truth: Truth, tmp_path: Path) -> None:
    page = await rendered(client, f"https://{truth.of_kind('tls_untrusted')[0].host}/", tmp_path)

    assert "ERR_CERT" in page or page.strip() in ("", "<html><head></head><body></body></html>")


async def test_a_web_socket_is_refused_and_the_page_goes_on(client: Client, truth: Truth, tmp_path: Path) -> None:
    file = tmp_path / "socket.html"
    file.write_text(PAGE % SOCKET % truth.of_kind("healthy")[0].host)

    page = await rendered(client, file.as_uri(), tmp_path / "profile")

    assert "<title>refused</title>" in page


async def test_a_browser_unpacks_the_brotli_bomb(client: Client, truth: Truth, tmp_path: Path) -> None:
    file = tmp_path / "counter.html"
    file.write_text(PAGE % COUNT % truth.of_kind("bomb_brotli")[0].site_web)

    page = await rendered(client, file.as_uri(), tmp_path / "profile", "--disable-web-security")

    assert "<title>more than 40 MB</title>" in page
