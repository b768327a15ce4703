"""What the SDK's authorization handlers ask of us, answered by the operations of `engine.oauth`."""

import re
import sys

from mcp.server.auth.provider import AccessToken as SdkAccessToken
from mcp.server.auth.provider import (
    AuthorizationCode,
    AuthorizationParams,
    AuthorizeError,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    RegistrationError,
    TokenError,
)
from mcp.shared.auth import InvalidRedirectUriError, InvalidScopeError, OAuthClientInformationFull, OAuthToken
from pydantic import AnyUrl

from engine.accounts.secret import hash_of
from engine.context import Services
from engine.limits import OAUTH_STATE_MAX
from engine.oauth import clients, consent, tokens
from engine.oauth.client_documents import client_of, is_document
from engine.oauth.errors import BadDocument, BadRedirect
from engine.oauth.redirects import checked, matches
from engine.oauth.schemas import PUBLIC, SCOPES, Asked, AuthMethod, Client, Issued, ordered

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # a SHA-256 in base64url (RFC 7636)
GRANT_TYPES = ["authorization_code", "refresh_token"]
METHODS: dict[str | None, AuthMethod] = {
    PUBLIC: PUBLIC,
    "client_secret_post": "client_secret_post",
    "client_secret_basic": "client_secret_basic",
}
NEVER = sys.maxsize  # the SDK would compare with the machine's clock; when a code ends is the database's to say


class KnownClient(OAuthClientInformationFull):
    """A client as the SDK sees it. Its `client_secret` is the hash that we keep."""

    def validate_redirect_uri(self, redirect_uri: AnyUrl | None) -> AnyUrl:
        """The redirect to use: one that was registered, on any port where that is a loopback address (RFC 8252)."""
        registered = self.redirect_uris or []
        if redirect_uri is None:
            return super().validate_redirect_uri(None)
        if matches(str(redirect_uri), tuple(str(AnyUrl(str(uri))) for uri in registered)):
            return redirect_uri
        raise InvalidRedirectUriError("redirect_uri is not one of those that the client registered")

    def validate_scope(self, requested_scope: str | None) -> list[str] | None:
        """The scopes asked for, all of them where none are named; the person decides, not the registration."""
        wanted = (requested_scope or "").split() or list(SCOPES.values())
        if not set(wanted) <= set(SCOPES.values()):
            raise InvalidScopeError(f"Known scopes: {' '.join(SCOPES.values())}")
        return list(ordered(wanted))


class HeldCode(AuthorizationCode):
    """A code that the SDK is about to check; `code` is its secret."""


class Provider(OAuthAuthorizationServerProvider[HeldCode, RefreshToken, SdkAccessToken]):
    """The storage of the SDK's handlers, for one resource. `consent_url` is where people decide.

    `reads_documents`: whether a client that names itself by an address is looked up there; else it must be known.
    """

    def __init__(self, services: Services, *, resource: str, consent_url: str, reads_documents: bool) -> None:
        self._services, self._resource = services, resource
        self._consent_url, self._reads_documents = consent_url, reads_documents

    async def get_client(self, client_id: str) -> KnownClient | None:
        if self._reads_documents and is_document(client_id):
            try:
                return _known(await client_of(self._services, client_id))
            except BadDocument:
                return None
        found = await self._services.call(None, clients.known, client_id)
        return None if found is None else _known(found[0])

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        try:
            redirects = checked([str(uri) for uri in client_info.redirect_uris or []])
        except BadRedirect as error:
            raise RegistrationError("invalid_redirect_uri", error.next_step) from None
        secret = client_info.client_secret
        client = Client(
            client_info.client_id,
            clients.readable_name(client_info.client_name, redirects[0]),
            tuple(redirects),
            METHODS[client_info.token_endpoint_auth_method],
            hash_of(secret) if secret else None,
        )
        await self._services.call(None, clients.register, client)

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        if not self.is_ours(params.resource):
            raise AuthorizeError("invalid_target", f"This server issues tokens for {self._resource} alone")
        if not CHALLENGE.fullmatch(params.code_challenge):
            raise AuthorizeError("invalid_request", "code_challenge must be a SHA-256 in base64url (S256)")
        if len(params.state or "") > OAUTH_STATE_MAX:
            raise AuthorizeError("invalid_request", f"state is longer than {OAUTH_STATE_MAX} characters")
        asked = Asked(
            client.client_id,
            str(params.redirect_uri),
            params.redirect_uri_provided_explicitly,
            tuple(params.scopes or ()),
            params.code_challenge,
            self._resource,
            params.state,
        )
        return f"{self._consent_url}?request={await self._services.call(None, consent.open_request, asked)}"

    def is_ours(self, resource: str | None) -> bool:
        """Whether a resource indicator (RFC 8707) names our resource; a client that names none means it, too."""
        return resource is None or _canonical(resource) == _canonical(self._resource)

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> HeldCode | None:
        found = await self._services.call(None, tokens.code_of, client.client_id, authorization_code)
        if found is None:
            return None
        return HeldCode(
            code=authorization_code,
            scopes=list(found.scopes),
            expires_at=NEVER,
            client_id=client.client_id,
            code_challenge=found.code_challenge,
            redirect_uri=AnyUrl(found.redirect_uri),
            redirect_uri_provided_explicitly=found.redirect_given,
            resource=found.resource,
        )

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: HeldCode
    ) -> OAuthToken:
        code = authorization_code.code
        return _told(
            await self._services.call(None, tokens.exchange_code, client.client_id, code, resource=self._resource)
        )

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        scopes = await self._services.call(None, tokens.scopes_of_refresh, client.client_id, refresh_token)
        if scopes is None:
            return None
        return RefreshToken(token=refresh_token, client_id=client.client_id, scopes=list(scopes))

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        secret, wanted = refresh_token.token, tuple(scopes)
        return _told(
            await self._services.call(
                None, tokens.refresh, client.client_id, secret, scopes=wanted, resource=self._resource
            )
        )


def _known(client: Client) -> KnownClient:
    return KnownClient(
        client_id=client.client_id,
        client_name=client.name,
        client_secret=client.secret_hash,
        redirect_uris=[AnyUrl(uri) for uri in client.redirect_uris],
        token_endpoint_auth_method=client.auth_method,
        grant_types=GRANT_TYPES,
        scope=" ".join(SCOPES.values()),
    )


def _told(issued: Issued | None) -> OAuthToken:
    if issued is None:
        raise TokenError("invalid_grant", "The grant is over, was used already, or was revoked")
    return OAuthToken(
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        expires_in=issued.expires_in,
        scope=" ".join(issued.scopes),
    )


def _canonical(resource: str) -> str:
    """A resource's address, whatever the case of its host and with or without a final slash."""
    scheme, _, rest = resource.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}".removesuffix("/")
