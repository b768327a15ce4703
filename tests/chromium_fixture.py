"""A real Chromium for tests of pages: a conftest that imports `chromium` from here has it as a fixture."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from playwright.async_api import Error as PlaywrightError

from engine.network.executable import find_chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser a file, for tests on the loop of their module."""
    async with async_playwright() as driver:
        try:
            browser = await driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        except PlaywrightError as error:
            pytest.skip(f"NO CHROMIUM STARTS HERE, so the pages are not tested in one. {error.message[:200]}")
        yield browser
        await browser.close()
