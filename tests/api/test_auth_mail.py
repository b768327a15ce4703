"""A mail leaves, even when the process that wrote it dies before it could."""

import time
from pathlib import Path

import pytest

from tests.api_house import api_house
from tests.visitors import CODE, letters_in, new_address, sign_up, visitor


@pytest.mark.slow(20)
def test_the_worker_delivers_what_a_server_left_behind(tmp_path: Path) -> None:
    """C-042."""
    address = new_address()
    with api_house(tmp_path, invitation_codes=(CODE,)) as house, visitor(house) as client:
        house.services.errands.close()  # as if it died
        assert sign_up(client, address).status_code == 200
        assert letters_in(tmp_path / "mail") == []

    with api_house(tmp_path, works=True):
        deadline = time.monotonic() + 15
        while not letters_in(tmp_path / "mail") and time.monotonic() < deadline:
            time.sleep(0.02)

    assert [letter["To"] for letter in letters_in(tmp_path / "mail")] == [address]
