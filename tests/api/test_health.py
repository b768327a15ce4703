"""Liveness and readiness, for whoever decides to restart or to send traffic."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from engine.clock import Clock
from engine.jobs.workers import beat
from tests.api_house import ApiHouse, api_house
from tests.cli.terminal import until


def test_a_process_with_a_worker_is_ready(house: ApiHouse) -> None:
    with house.client(None) as nobody:
        until(lambda: nobody.get("/readyz").status_code == 200)

        assert nobody.get("/readyz").json() == {"status": "ready", "database": "ok", "worker": "ok"}


def test_a_process_that_lives_says_so_to_anybody_and_no_more(house: ApiHouse) -> None:
    with house.client(None) as nobody:
        response = nobody.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_without_a_worker_it_is_not_ready_and_says_what_is_missing(tmp_path: Path) -> None:
    with api_house(tmp_path) as house, house.client(None) as nobody:
        response = nobody.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "not_ready", "database": "ok", "worker": "missing"}


@pytest.mark.parametrize(("silent_seconds", "status"), [(29, 200), (31, 503)])
def test_a_worker_counts_as_there_for_thirty_seconds_after_its_last_sign_of_life(
    tmp_path: Path, silent_seconds: int, status: int
) -> None:
    """C-187."""
    clock = Clock(timedelta(seconds=-silent_seconds))
    with api_house(tmp_path, clock=clock) as house, house.client(None) as nobody:
        house.services.run(None, beat, "w1", "1")
        clock.offset = timedelta(0)

        assert nobody.get("/readyz").status_code == status


def test_without_its_database_it_lives_but_is_not_ready(tmp_path: Path) -> None:
    with api_house(tmp_path) as house, house.client(None) as nobody:
        house.services.db.engine.dispose()
        shutil.rmtree(tmp_path)

        alive, ready = nobody.get("/healthz"), nobody.get("/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"status": "not_ready", "database": "down", "worker": "unknown"}
