"""What surrounds every request: ids, the log, failures, limits of bodies, the renewed cookie."""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Body, FastAPI, Request
from fastapi.responses import StreamingResponse

from engine.accounts import sessions
from engine.context import Context, Services, write
from engine.logs import request_id
from outsend_api.access import SignedIn
from outsend_api.app import create_app
from outsend_api.bodies import DEPTH_MAX, FORM_BYTES_MAX, JSON_BYTES_MAX, MB, MCP_BYTES_MAX
from outsend_api.cookies import SESSION_COOKIE
from tests.api_house import ApiHouse, api_house

PLANTED = "postgresql://root:hunter2@10.0.0.7/secret"


gate = threading.Event()  # lets the second half of a stream pass


def tell_id() -> dict[str, str | None]:
    return {"id": request_id.get()}


def tell_me(user: SignedIn) -> dict[str, int]:
    return {"account": user.principal.account_id}


def fault() -> None:
    raise RuntimeError(PLANTED)


def stream(user: SignedIn) -> StreamingResponse:
    def pieces() -> Iterator[bytes]:
        yield b"first"
        gate.wait(5)
        yield b"second"

    return StreamingResponse(pieces())


def broken_stream() -> StreamingResponse:
    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise RuntimeError(PLANTED)

    return StreamingResponse(pieces())


def items(body: Annotated[Any, Body()]) -> dict[str, int]:
    return {"count": len(body) if isinstance(body, list) else 1}


async def raw(request: Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


def probed(services: Services) -> FastAPI:
    """The product's app with a few endpoints of the tests' own."""
    app = create_app(services)
    for endpoint in (tell_id, tell_me, fault, stream, broken_stream):
        app.get(f"/api/probe/{endpoint.__name__}")(endpoint)
    for endpoint in (items, raw):
        app.post(f"/api/probe/{endpoint.__name__}")(endpoint)
    return app


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("requests"), app=probed) as running:
        yield running


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


# Ids and the log


def test_every_answer_bears_an_id_that_the_code_inside_knows(nobody: httpx.Client) -> None:
    first, second = (nobody.get("/api/probe/tell_id") for _ in range(2))

    assert first.headers["x-request-id"] == first.json()["id"]
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("given", ["abcdefgh", "A-z_09" * 10])
def test_a_proper_id_of_the_caller_is_kept(nobody: httpx.Client, given: str) -> None:
    assert nobody.get("/api/probe/tell_id", headers={"X-Request-Id": given}).json() == {"id": given}


@pytest.mark.parametrize("given", ["short", "a" * 65, "with space", 'quote"quote', "héhéhéhé".encode(), "a;b=c,d.e"])
def test_any_other_id_is_replaced(nobody: httpx.Client, given: str | bytes) -> None:
    response = nobody.get(
        "/api/probe/tell_id", headers=[(b"X-Request-Id", given if isinstance(given, bytes) else given.encode())]
    )

    assert response.json()["id"] not in (given, None)


def test_one_line_of_the_log_tells_of_a_request_without_its_secrets(house: ApiHouse, log: Any) -> None:
    with house.client("logged@example.com") as client:
        client.get("/api/probe/tell_me?token=very-secret", headers={"Authorization": ""})
        cookie = client.cookies[SESSION_COOKIE]
        account = client.get("/api/probe/tell_me").json()["account"]

    (first, second) = _access(log)
    assert first.fields | {"ms": 0} == {
        "method": "GET",
        "path": "/api/probe/tell_me",
        "status": 200,
        "ms": 0,
        "account_id": account,
    }
    assert second.fields["ms"] > 0
    told = " ".join(f"{record.getMessage()} {record.fields}" for record in (first, second))
    assert not any(secret in told for secret in ("very-secret", cookie, "token="))


def test_a_request_of_nobody_is_logged_too(nobody: httpx.Client, log: Any) -> None:
    nobody.get("/api/probe/tell_me")

    (line,) = _access(log)
    assert (line.fields["status"], line.fields["account_id"]) == (401, None)


# Failures


def test_a_failure_of_ours_tells_a_reference_and_nothing_else(nobody: httpx.Client, log: Any) -> None:
    """C-011."""
    response = nobody.get("/api/probe/fault")

    reference = response.headers["x-request-id"]
    assert response.status_code == 500
    assert response.json() == {
        "detail": f"Erreur interne (référence {reference})",
        "code": "internal_error",
        "hint": f"Repeat the request later; tell the operator this reference if it stays: {reference}",
    }
    assert "hunter2" not in response.text
    (failure,) = [record for record in log.records if record.exc_info]
    assert "hunter2" in str(failure.exc_info[1])
    assert [line.fields["status"] for line in _access(log)] == [500]


def test_an_answer_that_fails_midway_is_cut_off_and_never_looks_whole(nobody: httpx.Client, log: Any) -> None:
    with pytest.raises(httpx.RemoteProtocolError), nobody.stream("GET", "/api/probe/broken_stream") as response:
        assert response.status_code == 200
        list(response.iter_raw())

    assert any(record.getMessage() == "An answer broke off" for record in log.records)


def test_a_stream_passes_piece_by_piece(api: httpx.Client) -> None:
    gate.clear()
    with api.stream("GET", "/api/probe/stream") as response:
        pieces = response.iter_raw()
        assert next(pieces) == b"first"
        gate.set()
        assert next(pieces) == b"second"


