"""Images kept on disk: each once and whole, and never more than an owner has room for."""

import errno
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import StorageFull
from engine.storage.brand_assets import BrandAssetFiles
from engine.storage.files import RoomExceeded
from tests.modules.pictures import drawn

LOGO = drawn()


def test_many_that_keep_the_same_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    body = os.urandom(200_000)
    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(lambda _: BrandAssetFiles(tmp_path).save(1, body, "png", room_bytes=10**9), range(40)))

    assert len({name for name, _ in saved}) == 1
    assert [path.read_bytes() for path in (tmp_path / "1").iterdir()] == [body]


def test_of_many_images_at_once_none_gets_past_the_room(tmp_path: Path) -> None:
    files, room = BrandAssetFiles(tmp_path), 2_000_000
    bodies = [os.urandom(600_000) for _ in range(12)]

    def saved(body: bytes) -> bool:
        try:
            return files.save(1, body, "png", room_bytes=room)[1]
        except RoomExceeded:
            return False

    with ThreadPoolExecutor(12) as threads:
        results = list(threads.map(saved, bodies))

    assert results.count(True) == 3
    assert sum(file.bytes for file in files.kept(1)) == 3 * 600_000


def test_the_folder_of_an_account_is_read_once_and_what_was_not_written_takes_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[Path] = []
    glob = Path.glob

    def watched(path: Path, pattern: str) -> Iterator[Path]:
        listed.append(path)
        return glob(path, pattern)

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    BrandAssetFiles(tmp_path).save(1, b"x" * 60, "png", room_bytes=100)
    files = BrandAssetFiles(tmp_path)
    monkeypatch.setattr(Path, "glob", watched)
    with monkeypatch.context() as away:
        away.setattr(Path, "write_bytes", full)
        with pytest.raises(StorageFull):
            files.save(1, b"y" * 40, "png", room_bytes=100)
    for _ in range(3):
        with pytest.raises(RoomExceeded):
            files.save(1, b"z" * 41, "png", room_bytes=100)

    assert files.save(1, b"y" * 40, "png", room_bytes=100)[1]
    assert len(listed) == 2  # what is unfinished, and what is kept


def test_a_file_that_a_crash_cut_off_is_written_anew(tmp_path: Path) -> None:
    name, _ = BrandAssetFiles(tmp_path).save(1, LOGO, "png", room_bytes=10**9)
    (tmp_path / "1" / name).write_bytes(b"")

    BrandAssetFiles(tmp_path).save(1, LOGO, "png", room_bytes=10**9)

    assert BrandAssetFiles(tmp_path).read(1, name) == LOGO
