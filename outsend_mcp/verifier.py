"""Who bears a token, for `/mcp`."""

from dataclasses import replace

from mcp.server.auth.provider import AccessToken

from engine.accounts import api_tokens
from engine.context import Principal, Services
from engine.oauth import tokens
from engine.oauth.schemas import ACCESS_PREFIX, SCOPES

__all__ = ["SCOPES", "Bearer", "Verifier", "as_agent"]


class Bearer(AccessToken):
    """A token that is good, and the account behind it. The secret itself is not kept."""

    principal: Principal


class Verifier:
    """Knows personal access tokens, which are good for our own resource, and access tokens of connected clients."""

    def __init__(self, services: Services, resource: str) -> None:
        self._services = services
        self._resource = resource

    async def verify_token(self, token: str) -> Bearer | None:
        """The bearer, or None: unknown, revoked, over, or of an account that is deactivated."""
        if token.startswith(api_tokens.PREFIX):
            return await self._personal(token)
        if token.startswith(ACCESS_PREFIX):
            return await self._granted(token)
        return None

    async def _personal(self, token: str) -> Bearer | None:
        found = await self._services.call(None, api_tokens.principal_of_token, token)
        if found is None or not found[0].active:
            return None
        principal, worth_noting = found
        if worth_noting:
            await self._services.call(None, api_tokens.note_use, token)
        return self._bearer(principal, "personal-access-token", self._resource)

    async def _granted(self, token: str) -> Bearer | None:
        """The resource is the one that the token was issued for: the door refuses another than ours."""
        found = await self._services.call(None, tokens.bearing, token)
        if found is None or not found.principal.active:
            return None
        if found.worth_noting:
            await self._services.call(None, tokens.note_use, token)
        return self._bearer(found.principal, found.client_id, found.resource)

    def _bearer(self, principal: Principal, client_id: str, resource: str) -> Bearer:
        return Bearer(
            token="",
            client_id=client_id,
            scopes=[SCOPES[scope] for scope in SCOPES if scope in principal.scopes],
            resource=resource,
            subject=str(principal.account_id),
            principal=as_agent(principal),
        )


def as_agent(principal: Principal) -> Principal:
    """The account with a model at its pen. No tool is an administrator's, so no agent is one."""
    return replace(principal, via="mcp", admin=False)
