"""The way in: tokens, challenges, scopes, hosts and origins, and what is no message at all."""

from typing import Any

import httpx
import pytest

from engine.accounts.api_tokens import list_tokens, revoke_token
from tests.api_house import ApiHouse

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
SCOPES = 'scope="outsend:read outsend:run"'


def call(name: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": {}}}


def post(plain: ApiHouse, message: Any, token: str | None = None, **headers: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    content = message if isinstance(message, bytes) else None
    body = None if content is not None else message
    return httpx.post(f"{plain.url}/mcp", json=body, content=content, headers={**HEADERS, **bearer, **headers})


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_without_a_token_the_answer_leads_to_the_metadata(plain: ApiHouse, method: str) -> None:
    """C-423."""
    response = httpx.request(method, f"{plain.url}/mcp")

    challenge = response.headers["www-authenticate"]
    assert response.status_code == 401
    assert f'resource_metadata="{plain.url}/.well-known/oauth-protected-resource/mcp"' in challenge
    assert challenge.startswith("Bearer ") and SCOPES in challenge and "error=" not in challenge
    assert "ost_" in response.json()["hint"]


@pytest.mark.parametrize("path", ["", "/mcp"])
def test_the_metadata_names_the_resource_and_its_scopes(plain: ApiHouse, path: str) -> None:
    """C-423."""
    response = httpx.get(f"{plain.url}/.well-known/oauth-protected-resource{path}")

    told = response.json()
    assert response.status_code == 200
    assert told["resource"] == f"{plain.url}/mcp"
    assert told["scopes_supported"] == ["outsend:read", "outsend:run"]
    assert told["bearer_methods_supported"] == ["header"]


def test_a_session_cookie_is_no_way_in(plain: ApiHouse) -> None:
    """MCP security point 3."""
    with plain.client("ada@example.com") as client:
        response = client.post("/mcp", json=LIST, headers=HEADERS)

    assert response.status_code == 401


@pytest.mark.parametrize("token", ["ost_unknown", "eyJhbGciOiJub25lIn0.e30.", "x" * 5000])
def test_an_unknown_token_is_refused(plain: ApiHouse, token: str) -> None:
    response = post(plain, LIST, token)

    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["www-authenticate"]
    assert token not in response.text


def test_a_revoked_token_is_refused_at_once(plain: ApiHouse) -> None:
    token, caller = plain.token("gone@example.com"), plain.caller("gone@example.com")
    assert post(plain, LIST, token).status_code == 200

    caller.run(revoke_token, caller.run(list_tokens).items[0].id)

    assert post(plain, LIST, token).status_code == 401


def test_a_deactivated_account_is_refused(plain: ApiHouse) -> None:
    token = plain.token("frozen@example.com")
    plain.caller("frozen@example.com", is_active=False)

    assert post(plain, LIST, token).status_code == 401


def test_a_token_notes_its_use(plain: ApiHouse) -> None:
    token, caller = plain.token("noted@example.com"), plain.caller("noted@example.com")

    post(plain, LIST, token)

    assert caller.run(list_tokens).items[0].last_used_at is not None


def test_a_reading_token_reads_and_must_step_up_to_run(plain: ApiHouse) -> None:
    """C-429; MCP security point 14."""
    token = plain.token("reader@example.com", scope="read")

    reads, runs = post(plain, call("repeat"), token), post(plain, call("start"), token)

    assert reads.status_code == 200
    assert runs.status_code == 403
    assert 'error="insufficient_scope"' in runs.headers["www-authenticate"]
    assert SCOPES in runs.headers["www-authenticate"]
    assert runs.json()["code"] == "scope_missing"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_a_host_that_is_not_ours_is_misdirected(plain: ApiHouse, host: str) -> None:
    """MCP security point 11."""
    assert post(plain, LIST, plain.token(), Host=host).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_an_origin_that_is_not_ours_is_refused(plain: ApiHouse, origin: str) -> None:
    """MCP security point 11."""
    assert post(plain, LIST, plain.token(), Origin=origin).status_code == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:6274", "http://localhost:6274"])
def test_a_page_on_this_machine_is_let_in_where_the_server_is_local(plain: ApiHouse, origin: str) -> None:
    assert post(plain, LIST, plain.token(), Origin=origin).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_nothing_but_posting_is_allowed(plain: ApiHouse, method: str) -> None:
    headers = {**HEADERS, "Authorization": f"Bearer {plain.token()}"}

    response = httpx.request(method, f"{plain.url}/mcp", headers=headers)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"7",
        b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]}',
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": ' + b"9" * 5000 + b', "method": "ping"}',
        b"\xff\xfe",
    ],
    ids=["broken", "batch", "number", "version", "id", "params", "deep", "huge-number", "not-utf8"],
)
def test_what_is_no_message_is_a_plain_protocol_error(plain: ApiHouse, body: bytes) -> None:
    """MCP security points 19, 21."""
    response = post(plain, body, plain.token())

    assert response.status_code == 400
    assert "pydantic" not in response.text and "http" not in response.text


def test_a_body_beyond_the_limit_is_refused(plain: ApiHouse) -> None:
    """MCP security point 21."""
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * (4 << 20) + b'"}'

    assert post(plain, body, plain.token()).status_code == 413


def test_the_endpoint_answers_without_a_redirect(plain: ApiHouse) -> None:
    """C-422."""
    assert post(plain, LIST, plain.token()).status_code == 200
