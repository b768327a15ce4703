"""Who bears a token, for `/mcp`."""

from dataclasses import replace

from mcp.server.auth.provider import AccessToken

from engine.accounts import api_tokens
from engine.context import Principal, Services

SCOPES = {"read": "outsend:read", "run": "outsend:run"}


class Bearer(AccessToken):
    """A token that is good, and the account behind it. The secret itself is not kept."""

    principal: Principal


class Verifier:
    """Knows personal access tokens. They are good for our own resource and no other."""

    def __init__(self, services: Services, resource: str) -> None:
        self._services = services
        self._resource = resource

    async def verify_token(self, token: str) -> Bearer | None:
        """The bearer, or None: unknown, revoked, or of an account that is deactivated."""
        if not token.startswith(api_tokens.PREFIX):
            return None
        found = await self._services.call(None, api_tokens.principal_of_token, token)
        if found is None or not found[0].active:
            return None
        principal, worth_noting = found
        if worth_noting:
            await self._services.call(None, api_tokens.note_use, token)
        return Bearer(
            token="",
            client_id="personal-access-token",
            scopes=[SCOPES[scope] for scope in SCOPES if scope in principal.scopes],
            resource=self._resource,
            subject=str(principal.account_id),
            principal=as_agent(principal),
        )


def as_agent(principal: Principal) -> Principal:
    """The account with a model at its pen. No tool is an administrator's, so no agent is one."""
    return replace(principal, via="mcp", admin=False)