def test_a_client_that_leaves_is_no_failure(api: httpx.Client, log: Any) -> None:
    gate.clear()
    with api.stream("GET", "/api/probe/stream") as response:
        next(response.iter_raw())
    gate.set()
    _until(lambda: len(_access(log)) == 1)

    assert not [record for record in log.records if record.exc_info]


# Bodies


def test_ten_thousand_items_fit(nobody: httpx.Client) -> None:
    """C-014."""
    items = [{"nom": f"Cabinet {n}", "site_web": f"https://cabinet-{n}.example/{'x' * 1_000}"} for n in range(10_000)]

    assert nobody.post("/api/probe/items", json=items).json() == {"count": 10_000}


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/api/probe/items", JSON_BYTES_MAX), ("/mcp", MCP_BYTES_MAX), ("/sign-in", FORM_BYTES_MAX)],
)
def test_a_body_that_says_it_is_too_large_is_refused_unread(nobody: httpx.Client, path: str, limit: int) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {limit + 1}\r\n\r\n"

    with socket.create_connection((nobody.base_url.host, nobody.base_url.port or 80), timeout=5) as connection:
        connection.sendall(head.encode())

        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_that_hides_its_length_is_counted_on_its_way(nobody: httpx.Client) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        yield b'"'
        for _ in range(40):
            sent += 1
            yield b"a" * MB
        yield b'"'

    response = nobody.post("/api/probe/items", content=pieces(), headers={"Content-Type": "application/json"})

    assert response.status_code == 413
    assert response.json()["code"] == "body_too_large"
    assert response.json()["detail"] == "Requête trop volumineuse (max 25 Mo)"


def test_the_refusal_stands_whatever_the_endpoint_makes_of_a_cut_body(nobody: httpx.Client) -> None:
    pieces = (b" " * MB for _ in range(26))

    response = nobody.post("/api/probe/raw", content=pieces, headers={"Content-Type": "application/json"})

    assert response.status_code == 413


@pytest.mark.parametrize("depth", [DEPTH_MAX + 1, 500, 990, 100_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_without_a_bottom_is_refused(nobody: httpx.Client, depth: int, opening: str) -> None:
    """C-014."""
    response = _post(nobody, (opening * depth).encode())

    assert (response.status_code, response.json()["code"]) == (400, "json_too_deep")


def test_a_depth_bomb_in_another_encoding_is_refused(nobody: httpx.Client) -> None:
    """C-014."""
    assert _post(nobody, ("[" * 500 + "]" * 500).encode("utf-16")).status_code == 400


def test_brackets_in_texts_are_not_counted_wherever_the_pieces_are_cut(nobody: httpx.Client) -> None:
    document = json.dumps(['\\"' + "[" * 200, "{" * 200, '\\\\"[[', "\\"]).encode()

    for cut in range(1, len(document), 7):
        pieces = iter((document[:cut], document[cut:]))
        response = nobody.post("/api/probe/items", content=pieces, headers={"Content-Type": "application/json"})
        assert response.json() == {"count": 4}


def test_ordinary_nesting_passes(nobody: httpx.Client) -> None:
    assert _post(nobody, b"[" * DEPTH_MAX + b"]" * DEPTH_MAX).json() == {"count": 1}


@pytest.mark.parametrize("body", [b"{", b"{'a': 1}", b'{"a": 1}}', b"\xff\xfe\xfa", b"1" * 5_000, b'"\\ud800', b"nul"])
def test_a_body_that_does_not_parse_is_400(nobody: httpx.Client, body: bytes) -> None:
    """C-014, C-011."""
    response = _post(nobody, body)

    assert response.status_code == 400
    assert response.json()["code"] in ("bad_json", "bad_body")


# The renewed cookie


@pytest.mark.parametrize("path", ["/api/probe/tell_me", "/api/probe/stream", "/api/pipelines/unknown"])
def test_a_session_that_is_used_gets_its_new_cookie_on_any_kind_of_answer(house: ApiHouse, path: str) -> None:
    """C-034."""
    gate.set()
    with house.client("renewed@example.com") as client:
        _age(house, client, timedelta(hours=2))
        response = client.get(path)

    assert f"{SESSION_COOKIE}=" in response.headers["set-cookie"]
    assert "Max-Age=604800" in response.headers["set-cookie"]


def test_a_session_is_renewed_once_an_hour(house: ApiHouse) -> None:
    """C-034."""
    with house.client("renewed-once@example.com") as client:
        _age(house, client, timedelta(hours=2))
        given = ["set-cookie" in client.get("/api/probe/tell_me").headers for _ in range(3)]

    assert given == [True, False, False]


def _post(client: httpx.Client, body: bytes) -> httpx.Response:
    return client.post("/api/probe/items", content=body, headers={"Content-Type": "application/json"})


def _access(log: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in log.records if record.name == "outsend.access"]


def _until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


@write
def _set_back(context: Context, cookie: str, by: timedelta) -> None:
    found = sessions._session_of(context, cookie)
    assert found is not None
    found[0].renewed_at = context.now() - by
    context.session.add(found[0])


def _age(house: ApiHouse, client: httpx.Client, by: timedelta) -> None:
    house.services.run(None, _set_back, client.cookies[SESSION_COOKIE], by)
