"""Fetch the published filter lists into the data directory, where modules find them.

They may not be bundled: EasyList and EasyPrivacy are GPLv3 or CC BY-SA, uBlock's filters are GPLv3. A list that did not
change since is not sent again (ETag, If-Modified-Since), and a new one takes the old one's place in one step.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from engine.clock import Clock
from engine.errors import OutsendError, StorageFull
from engine.extract.filter_lists import ENDING, FOLDER
from engine.network.types import Api, ApiAnswer, Unreachable
from engine.network.world import open_gateway
from engine.settings import Settings

# The projects' own addresses: EasyList's site, and the host that uBlock Origin itself asks first.
LISTS: Mapping[str, str] = {
    "easylist": "https://easylist.to/easylist/easylist.txt",
    "easyprivacy": "https://easylist.to/easylist/easyprivacy.txt",
    "ublock-filters": "https://ublockorigin.github.io/uAssets/filters/filters.min.txt",
    "ublock-privacy": "https://ublockorigin.github.io/uAssets/filters/privacy.min.txt",
}
NOTES = ".json"  # what the server said of a list stands beside it
UNFINISHED = ".part"
SECONDS_MAX = 60.0
BYTES_MAX = 20 * 1024 * 1024  # the longest one has two million
RULES_MIN = 5
CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
NEW, SAME = 200, 304


class ListNotFetched(OutsendError):
    """A list did not come, or what came is none. The one fetched before stays in use."""

    code = "list_not_fetched"
    kind = "upstream"
    message = "Liste {name} non récupérée depuis {host} ({problem})"
    hint = "Check that this machine reaches {host}, then run `outsend lists update` again; older lists stay in use."

    def __init__(self, *, name: str, problem: str) -> None:
        super().__init__(name=name, host=urlsplit(LISTS[name]).hostname, problem=problem)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One list, as it now stands. `error` where it could not be fetched; `rules` are its lines but for comments."""

    name: str
    state: Literal["new", "unchanged", "failed"]
    bytes: int = 0
    rules: int = 0
    error: ListNotFetched | None = None


async def update(settings: Settings) -> list[Fetched]:
    """Bring every list up to date, each by itself. What went wrong with one is told in its `error`.

    Raises:
        StorageFull.
    """
    folder = settings.data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    async with open_gateway(settings, Clock()) as gateway:
        return list(await asyncio.gather(*(_updated(gateway.api, name, folder) for name in LISTS)))


async def _updated(api: Api, name: str, folder: Path) -> Fetched:
    try:
        return await _fetch(api, name, folder / f"{name}{ENDING}")
    except ListNotFetched as error:
        return Fetched(name, "failed", error=error)


async def _fetch(api: Api, name: str, file: Path) -> Fetched:
    conditions = await asyncio.to_thread(_conditions, file)
    try:
        answer = await api.request("GET", LISTS[name], headers=conditions, timeout_seconds=SECONDS_MAX)
    except Unreachable as failure:
        raise ListNotFetched(name=name, problem=failure.reason) from None
    return await asyncio.to_thread(_settled, name, file, answer)


def _settled(name: str, file: Path, answer: ApiAnswer) -> Fetched:
    """Keep what the server answered."""
    if answer.status == SAME and file.exists():
        file.touch()  # its age is that of the last look
        return Fetched(name, "unchanged", file.stat().st_size, _rules(file.read_bytes()))
    if answer.status != NEW:
        raise ListNotFetched(name=name, problem=f"HTTP {answer.status}")
    rules = _rules(answer.body)
    if len(answer.body) > BYTES_MAX or rules < RULES_MIN or answer.body.lstrip()[:1] == b"<":
        raise ListNotFetched(name=name, problem="la réponse n'est pas une liste de filtres")
    _keep(file, answer)
    return Fetched(name, "new", len(answer.body), rules)


def _conditions(file: Path) -> dict[str, str]:
    """What makes the server send the list only if it is another one than ours."""
    notes = _notes(file)
    if not file.exists() or not notes.exists():
        return {}
    told = json.loads(notes.read_text(encoding="utf-8"))
    return {CONDITIONS[name]: value for name, value in told.items() if name in CONDITIONS and value}


def _keep(file: Path, answer: ApiAnswer) -> None:
    told = {name: answer.headers.get(name, "") for name in CONDITIONS}
    _notes(file).unlink(missing_ok=True)  # it must never speak of another list than the one that is there
    _replace(file, answer.body)
    _replace(_notes(file), json.dumps(told).encode())


def _replace(file: Path, body: bytes) -> None:
    unfinished = file.with_name(f"{file.name}{UNFINISHED}")
    try:
        unfinished.write_bytes(body)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StorageFull from error


def _notes(file: Path) -> Path:
    return file.with_suffix(NOTES)


def _rules(body: bytes) -> int:
    return sum(line[:1] not in (b"", b"!", b"[") for line in body.split(b"\n"))
