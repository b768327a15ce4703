"""A client program written by hand, and the browser of the person who connects it."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser as Html

from tests.api_house import ApiHouse
from tests.visitors import visitor

CALLBACK = "https://claude.ai/api/mcp/auth_callback"
LOCAL = "http://127.0.0.1/callback"
BOTH = "outsend:read outsend:run"


def register(house: ApiHouse, redirect: str = CALLBACK, **metadata: Any) -> httpx.Response:
    """Ask for a registration, from an address that nobody else has."""
    body = {"client_name": "Claude", "redirect_uris": [redirect], "token_endpoint_auth_method": "none"} | metadata
    with visitor(house) as http:
        return http.post("/register", json=body)


@dataclass
class Program:
    """A registered client. `verifier` is the secret of its proof key (PKCE)."""

    house: ApiHouse
    client_id: str
    redirect: str = CALLBACK
    secret: str | None = None
    state: str = "s t/&te"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @classmethod
    def registered(cls, house: ApiHouse, redirect: str = CALLBACK, **metadata: Any) -> "Program":
        made = register(house, redirect, **metadata).json()
        return cls(house, made["client_id"], redirect, made.get("client_secret"))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def address(self, **changes: str | None) -> str:
        """Where the program sends the person's browser; None leaves a parameter out."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "state": self.state,
            "scope": BOTH,
            "resource": f"{self.house.url}/mcp",
        } | changes
        return f"/authorize?{urlencode({name: value for name, value in asked.items() if value is not None})}"

    def code(self, email: str, **changes: str | None) -> str:
        """A code, once the person of that account has allowed all."""
        with self.house.client(email) as browser:
            page = browser.get(self.address(**changes))
            sent = page if page.is_redirect else submit(browser, page)
        return answer(sent)["code"]

    def exchange(self, code: str, /, **changes: str) -> httpx.Response:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect}
        return self.ask_token(**{**fields, "code_verifier": self.verifier, **changes})

    def refresh(self, token: str, /, **changes: str) -> httpx.Response:
        return self.ask_token(**{"grant_type": "refresh_token", "refresh_token": token, **changes})

    def ask_token(self, **fields: str) -> httpx.Response:
        own = {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})
        return httpx.post(f"{self.house.url}/token", data={**own, **fields})

    def revoke(self, token: str) -> httpx.Response:
        own = {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})
        return httpx.post(f"{self.house.url}/revoke", data={**own, "token": token})

    def connect(self, email: str = "ada@example.com", **changes: str | None) -> dict[str, Any]:
        """Tokens of that account."""
        return dict(self.exchange(self.code(email, **changes)).json())


def submit(browser: httpx.Client, page: httpx.Response, button: str = "allow", **fields: str) -> httpx.Response:
    """Press a button of the page's first form, as a browser does: what is checked and not disabled goes along.

    A field that is given empty is left out.
    """
    form = Html(page.text).css_first("form")
    assert form is not None, page.text
    found = {
        str(one.attributes["name"]): one.attributes.get("value") or ""
        for one in form.css("input")
        if "disabled" not in one.attributes and (one.attributes["type"] == "hidden" or "checked" in one.attributes)
    }
    sent = {name: value for name, value in ({**found, button: button} | fields).items() if value}
    return browser.post(str(form.attributes["action"]), data=sent)


def answer(response: httpx.Response) -> dict[str, str]:
    """What the client is told by the redirect."""
    assert response.is_redirect, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def tools(house: ApiHouse, token: str) -> httpx.Response:
    """A call of `/mcp` with this token."""
    return call(house, token, "tools/list")


def call(house: ApiHouse, token: str, method: str, **params: Any) -> httpx.Response:
    headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {token}"}
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return httpx.post(f"{house.url}/mcp", json=message, headers=headers)
