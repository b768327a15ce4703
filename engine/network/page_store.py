"""Fetched pages on this machine's disk, shared by the jobs of one pipeline: a chain of modules asks a site once.

Best effort: what is missing, too old, unreadable or found no room is fetched again.
"""

import asyncio
import hashlib
import logging
import os
import secrets
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from multidict import CIMultiDict, CIMultiDictProxy
from pydantic_core import from_json, to_json

from engine.clock import Clock
from engine.network.types import NotConnected, Page, TlsFacts, Unreachable

LIFE = timedelta(hours=1)
BYTES_MAX = 1_000_000_000
SUFFIX = ".page"
# A site's answers that pass by themselves within minutes are asked for again.
PASSING_STATUS = (429, 503)
PASSING_REASONS = ("dns_failure", "proxy", "bad_answer")

log = logging.getLogger(__name__)

Result = Page | Unreachable


class PageStore:
    """The folder of one process. `of` gives the view of one pipeline."""

    def __init__(self, folder: Path, clock: Clock, *, bytes_max: int = BYTES_MAX) -> None:
        self._folder, self._clock, self._bytes_max = folder, clock, bytes_max
        self._bytes: int | None = None  # None: not counted yet
        self._counting = threading.Lock()

    def of(self, pipeline_id: str) -> "PipelinePages":
        return PipelinePages(self, pipeline_id)

    def read(self, name: str) -> bytes | None:
        """What was kept under `name` within the last hour; None when nothing usable is there."""
        path = self._folder / name
        try:
            return path.read_bytes() if path.stat().st_mtime > self._oldest else None
        except OSError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keep `data`, whole or not at all, unless there is no room for it."""
        if not self._takes(len(data)):
            return
        path = self._folder / name
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(data)
            now = self._clock.now().timestamp()
            os.utime(unfinished, (now, now))
            unfinished.replace(path)
        except OSError as error:  # such as a full disk
            log.debug("A fetched page was not kept: %s", error)

    def sweep(self) -> None:
        """Delete what is older than an hour, and count the rest."""
        kept = 0
        for path in list(self._files()):
            try:
                found = path.stat()
                if found.st_mtime <= self._oldest:
                    path.unlink()
                else:
                    kept += found.st_size
            except FileNotFoundError:  # another worker of this machine was faster
                continue
        with self._counting:
            self._bytes = kept
        for folder in self._folder.glob("*/"):
            with suppress(OSError):  # not empty
                folder.rmdir()

    def _takes(self, size: int) -> bool:
        """Whether there is room for so many bytes, which are then counted."""
        if self._bytes is None:
            self.sweep()
        with self._counting:
            assert self._bytes is not None
            if self._bytes + size > self._bytes_max:
                return False
            self._bytes += size
            return True

    def _files(self) -> Iterator[Path]:
        return self._folder.glob("*/*")

    @property
    def _oldest(self) -> float:
        return (self._clock.now() - LIFE).timestamp()


class PipelinePages:
    """What the jobs of one pipeline fetched, by address and by whether its certificate had to be valid."""

    def __init__(self, store: PageStore, pipeline_id: str) -> None:
        self._store, self._pipeline_id = store, pipeline_id

    async def get(self, url: str, *, verify_tls: bool) -> Result | None:
        """The kept result; None when there is none."""
        return await asyncio.to_thread(self._get, self._name(url, verify_tls))

    async def put(self, url: str, result: Result, *, verify_tls: bool) -> None:
        """Keep a result, unless it is one that may pass soon."""
        if _is_lasting(result):
            await asyncio.to_thread(lambda: self._store.write(self._name(url, verify_tls), _packed(result)))

    def _get(self, name: str) -> Result | None:
        data = self._store.read(name)
        try:
            return _unpacked(data) if data is not None else None
        except (ValueError, KeyError, TypeError, zlib.error):  # of another version, or damaged
            return None

    def _name(self, url: str, verify_tls: bool) -> str:  # noqa: FBT001
        key = f"{int(verify_tls)} {url}".encode()
        return f"{self._pipeline_id}/{hashlib.blake2b(key, digest_size=16).hexdigest()}{SUFFIX}"


def _is_lasting(result: Result) -> bool:
    if isinstance(result, Unreachable):
        return result.reason not in PASSING_REASONS
    return result.status not in PASSING_STATUS


def _packed(result: Result) -> bytes:
    if isinstance(result, Unreachable):
        kept: dict[str, Any] = {
            "unreachable": {"url": result.url, "reason": result.reason, "detail": result.detail},
            "connected": not isinstance(result, NotConnected),
        }
    else:
        fields = {name: value for name, value in vars(result).items() if name not in ("tree", "headers", "tls")}
        tls = asdict(result.tls) if result.tls else None
        kept = {"page": fields, "headers": list(result.headers.items()), "tls": tls}
    return zlib.compress(to_json(kept), 1)


def _unpacked(data: bytes) -> Result:
    kept = from_json(zlib.decompress(data))
    if "unreachable" in kept:
        return (Unreachable if kept["connected"] else NotConnected)(**kept["unreachable"])
    page: dict[str, Any] = kept["page"]
    page["redirects"], page["cookies"] = tuple(page["redirects"]), tuple(page["cookies"])
    headers = CIMultiDictProxy(CIMultiDict[str](kept["headers"]))
    return Page(**page, headers=headers, tls=TlsFacts(**kept["tls"]) if kept["tls"] else None)
