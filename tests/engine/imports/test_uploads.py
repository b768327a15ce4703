"""Uploads: kept for a day, readable by their owner alone."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Services
from engine.imports.operations import UploadMissing, UploadTooLarge, purge_uploads, read_upload, save_upload
from engine.limits import IMPORT_BYTES_MAX
from tests.house import house


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house(tmp_path, deaf=True) as services:
        yield services


def test_the_owner_reads_what_was_sent(services: Services) -> None:
    upload = save_upload(services, 1, b"nom\nA\n")

    assert read_upload(services, 1, upload) == b"nom\nA\n"


@pytest.mark.parametrize("name", ["../1/x", "u_" + "0" * 32, "", "u_" + "g" * 32, "u_" + "0" * 33])
def test_an_id_that_is_none_is_missing(services: Services, name: str) -> None:
    with pytest.raises(UploadMissing):
        read_upload(services, 1, name)


def test_nobody_else_reads_it(services: Services) -> None:
    upload = save_upload(services, 1, b"x")

    with pytest.raises(UploadMissing):
        read_upload(services, 2, upload)


def test_more_than_fifty_megabytes_are_refused(services: Services) -> None:
    with pytest.raises(UploadTooLarge):
        save_upload(services, 1, bytes(IMPORT_BYTES_MAX + 1))


def test_a_day_later_it_is_gone_and_a_fresh_one_stays(services: Services) -> None:
    old, fresh = save_upload(services, 1, b"old"), save_upload(services, 1, b"fresh")
    yesterday = time.time() - 25 * 3600
    os.utime(services.settings.data_dir / "uploads" / "1" / old, (yesterday, yesterday))

    purge_uploads(services)

    assert read_upload(services, 1, fresh) == b"fresh"
    with pytest.raises(UploadMissing):
        read_upload(services, 1, old)
