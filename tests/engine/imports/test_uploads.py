"""Uploads: kept for a day, readable by their owner alone, never more than there is room for."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.accounts.errors import NotSignedIn
from engine.context import Caller, Services
from engine.errors import AccountGone, OutsendError
from engine.imports import operations as imports
from engine.imports.errors import TooManyUploads, UploadMissing, UploadsTooLarge, UploadTooLarge
from engine.imports.operations import open_upload, purge_uploads, save_upload
from engine.limits import IMPORT_BYTES_MAX, UPLOADS_BYTES_MAX, UPLOADS_MAX
from engine.privacy.erasure import erase
from engine.storage.files import Files, Room, RoomExceeded
from tests.house import account, house

AT_ONCE = 8


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house(tmp_path, deaf=True) as services:
        yield services


@pytest.fixture
def caller(services: Services) -> Caller:
    return account(services)


def content(services: Services, account_id: int, upload_id: str) -> bytes:
    with open_upload(services, account_id, upload_id) as file:
        return file.read()


def on_disk(services: Services) -> list[str]:
    return sorted(path.name for path in (services.settings.data_dir / "uploads").glob("*/*"))


def sent(caller: Caller, data: bytes) -> str:
    arrival = imports.begin(caller, "liste.csv")
    try:
        arrival.write(data)
        return imports.finish(caller, arrival).upload_id
    finally:
        arrival.discard()


def together(acts: list[Callable[[], object]]) -> list[object]:
    """What each returned or raised, all begun at the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        gate.wait()
        try:
            return act()
        except (OutsendError, RoomExceeded) as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_owner_reads_what_was_sent(services: Services) -> None:
    upload = save_upload(services, 1, b"nom\nA\n")

    assert content(services, 1, upload) == b"nom\nA\n"


@pytest.mark.parametrize(
    "name", ["../1/x", "u_" + "0" * 32, "", "u_" + "g" * 32, "u_" + "0" * 33, "u_\x00", "/etc/passwd"]
)
def test_an_id_that_is_none_is_missing(services: Services, caller: Caller, name: str) -> None:
    for look in (imports.get, imports.remove):
        with pytest.raises(UploadMissing):
            look(caller, name)
    with pytest.raises(UploadMissing):
        open_upload(services, 1, name)


def test_nobody_else_reads_it(services: Services) -> None:
    upload = save_upload(services, 1, b"x")

    with pytest.raises(UploadMissing):
        open_upload(services, 2, upload)


def test_more_than_fifty_megabytes_are_refused(services: Services, caller: Caller) -> None:
    with pytest.raises(UploadTooLarge):
        save_upload(services, 1, bytes(IMPORT_BYTES_MAX + 1))

    arrival = imports.begin(caller, "a.csv")
    arrival.write(bytes(IMPORT_BYTES_MAX))
    with pytest.raises(UploadTooLarge):
        arrival.write(b"x")
    arrival.discard()
    assert on_disk(services) == []


def test_a_day_later_it_is_gone_and_a_fresh_one_stays(services: Services, caller: Caller) -> None:
    old, fresh = sent(caller, b"nom\nA\n"), sent(caller, b"nom\nB\n")
    me, yesterday = caller.principal.account_id, time.time() - 25 * 3600
    for path in (services.settings.data_dir / "uploads" / str(me)).glob(f"{old}*"):
        os.utime(path, (yesterday, yesterday))

    purge_uploads(services)

    assert content(services, me, fresh) == b"nom\nB\n"
    assert on_disk(services) == [fresh, f"{fresh}.json"]
    with pytest.raises(UploadMissing):
        imports.get(caller, old)


def test_what_nobody_finishes_goes_after_an_hour(services: Services, caller: Caller) -> None:
    left, arriving = imports.begin(caller, "a.csv"), imports.begin(caller, "b.csv")
    for arrival in (left, arriving):
        arrival.write(b"nom\n")
    parts = list((services.settings.data_dir / "uploads").glob("*/*.part"))
    long_ago = time.time() - 2 * 3600
    os.utime(parts[0], (long_ago, long_ago))

    purge_uploads(services)

    assert len(on_disk(services)) == 1
    left.discard()
    arriving.discard()


def test_an_open_file_is_read_to_its_end_though_it_is_deleted_meanwhile(services: Services, caller: Caller) -> None:
    upload = sent(caller, b"nom\nA\n")
    with open_upload(services, caller.principal.account_id, upload) as file:
        imports.remove(caller, upload)

        assert file.read() == b"nom\nA\n"
    assert on_disk(services) == []


def test_a_file_that_came_another_way_is_described_on_demand(services: Services, caller: Caller) -> None:
    upload = save_upload(services, caller.principal.account_id, b"nom;email\nA;a@b.fr\n")

    assert imports.list_uploads(caller).items[0].filename is None
    assert imports.get(caller, upload).mapping == {"nom": "nom", "email": "email"}


def test_an_account_has_room_for_so_many_files_whoever_comes_at_once(caller: Caller) -> None:
    for _ in range(UPLOADS_MAX - 2):
        sent(caller, b"nom\nA\n")

    outcomes = together([lambda: sent(caller, b"nom\nA\n")] * AT_ONCE)

    kept = imports.list_uploads(caller).items
    assert len(kept) <= UPLOADS_MAX
    refusals = [outcome for outcome in outcomes if isinstance(outcome, TooManyUploads)]
    assert len(refusals) >= AT_ONCE - 2
    assert all(0 < int(str(refusal.values["retry_after"])) <= 24 * 3600 for refusal in refusals)


def test_an_account_has_room_for_so_many_bytes_whoever_comes_at_once(tmp_path: Path) -> None:
    files, room = Files(tmp_path), Room(files=100, bytes=10_000)

    def send() -> str:
        incoming = files.receive(1, room)
        try:
            for _ in range(4):
                incoming.write(bytes(1_000))
            return incoming.keep()
        finally:
            incoming.discard()

    for _ in range(20):
        outcomes = together([send] * AT_ONCE)

        kept = files.kept(1)
        assert sum(file.bytes for file in kept) <= 10_000
        assert len(kept) == sum(isinstance(outcome, str) for outcome in outcomes)
        files.remove_all(1)


def test_full_room_is_told_with_its_size(services: Services, caller: Caller) -> None:
    folder = services.settings.data_dir / "uploads" / str(caller.principal.account_id)
    save_upload(services, caller.principal.account_id, b"x")
    with next(folder.iterdir()).open("r+b") as file:
        file.truncate(UPLOADS_BYTES_MAX)  # takes no room on the disk

    arrival = imports.begin(caller, "a.csv")
    with pytest.raises(UploadsTooLarge, match="Espace épuisé : 500 Mo"):
        arrival.write(b"x")
    arrival.discard()


@pytest.mark.parametrize("deleted", ["before it comes in", "while it comes in"])
def test_a_file_of_an_account_that_is_deleted_meanwhile_stays_nowhere(
    services: Services, caller: Caller, deleted: str
) -> None:
    if deleted == "before it comes in":  # whoever sends it was let in just before
        erase(caller, "owner@example.com")
    arrival = imports.begin(caller, "a.csv")
    arrival.write(b"nom\nA\n")
    if deleted == "while it comes in":
        erase(caller, "owner@example.com")

    with pytest.raises((AccountGone, NotSignedIn)):
        imports.finish(caller, arrival)
    arrival.discard()
    assert on_disk(services) == []
