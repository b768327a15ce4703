"""The live stream of a job (docs page concepts/states-and-events, CONTRACT area 9)."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.accounts.api_tokens import list_tokens, revoke_token
from engine.context import Caller
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.events import hub_of
from outsend_api import event_stream
from outsend_api.routers import job_stream
from tests.api.by_hand import HandJob, done_job, hand_job
from tests.api.sse import Event, events_of, heard
from tests.api_house import ApiHouse, api_house
from tests.engine.jobs.loops import Watch
from tests.house import account

ADA = "ada@example.com"
COUNTERS = ("processed_points", "grid_points_count", "results_count", "error_count")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API without a worker: jobs move when the test moves them."""
    with api_house(tmp_path_factory.mktemp("quiet"), clock=Watch()) as running:
        yield running


@pytest.fixture
def client(quiet: ApiHouse) -> Iterator[httpx.Client]:
    with quiet.client(ADA) as signed_in:
        yield signed_in


@pytest.fixture
def job(quiet: ApiHouse) -> Iterator[HandJob]:
    """A running job, ended after the test: six may run at once."""
    running = hand_job(quiet.caller(ADA), planned=100).start()
    yield running
    if owner(running).run(jobs.get, running.id).status == "running":
        running.finish()


@contextmanager
def stream(client: httpx.Client, job: HandJob, **asked: Any) -> Iterator[Iterator[Event]]:
    with client.stream("GET", f"/api/jobs/{job.id}/stream", **asked) as response:
        assert response.status_code == 200
        yield events_of(response)


def until(true: Callable[[], bool]) -> None:
    """Return once it is true; the limit of the test ends the wait."""
    while not true():
        time.sleep(0.01)


def lines(events: list[Event]) -> list[str]:
    return [event.data["message"] for event in events if event.name == "log"]


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


def told(first: int, count: int) -> list[tuple[str, str]]:
    return [("info", f"ligne {n}") for n in range(first, first + count)]


def test_a_stream_has_the_documented_headers(client: httpx.Client, job: HandJob) -> None:
    """C-005, C-192."""
    with client.stream("GET", f"/api/jobs/{job.id}/stream") as response:
        headers = response.headers

    assert response.status_code == 200
    assert headers["content-type"] == "text/event-stream"
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"


def test_each_event_is_its_name_and_one_line_of_json(client: httpx.Client, quiet: ApiHouse) -> None:
    """C-193, C-194."""
    done = (
        hand_job(quiet.caller(ADA)).start().save([{"word": "a"}], logs=[("info", "un\ndeux é")], processed=1).finish()
    )

    raw = client.get(f"/api/jobs/{done.id}/stream").text

    blocks = [block.splitlines() for block in raw.split("\n\n")[:-1]]
    assert raw.endswith("\n\n") and raw.isascii()  # text of no named charset: many clients take it for Latin-1
    assert [[line.partition(":")[0] for line in block] for block in blocks] == [
        ["id", "event", "data"],  # log
        ["event", "data"],  # progress
        ["event", "data"],  # status
        ["event", "data"],  # done
    ]
    assert [event.name for event in heard(client, done.id)] == ["log", "progress", "status", "done"]
    assert lines(heard(client, done.id)) == ["un\ndeux é"]


@pytest.mark.slow(12)
def test_status_comes_every_two_seconds_with_the_documented_fields(client: httpx.Client, job: HandJob) -> None:
    """C-195, C-196, C-189."""
    came: list[tuple[float, Event]] = []
    with stream(client, job) as events:
        for event in events:
            if event.name == "status":
                came.append((time.monotonic(), event))
            if len(came) == 4:
                break

    pauses = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(came)]
    assert all(1.5 < pause < 3.5 for pause in pauses), pauses
    for _, event in came:
        assert event.data["id"] == job.id
        assert event.data["status"] == "running"
        assert {*COUNTERS, "download_available", "query_stats"} <= event.data.keys()


def test_a_pending_job_is_followed_to_its_end(client: httpx.Client, quiet: ApiHouse) -> None:
    """C-196, C-197, C-200."""
    waiting = hand_job(quiet.caller(ADA))
    with stream(client, waiting) as events:
        first = next(event for event in events if event.name == "status")
        waiting.start().save([{"word": "a"}], processed=1).finish()
        rest = list(events)

    assert first.data["status"] == "pending"
    assert names(rest)[-2:] == ["status", "done"]
    assert rest[-2].data["status"] == "done" and rest[-2].data["download_available"]
    assert rest[-1].data.keys() == {"id", "status", "results_count", "duration_seconds"}
    assert (rest[-1].data["id"], rest[-1].data["status"], rest[-1].data["results_count"]) == (waiting.id, "done", 1)
    assert rest[-1].data["duration_seconds"] >= 0


