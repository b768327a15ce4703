"""Other sites, changed cookies, and what browsers are told about our answers."""

import dataclasses
from collections.abc import Callable, Iterator
from string import ascii_letters
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, UploadFile

from engine.accounts import passwords
from engine.context import Services
from engine.settings import Settings
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.app import create_app
from outsend_api.cookies import SESSION_COOKIE
from outsend_api.security import own_origins
from tests.api_house import ApiHouse, api_house

PASSWORD = "lovelace-1843"
PUBLIC = "https://leads.example"
FOREIGN = ("https://evil.example", "null", "http://127.0.0.1.evil.example", "https://leads.example.evil.example", "")


def change(user: ActiveUser) -> dict[str, bool]:
    return {"changed": True}


def changed_by(user: SignedIn, body: dict[str, Any]) -> dict[str, Any]:
    return body


async def upload(file: UploadFile) -> dict[str, int]:
    return {"bytes": len(await file.read())}


def look(user: SignedIn) -> dict[str, int]:
    return {"account": user.principal.account_id}


def probed(services: Services) -> FastAPI:
    app = create_app(services)
    app.get("/api/probe")(look)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        app.api_route("/api/probe", methods=[method], name=f"change_{method}")(change)
    app.post("/api/probe/json")(changed_by)
    app.post("/api/probe/file")(upload)
    return app


def of_https(services: Services) -> FastAPI:
    """The app as it stands behind a proxy that speaks TLS."""
    settings = services.settings.model_copy(update={"public_url": PUBLIC})
    return probed(dataclasses.replace(services, settings=settings))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("security"), app=probed) as running:
        yield running


@pytest.fixture(scope="module")
def https_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("https"), app=of_https) as running:
        yield running


# Origins


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_another_site_changes_nothing_with_the_session_cookie(api: httpx.Client, method: str, origin: str) -> None:
    """C-011."""
    response = api.request(method, "/api/probe", headers={"Origin": origin})

    assert response.status_code == 403
    assert response.json()["code"] == "foreign_origin"
    assert response.json()["detail"] == "Requête refusée : elle vient d'un autre site"


def test_one_foreign_origin_among_several_is_enough(api: httpx.Client, house: ApiHouse) -> None:
    response = api.post("/api/probe", headers=[("Origin", house.url), ("Origin", "https://evil.example")])

    assert response.status_code == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_each_loopback_name_of_a_local_server_is_ours(api: httpx.Client, house: ApiHouse, name: str) -> None:
    assert api.post("/api/probe", headers={"Origin": house.url.replace("127.0.0.1", name)}).status_code == 200


@pytest.mark.parametrize("origin", ["http://127.0.0.1:1", "http://localhost", "https://127.0.0.1"])
def test_another_program_of_this_machine_is_foreign(api: httpx.Client, origin: str) -> None:
    assert api.post("/api/probe", headers={"Origin": origin}).status_code == 403


def test_without_an_origin_a_request_passes(api: httpx.Client) -> None:
    assert api.post("/api/probe").status_code == 200


def test_reading_is_no_change(api: httpx.Client) -> None:
    assert api.get("/api/probe", headers={"Origin": "https://evil.example"}).status_code == 200


def test_a_token_is_not_sent_by_browsers_so_its_origin_does_not_matter(house: ApiHouse) -> None:
    with house.bearer("script@example.com") as client:
        assert client.post("/api/probe", headers={"Origin": "https://evil.example"}).status_code == 200


def test_behind_https_the_public_address_alone_is_ours() -> None:
    assert own_origins(Settings(public_url=PUBLIC)) == {PUBLIC}


@pytest.mark.parametrize(
    ("public", "origin"),
    [
        ("https://leads.example:443/", "https://leads.example"),
        ("http://leads.example:8080", "http://leads.example:8080"),
        ("http://[::1]:8000", "http://localhost:8000"),
        ("http://localhost", "http://127.0.0.1"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
    ],
)
def test_origins_are_spelt_as_browsers_do(public: str, origin: str) -> None:
    assert origin in own_origins(Settings(public_url=public))


# Content types


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "text/xml", ""]
)
@pytest.mark.parametrize("path", ["/api/probe", "/api/probe/json", "/api/auth/me"])
def test_the_api_takes_json_and_nothing_else(api: httpx.Client, path: str, kind: str) -> None:
    """C-014, C-011."""
    response = api.post(path, content=b'{"a": 1}', headers={"Content-Type": kind})

    assert (response.status_code, response.json()["code"]) == (400, "content_type")


def test_a_body_of_unknown_length_is_looked_at_too(api: httpx.Client) -> None:
    """C-014."""
    response = api.post("/api/probe", content=iter([b"a=1"]), headers={"Content-Type": "text/plain"})

    assert (response.status_code, response.json()["code"]) == (400, "content_type")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
@pytest.mark.parametrize("content", [b"", iter([])])
def test_without_a_body_the_content_type_does_not_matter(api: httpx.Client, kind: str, content: Any) -> None:
    assert api.post("/api/probe", content=content, headers={"Content-Type": kind}).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken_however_it_is_announced(api: httpx.Client, kind: str) -> None:
    assert api.post("/api/probe/json", content=b'{"a": 1}', headers={"Content-Type": kind}).json() == {"a": 1}


def test_files_are_taken_where_files_belong(api: httpx.Client) -> None:
    file = {"file": ("a.csv", b"nom\nCabinet", "text/csv")}

    assert api.post("/api/imports", files=file).json()["bytes"] == 11
    assert api.post("/api/probe/file", files=file).status_code == 400


# Headers


