"""The endpoints of the authorization server: the SDK's handlers, and what they leave to us.

That is: limits per IP, secrets that we keep as hashes, the `iss` of error redirects (RFC 9207), the resource of a token
request (RFC 8707), a page where a person would get JSON, and revocation by public clients (RFC 7009).
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlencode

from mcp.server.auth.handlers.authorize import AuthorizationHandler
from mcp.server.auth.handlers.register import RegistrationHandler
from mcp.server.auth.handlers.token import TokenHandler
from mcp.server.auth.middleware.client_auth import AuthenticationError, ClientAuthenticator
from mcp.server.auth.settings import ClientRegistrationOptions
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from starlette.datastructures import FormData
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, request_response

from engine.accounts.client_ip import client_ip
from engine.accounts.errors import TooManyAttempts
from engine.accounts.rate_limits import Limit, count_attempt
from engine.accounts.secret import hash_of
from engine.context import Services
from engine.limits import (
    OAUTH_EXCHANGE_WINDOW,
    OAUTH_EXCHANGES,
    OAUTH_REGISTRATION_WINDOW,
    OAUTH_REGISTRATIONS,
    OAUTH_REQUEST_WINDOW,
    OAUTH_REQUESTS,
)
from engine.oauth import tokens
from engine.oauth.errors import RequestRefused
from engine.oauth.schemas import PUBLIC, SCOPES
from outsend_mcp.consent import CONSENT, ConsentPages
from outsend_mcp.metadata import AUTHORIZE, REGISTER, REVOKE, TOKEN
from outsend_mcp.provider import GRANT_TYPES, KnownClient, Provider
from outsend_mcp.replay import replay

REGISTRATIONS = Limit("oauth.register", OAUTH_REGISTRATIONS, OAUTH_REGISTRATION_WINDOW)
REQUESTS = Limit("oauth.authorize", OAUTH_REQUESTS, OAUTH_REQUEST_WINDOW)
EXCHANGES = Limit("oauth.token", OAUTH_EXCHANGES, OAUTH_EXCHANGE_WINDOW)
NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
SECRET_METHODS = ("client_secret_post", "client_secret_basic")

Endpoint = Callable[[Request], Awaitable[Response]]


def oauth_routes(services: Services, resource: str) -> list[BaseRoute]:
    """The four endpoints, and the page where people decide."""
    base = services.settings.public_url
    pages = ConsentPages(services, issuer=base)
    asking, exchanging = (
        Provider(services, resource=resource, consent_url=base + CONSENT, reads_documents=reads)
        for reads in (True, False)
    )
    authenticator = _Authenticator(exchanging)
    options = ClientRegistrationOptions(
        enabled=True, valid_scopes=list(SCOPES.values()), default_scopes=list(SCOPES.values())
    )
    register = RegistrationHandler(asking, options)
    exchange = _Tokens(TokenHandler(exchanging, authenticator), exchanging)
    return [
        Route(AUTHORIZE, _Authorization(services, AuthorizationHandler(asking), pages).handle, methods=["GET", "POST"]),
        *pages.routes(),
        _open_to_browsers(TOKEN, _limited(services, EXCHANGES, exchange.handle)),
        _open_to_browsers(REGISTER, _limited(services, REGISTRATIONS, register.handle)),
        _open_to_browsers(REVOKE, _limited(services, EXCHANGES, _Revocation(services, authenticator).handle)),
    ]


class _Authorization:
    """Where a client sends a person: to the decision, or back with what is wrong."""

    def __init__(self, services: Services, handler: AuthorizationHandler, pages: ConsentPages) -> None:
        self._services, self._handler, self._pages = services, handler, pages

    async def handle(self, request: Request) -> Response:
        try:
            await _count(self._services, REQUESTS, request)
        except TooManyAttempts as error:
            return self._pages.problem(error)
        response = await self._handler.handle(request)
        address = response.headers.get("location")
        if address is None:  # no redirect can be trusted, so a person reads this
            return self._pages.problem(RequestRefused(error="client_id, redirect_uri"))
        page, _, secret = address.partition("?request=")
        if page == self._services.settings.public_url + CONSENT:
            return await self._pages.begin(request, secret)
        response.headers["location"] = f"{address}&{urlencode({'iss': self._services.settings.public_url})}"
        return response


class _Tokens:
    """Codes and refresh tokens for tokens."""

    def __init__(self, handler: TokenHandler, provider: Provider) -> None:
        self._handler, self._provider = handler, provider

    async def handle(self, request: Request) -> Response:
        form = await request.form()
        if form.get("grant_type") not in GRANT_TYPES:
            return _error(400, "unsupported_grant_type", f"Known grant types: {', '.join(GRANT_TYPES)}")
        if not all(self._provider.is_ours(str(resource)) for resource in form.getlist("resource")):
            return _error(400, "invalid_target", "The token was granted for another resource")
        return await self._handler.handle(_restated(request, form))


class _Revocation:
    """Ends the family of a token. An unknown token is fine, and so is another client's, which stays (RFC 7009)."""

    def __init__(self, services: Services, authenticator: "_Authenticator") -> None:
        self._services, self._authenticator = services, authenticator

    async def handle(self, request: Request) -> Response:
        try:
            client = await self._authenticator.authenticate_request(request)
        except AuthenticationError as error:
            return _error(401, "invalid_client", error.message)
        token = (await request.form()).get("token")
        if not isinstance(token, str) or not token:
            return _error(400, "invalid_request", "token is missing")
        await self._services.call(None, tokens.revoke, client.client_id, token)
        return Response(headers=NOT_KEPT)


