"""Who may call: each endpoint's signature says it. A session cookie, or a personal access token as bearer.

`SignedIn` reads, `ActiveUser` changes something, `AccountHolder` and `Admin` take a session alone. Whether an address
must be verified is for the operation to say.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from engine.accounts import api_tokens, sessions
from engine.accounts.errors import AccountInactive, AdminOnly, NotSignedIn, ScopeMissing, SessionRequired
from engine.context import Caller, Principal, Scope, Services
from outsend_api.cookies import SESSION_COOKIE, renewed

_cookie = APIKeyCookie(name=SESSION_COOKIE, scheme_name="session", auto_error=False)
_bearer = HTTPBearer(scheme_name="token", auto_error=False, description="A personal access token, `ost_...`.")


def services_of(request: Request) -> Services:
    """The services of the app."""
    services: Services = request.app.state.services
    return services


TheServices = Annotated[Services, Depends(services_of)]


def principal_of(
    request: Request,
    services: TheServices,
    cookie: Annotated[str | None, Security(_cookie)] = None,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> Principal | None:
    """Who calls; None for nobody. A token that stands in the request counts, the cookie then does not."""
    found = _by_token(services, bearer.credentials) if bearer is not None else _by_cookie(request, services, cookie)
    if found is not None:
        request.state.account_id = found.account_id  # for the log
    return found


Someone = Annotated[Principal | None, Depends(principal_of)]


def _by_cookie(request: Request, services: Services, cookie: str | None) -> Principal | None:
    found = services.run(None, sessions.principal_of, cookie) if cookie else None
    if found is None or cookie is None:
        return None
    principal, due = found
    if due:
        services.run(None, sessions.renew, cookie)
        renewed(request, cookie)
    return principal


def _by_token(services: Services, secret: str) -> Principal | None:
    found = services.run(None, api_tokens.principal_of_token, secret)
    if found is None:
        return None
    principal, worth_noting = found
    if worth_noting:
        services.run(None, api_tokens.note_use, secret)
    return principal


def _active(principal: Principal | None) -> Principal:
    if principal is None:
        raise NotSignedIn()
    if not principal.active:
        raise AccountInactive()
    return principal


def _with_scope(scope: Scope, principal: Principal | None, services: Services) -> Caller:
    principal = _active(principal)
    if scope not in principal.scopes:
        raise ScopeMissing(scope=scope)
    return Caller(services, principal)


def _reader(principal: Someone, services: TheServices) -> Caller:
    return _with_scope("read", principal, services)


async def _door(
    request: Request,
    services: TheServices,
    cookie: Annotated[str | None, Security(_cookie)] = None,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> Callable[[], Caller]:
    return lambda: _reader(principal_of(request, services, cookie, bearer), services)


def _runner(principal: Someone, services: TheServices) -> Caller:
    return _with_scope("run", principal, services)


def _holder(principal: Someone, services: TheServices) -> Caller:
    principal = _active(principal)
    if principal.via != "session":
        raise SessionRequired()
    return Caller(services, principal)


def _admin(holder: Annotated[Caller, Depends(_holder)]) -> Caller:
    if not holder.principal.admin:
        raise AdminOnly()
    return holder


SignedIn = Annotated[Caller, Depends(_reader)]
ActiveUser = Annotated[Caller, Depends(_runner)]
# `SignedIn`, looked up when it is called, each time anew: where another way in may do, or for what lasts.
Door = Annotated[Callable[[], Caller], Depends(_door)]
AccountHolder = Annotated[Caller, Depends(_holder)]
Admin = Annotated[Caller, Depends(_admin)]
