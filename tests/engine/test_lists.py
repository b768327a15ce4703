"""Fetching the filter lists: by the real client, from local servers that stand for their hosts."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.doctor import Finding, examine
from engine.lists import LISTS, Fetched, ListNotFetched, update
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings, read_settings
from tests.engine.network.outside import (
    ConnectProxy,
    WebSite,
    authority,
    hosts,
    listening,
    name_server,
    response,
    settings,
)

EASYLIST, EASYPRIVACY = "/easylist/easylist.txt", "/easylist/easyprivacy.txt"
RULES = b"[Adblock Plus 2.0]\n! Title: EasyList\n||a.example^\n||b.example^\n||c.example^\n||d.example^\n||e.example^\n"
TAGGED = {"Content_Type": "text/plain", "ETag": '"v1"', "Last_Modified": "Mon, 02 Nov 2026 06:00:00 GMT"}


class Publisher:
    """easylist.to, and a data directory that is brought up to date from it. uBlock's host does not exist here."""

    def __init__(self, site: WebSite, folder: Path, proxy: int, names: str, trust: Path) -> None:
        self.site, self.folder = site, folder / "lists"
        self._settings = settings(
            data_dir=folder, dns_servers=(names,), ca_bundle=trust, https_proxy=f"http://127.0.0.1:{proxy}"
        )

    async def update(self) -> dict[str, Fetched]:
        return {one.name: one for one in await update(self._settings)}


@asynccontextmanager
async def publishing(pages: dict[str, bytes], folder: Path) -> AsyncGenerator[Publisher]:
    trust, site, proxy = authority(folder), WebSite({**pages}), ConnectProxy()
    async with (
        listening(site, tls=trust.server("easylist.to")) as port,
        listening(proxy) as way,
        name_server(hosts("easylist.to")) as (server, _),
    ):
        proxy.ways["127.0.0.1:443"] = port
        yield Publisher(site, folder / "data", way, server, trust.path)


async def test_a_list_is_fetched_and_then_only_when_it_changed(tmp_path: Path) -> None:
    """C-444."""
    fresh, same = response(RULES, **TAGGED), response(status="304 Not Modified", **TAGGED)
    async with publishing({EASYLIST: fresh, EASYPRIVACY: fresh}, tmp_path) as publisher:
        first = await publisher.update()
        file = publisher.folder / "easylist.txt"
        os.utime(file, (0, 0))
        publisher.site.pages[EASYLIST] = same
        second = await publisher.update()

    assert (first["easylist"], second["easylist"]) == (
        Fetched("easylist", "new", len(RULES), 5),
        Fetched("easylist", "unchanged", len(RULES), 5),
    )
    assert file.read_bytes() == RULES
    assert file.stat().st_mtime > 0
    head = publisher.site.heads[-1].lower()
    assert 'if-none-match: "v1"' in head and "if-modified-since: mon, 02 nov 2026 06:00:00 gmt" in head


async def test_what_one_host_does_not_give_leaves_the_other_lists_and_names_the_host(tmp_path: Path) -> None:
    async with publishing({EASYLIST: response(RULES), EASYPRIVACY: response(RULES)}, tmp_path) as publisher:
        fetched = await publisher.update()

    assert {name: one.state for name, one in fetched.items()} == {
        "easylist": "new",
        "easyprivacy": "new",
        "ublock-filters": "failed",
        "ublock-privacy": "failed",
    }
    error = fetched["ublock-filters"].error
    assert isinstance(error, ListNotFetched)
    assert "ublockorigin.github.io" in error.text and "ublockorigin.github.io" in error.next_step
    assert sorted(file.name for file in publisher.folder.glob("*.txt")) == ["easylist.txt", "easyprivacy.txt"]


@pytest.mark.parametrize(
    "answer",
    [response(b"<!DOCTYPE html>" + RULES), response(b"! Title: nothing\n"), response(RULES, status="404 Not Found")],
    ids=["a page", "no rules", "gone"],
)
async def test_an_answer_that_is_no_list_leaves_the_one_before(tmp_path: Path, answer: bytes) -> None:
    async with publishing({EASYLIST: response(RULES), EASYPRIVACY: response(RULES)}, tmp_path) as publisher:
        await publisher.update()
        publisher.site.pages[EASYLIST] = answer
        again = await publisher.update()

    assert again["easylist"].state == "failed"
    assert (publisher.folder / "easylist.txt").read_bytes() == RULES
    assert list(publisher.folder.glob("*.part")) == []


@pytest.mark.slow(30)
async def test_doctor_tells_lists_that_are_missing_or_old(tmp_path: Path, running_sandbox: RunningSandbox) -> None:
    settings = read_settings(running_sandbox.environment, data_dir=tmp_path, chromium=Path("/bin/false"))
    before = await _finding(settings)
    await update(settings)
    fresh = await _finding(settings)
    os.utime(tmp_path / "lists" / "easylist.txt", (0, 0))
    old = await _finding(settings)

    assert [found.state for found in (before, fresh, old)] == ["warning", "ok", "warning"]
    assert (before.told, fresh.told) == ("none fetched", "4 lists, at most 0 days old")
    assert "days old" in old.told
    assert "outsend lists update" in before.remedy and "outsend lists update" in old.remedy


def test_the_lists_are_those_of_the_contract_at_their_publishers() -> None:
    """C-444."""
    assert {"easylist", "easyprivacy", "ublock-filters"} <= LISTS.keys()
    assert all(address.startswith("https://") for address in LISTS.values())


async def _finding(settings: Settings) -> Finding:
    return next(found for found in await examine(settings) if found.name == "filter lists")