class _Authenticator(ClientAuthenticator):
    """Knows clients by their id, and those that have a secret by it: in the form or as basic authentication."""

    async def authenticate_request(self, request: Request) -> KnownClient:
        """The client. Raises AuthenticationError: unknown, removed, or with a wrong secret."""
        form = await request.form()
        basic = _basic(request)
        client_id, secret = basic or (str(form.get("client_id", "")), str(form.get("client_secret", "")))
        client = await self.provider.get_client(client_id) if client_id else None
        if not isinstance(client, KnownClient) or form.get("client_id", client_id) != client_id:
            raise AuthenticationError("The client is not known here; register it again")
        if client.token_endpoint_auth_method == PUBLIC:
            return client
        if not hmac.compare_digest(client.client_secret or "", hash_of(secret)):
            raise AuthenticationError("The client secret is missing or wrong")
        return client


def _basic(request: Request) -> tuple[str, str] | None:
    """Id and secret of basic authentication, each form-encoded within (RFC 6749, section 2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote(client_id), unquote(secret)


def _restated(request: Request, form: FormData) -> Request:
    """The same request with the client's id in its form, where the SDK wants it also of basic authentication."""
    basic = _basic(request)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if basic is not None:
        fields.setdefault("client_id", basic[0])
    scope = dict(request.scope)
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-type", b"content-length")]
    scope["headers"] = [*kept, (b"content-type", b"application/x-www-form-urlencoded")]
    return Request(scope, replay(urlencode(fields).encode(), request.receive))


def _limited(services: Services, limit: Limit, endpoint: Endpoint) -> Endpoint:
    async def handle(request: Request) -> Response:
        try:
            await _count(services, limit, request)
        except TooManyAttempts as error:
            answer = _error(429, "temporarily_unavailable", error.next_step)
            answer.headers["Retry-After"] = str(error.values["retry_after"])
            return answer
        return await endpoint(request)

    return handle


async def _count(services: Services, limit: Limit, request: Request) -> None:
    peer = request.client.host if request.client else None
    told = request.headers.getlist("x-forwarded-for")
    who = client_ip(peer, told, services.settings.trusted_proxies)
    await services.call(None, count_attempt, (limit, who))


def _open_to_browsers(path: str, endpoint: Endpoint) -> BaseRoute:
    """A route that clients in a browser may call from wherever they were loaded; no cookie counts here."""
    app = CORSMiddleware(
        request_response(endpoint),
        allow_origins=["*"],
        allow_methods=["POST"],
        allow_headers=["Authorization", MCP_PROTOCOL_VERSION_HEADER],
    )
    return Route(path, endpoint=app, methods=["POST", "OPTIONS"])


def _error(status: int, error: str, description: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status, NOT_KEPT)
