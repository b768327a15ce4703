"""Codes and tokens, by the operations themselves."""

from engine.context import Caller, Services
from engine.oauth import clients, consent, tokens
from engine.oauth.schemas import SCOPES, Asked, Client, Issued

RESOURCE = "https://outsend.example/mcp"
CALLBACK = "https://claude.ai/callback"
ALL = tuple(SCOPES.values())


def a_client(services: Services, client_id: str = "c1", redirect: str = CALLBACK) -> str:
    """A public client, made on first use."""
    if services.run(None, clients.known, client_id) is None:
        services.run(None, clients.register, Client(client_id, "Claude", (redirect,)))
    return client_id


def asked_for(services: Services, client_id: str = "c1") -> str:
    """A request that waits for its answer."""
    asked = Asked(a_client(services, client_id), CALLBACK, True, ALL, "x" * 43, RESOURCE, "state")
    return services.run(None, consent.open_request, asked)


def a_code(caller: Caller, client_id: str = "c1", *, run: bool = True) -> str:
    code = caller.run(consent.allow, asked_for(caller.services, client_id), run=run).code
    assert code is not None
    return code


def exchanged(services: Services, code: str, client_id: str = "c1") -> Issued | None:
    return services.run(None, tokens.exchange_code, client_id, code, resource=RESOURCE)


def refreshed(services: Services, secret: str, client_id: str = "c1", resource: str = RESOURCE) -> Issued | None:
    return services.run(None, tokens.refresh, client_id, secret, scopes=ALL, resource=resource)


def issued(caller: Caller, client_id: str = "c1") -> Issued:
    """Tokens of that account."""
    given = exchanged(caller.services, a_code(caller, client_id), client_id)
    assert given is not None
    return given


def opens(services: Services, given: Issued | None) -> bool:
    """Whether the access token is good."""
    if given is None:
        return False
    found = services.run(None, tokens.bearing, given.access_token)
    return found is not None and found.principal.active