def test_the_stream_of_an_ended_job_gives_its_state_and_ends(client: httpx.Client, quiet: ApiHouse) -> None:
    """C-197, C-207."""
    events = heard(client, done_job(quiet.caller(ADA), [{"n": 1}]).id)

    assert names(events).count("status") == names(events).count("done") == 1
    assert names(events)[-2:] == ["status", "done"]


def test_a_failed_job_tells_its_error_before_the_end(client: httpx.Client, job: HandJob) -> None:
    """C-201, C-203."""
    job.finish("failed", code="x", message="Tout a raté")

    error, done = heard(client, job.id)[-2:]

    assert (error.name, error.data) == ("error", {"code": "job_failed", "message": "Tout a raté"})
    assert (done.name, done.data["status"]) == ("done", "failed")


def test_a_cancelled_job_ends_with_done_and_without_error(client: httpx.Client, quiet: ApiHouse) -> None:
    """C-201."""
    waiting = hand_job(quiet.caller(ADA))
    with stream(client, waiting) as events:
        next(events)
        quiet.caller(ADA).run(jobs.cancel, waiting.id)
        rest = list(events)

    assert (rest[-1].name, rest[-1].data["status"]) == ("done", "cancelled")
    assert "error" not in names(rest)


def test_log_lines_carry_their_id_level_and_time(client: httpx.Client, job: HandJob) -> None:
    """C-198, C-204."""
    levels = ("debug", "info", "warn", "error")
    job.save(logs=[(level, f"dit {level}") for level in levels]).finish()

    logs = [event for event in heard(client, job.id) if event.name == "log"]

    stored = owner(job).run(results.logs, job.id)
    assert [event.id for event in logs] == [str(line.id) for line in stored]
    assert [event.data for event in logs] == [
        {"message": f"dit {line.level}", "level": line.level, "timestamp": line.at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        for line in stored
    ]


@pytest.mark.slow(12)
def test_progress_comes_when_counters_change_at_most_twice_a_second(client: httpx.Client, job: HandJob) -> None:
    """C-194 (X-11, X-57)."""

    def work() -> None:
        for processed in range(1, 101):
            job.save(processed=processed)
            time.sleep(0.02)
        job.finish()

    came: list[tuple[float, dict[str, Any]]] = []
    working = threading.Thread(target=work)
    with stream(client, job) as events:
        working.start()
        came.extend((time.monotonic(), event.data) for event in events if event.name == "progress")
    working.join()

    counts = [data["processed_points"] for _, data in came]
    assert all(data.keys() == {"id", *COUNTERS} for _, data in came)
    assert counts == sorted(set(counts)) and counts[-1] == 100
    # Three of them never lie within one second (0.1 s for the way to us).
    assert all(third - first >= 0.9 for (first, _), (third, _) in zip(came, came[2:], strict=False))


@pytest.mark.slow(12)
@pytest.mark.parametrize("way", ["header", "query"])
def test_a_client_that_comes_back_sees_each_line_once(client: httpx.Client, job: HandJob, way: str) -> None:
    """C-199, C-204, C-205."""

    def work() -> None:
        for first in range(0, 300, 20):
            job.save(logs=told(first, 20))
            time.sleep(0.03)
        job.finish()

    working = threading.Thread(target=work)
    working.start()
    seen, last, visits = list[str](), "0", 0
    while not seen or seen[-1] != "done":
        asked: dict[str, Any] = {"headers": {"Last-Event-ID": last}} if way == "header" else {"params": {"since": last}}
        visits += 1
        with stream(client, job, **asked) as events:
            for heard_lines, event in enumerate(event for event in events if event.name in ("log", "done")):
                seen.append(event.data.get("message", "done"))
                last = event.id or last
                if heard_lines == 37:
                    break
    working.join()

    stored = [line.message for line in owner(job).run(results.logs, job.id)]
    assert seen == [*stored, "done"] and stored == [message for _, message in told(0, 300)]
    assert visits > 5


@pytest.mark.parametrize("bad", ["", "abc", "-4", "1.5", "9" * 40, "²"])
def test_a_bad_log_id_counts_as_none(client: httpx.Client, job: HandJob, bad: str) -> None:
    job.save(logs=told(0, 3)).finish()
    header = {"Last-Event-ID": bad.encode()}

    assert lines(heard(client, job.id, headers=header, params={"since": "99999"})) == ["ligne 0", "ligne 1", "ligne 2"]
    assert lines(heard(client, job.id, params={"since": bad})) == ["ligne 0", "ligne 1", "ligne 2"]


def test_the_header_wins_over_the_parameter(client: httpx.Client, job: HandJob) -> None:
    """C-204."""
    job.save(logs=told(0, 3)).finish()
    ids = [event.id for event in heard(client, job.id) if event.name == "log"]

    events = heard(client, job.id, headers={"Last-Event-ID": str(ids[1])}, params={"since": "0"})

    assert lines(events) == ["ligne 2"]


@pytest.mark.parametrize(
    ("who", "status", "code", "message"),
    [
        (None, 401, "unauthorized", None),
        ("eve@example.com", 403, "forbidden", "Not your job"),
        ("sleeper@example.com", 403, "forbidden", None),
        (ADA, 404, "not_found", None),
    ],
)
def test_a_refused_stream_is_one_error_event(
    quiet: ApiHouse, job: HandJob, who: str | None, status: int, code: str, message: str | None
) -> None:
    """C-202, C-029."""
    changes = {"is_active": False} if who == "sleeper@example.com" else {}
    path = f"/api/jobs/{'j_unknown' if status == 404 else job.id}/stream"
    with quiet.client(who, **changes) as client, client.stream("GET", path) as response:
        events = list(events_of(response))

    assert (response.status_code, response.headers["content-type"]) == (status, "text/event-stream")
    assert (names(events), events[0].data["code"]) == (["error"], code)
    assert events[0].data["message"] == (message or events[0].data["message"]) != ""


def test_a_stream_ends_after_six_hours(client: httpx.Client, quiet: ApiHouse, job: HandJob) -> None:
    """C-206."""
    with moved_clock(quiet) as clock, stream(client, job) as events:
        next(events)
        clock.ahead_seconds = timedelta(hours=5, minutes=59).total_seconds()
        assert next(events)
        clock.ahead_seconds = timedelta(hours=6).total_seconds()
        rest = list(events)

    assert "done" not in names(rest)
    assert hub_of(quiet.services).watching == 0


def test_a_revoked_token_ends_its_streams(quiet: ApiHouse, job: HandJob) -> None:
    with moved_clock(quiet) as clock, quiet.bearer(ADA) as bearer, stream(bearer, job) as events:
        next(events)
        caller = quiet.caller(ADA)
        for token in caller.run(list_tokens).items:
            caller.run(revoke_token, token.id)
        clock.ahead_seconds = job_stream.ACCESS_SECONDS
        last = list(events)[-1]

    assert (last.name, last.data["code"]) == ("error", "unauthorized")


def test_a_client_that_goes_away_is_followed_no_more(client: httpx.Client, quiet: ApiHouse, job: HandJob) -> None:
    hub = hub_of(quiet.services)
    with stream(client, job) as events:
        next(events)
        assert hub.watching == 1

    until(lambda: hub.watching == 0)


@pytest.mark.slow(20)
def test_a_reader_that_takes_nothing_delays_nobody_and_is_let_go(
    client: httpx.Client, quiet: ApiHouse, job: HandJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "STALLED_SECONDS", 1.0)
    hub, cookie = hub_of(quiet.services), client.cookies["outsend_session"]
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stuck.connect(("127.0.0.1", int(quiet.url.rpartition(":")[2])))
        request = f"GET /api/jobs/{job.id}/stream HTTP/1.1\r\nHost: x\r\nCookie: outsend_session={cookie}\r\n\r\n"
        stuck.sendall(request.encode())
        until(lambda: hub.watching == 1)
        for first in range(0, 5_000, 500):
            job.save(logs=[("info", f"ligne {n} {'x' * 2_000}") for n in range(first, first + 500)])
        job.finish()

        begun = time.monotonic()
        fast = heard(client, job.id)
        assert len(lines(fast)) == 5_000
        assert time.monotonic() - begun < 15
        until(lambda: hub.watching == 0)


def test_a_silent_stream_is_kept_alive(client: httpx.Client, job: HandJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_stream, "KEEP_ALIVE_SECONDS", 0.1)
    with client.stream("GET", f"/api/jobs/{job.id}/stream") as response:
        raw = ""
        for piece in response.iter_text():
            raw += piece
            if ": keep-alive\n\n" in raw and "event: status\n" in raw:
                break


def test_a_server_that_stops_ends_its_streams_in_order(tmp_path: Path) -> None:
    with api_house(tmp_path) as house:
        running = hand_job(house.caller(ADA)).start()
        heard_by_all: list[list[Event]] = []

        def listen() -> None:
            with house.client(ADA) as client:
                heard_by_all.append(heard(client, running.id))

        listening = [threading.Thread(target=listen) for _ in range(5)]
        for thread in listening:
            thread.start()
        until(lambda: hub_of(house.services).watching == 5)
        begun = time.monotonic()

    took = time.monotonic() - begun
    for thread in listening:
        thread.join()
    assert took < 8
    # Each had a regular end, without "done": its client comes back.
    assert len(heard_by_all) == 5
    assert all("done" not in names(events) for events in heard_by_all)


@contextmanager
def moved_clock(house: ApiHouse) -> Iterator[Watch]:
    """The house's clock, back in its place afterwards."""
    clock = house.services.clock
    assert isinstance(clock, Watch)
    try:
        yield clock
    finally:
        clock.ahead_seconds = 0.0


def owner(job: HandJob) -> Caller:
    return account(job.services, ADA)