@pytest.mark.parametrize(
    ("path", "status"), [("/api/probe", 200), ("/api/nothing", 404), ("/sign-in", 200), ("/openapi.json", 200)]
)
def test_every_answer_is_armoured(api: httpx.Client, path: str, status: int) -> None:
    response = api.get(path)

    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_a_refusal_at_the_door_is_armoured_too(api: httpx.Client) -> None:
    response = api.post("/api/probe", headers={"Origin": "null"})

    assert {"x-content-type-options", "x-request-id", "referrer-policy"} <= set(response.headers)


def test_refusals_share_nothing_with_each_other(house: ApiHouse) -> None:
    with house.client("one@example.com") as one, house.client("two@example.com") as two:
        ids = {client.post("/api/probe", headers={"Origin": "null"}).headers["x-request-id"] for client in (one, two)}

    assert len(ids) == 2


def test_plain_http_is_not_told_to_become_https(api: httpx.Client) -> None:
    assert "strict-transport-security" not in api.get("/api/probe").headers


def test_https_is_to_stay_https(https_house: ApiHouse) -> None:
    """MCP security point 23."""
    with https_house.client(None) as client:
        assert client.get("/api/probe").headers["strict-transport-security"] == "max-age=31536000"


# Cookies


def test_a_changed_byte_of_the_cookie_is_a_stranger(house: ApiHouse, nobody: httpx.Client) -> None:
    """C-032."""
    with house.client("changed@example.com") as client:
        cookie = client.cookies[SESSION_COOKIE]
        assert client.get("/api/probe").status_code == 200

    changed = [cookie[:at] + ("A" if cookie[at] != "A" else "B") + cookie[at + 1 :] for at in range(len(cookie))]
    # The last letter of base64 holds bits that mean nothing: changing these is a change all the same.
    changed += [cookie[:-1] + letter for letter in ascii_letters if letter != cookie[-1]]
    changed += [cookie + "=", cookie + "A", cookie[:-1], "." + cookie]
    for other in changed:
        assert nobody.get("/api/probe", headers={"Cookie": f"{SESSION_COOKIE}={other}"}).status_code == 401, other


def test_a_cookie_signed_for_another_purpose_is_a_stranger(house: ApiHouse, nobody: httpx.Client) -> None:
    """C-032."""
    forged = house.services.signer.sign("form", "anything")

    assert nobody.get("/api/probe", headers={"Cookie": f"{SESSION_COOKIE}={forged}"}).status_code == 401


def log_out(client: httpx.Client, _: str) -> httpx.Response:
    return client.post("/api/auth/logout")


def change_password(client: httpx.Client, _: str) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": "babbage-1822"}
    return client.post("/api/auth/password/change", json=body)


def leave(client: httpx.Client, email: str) -> httpx.Response:
    return client.request("DELETE", "/api/auth/me", json={"confirm_email": email})


@pytest.mark.parametrize("end", [log_out, change_password, leave])
def test_a_cookie_without_its_session_is_worth_nothing(
    house: ApiHouse, nobody: httpx.Client, end: Callable[[httpx.Client, str], httpx.Response]
) -> None:
    """C-033."""
    email = f"{end.__name__}@example.com"
    with house.client(email, password_hash=passwords.password_hash(PASSWORD)) as client:
        replayed = {"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}"}
        before = nobody.get("/api/probe", headers=replayed).status_code
        ended = end(client, email)

    assert (before, ended.is_success) == (200, True)
    assert nobody.get("/api/probe", headers=replayed).status_code == 401


def test_the_cookie_is_for_https_alone_where_the_public_address_is(house: ApiHouse, https_house: ApiHouse) -> None:
    """C-029; MCP security point 23."""
    flags: list[bool] = []
    for running in (house, https_house):
        running.caller("secure@example.com", password_hash=passwords.password_hash(PASSWORD))
        with running.client(None) as client:
            given = client.post("/api/auth/login", json={"email": "secure@example.com", "password": PASSWORD})
        flags.append("Secure" in {part.strip() for part in given.headers["set-cookie"].split(";")})

    assert flags == [False, True]


def test_the_cookie_of_forms_is_bound_to_this_host_where_browsers_can(https_house: ApiHouse) -> None:
    with https_house.client(None) as client:
        given = client.get("/sign-in").headers["set-cookie"]

    assert given.startswith("__Host-outsend_form=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in given.split(";")}


# The shape of answers


def test_every_documented_field_is_in_snake_case(nobody: httpx.Client) -> None:
    """C-004."""
    schemas = nobody.get("/openapi.json").json()["components"]["schemas"]
    names = {name for schema in schemas.values() for name in schema.get("properties", {})}

    assert names
    assert [name for name in names if name != name.lower() or "-" in name] == []


def test_answers_are_json_in_utf_8(api: httpx.Client) -> None:
    """C-004."""
    response = api.post("/api/probe/json", json={"nom": "Café à Nîmes"})

    assert response.headers["content-type"] == "application/json"
    assert response.content.decode("utf-8") == '{"nom":"Café à Nîmes"}'


def test_every_refusal_says_why_in_detail(api: httpx.Client, nobody: httpx.Client) -> None:
    """C-011, C-014."""
    refusals = [
        api.post("/api/probe/json", content=b"{", headers={"Content-Type": "application/json"}),
        nobody.get("/api/probe"),
        api.post("/api/probe", headers={"Origin": "null"}),
        api.get("/api/nothing"),
        api.post("/openapi.json"),
        api.post("/api/probe/json", json=[]),
    ]

    assert [response.status_code for response in refusals] == [400, 401, 403, 404, 405, 422]
    assert all(response.json()["detail"] and response.json()["code"] for response in refusals)
