"""`/connected-apps`: the applications that may act for the account over MCP, and how to remove one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from engine.accounts.errors import AccountInactive
from engine.context import Caller, Principal, Services
from engine.oauth import connected
from outsend_api.access import Someone, TheServices
from outsend_api.pages import answered, page

PATH = "/connected-apps"
TEMPLATE = "connected_apps.html"

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form()]


@router.get(PATH)
def list_connected_apps(request: Request, services: TheServices, principal: Someone) -> Response:
    """The applications, each with a button that removes it."""
    holder = _holder(services, principal)
    return page(request, TEMPLATE, apps=holder.run(connected.list_apps)) if holder else _to_sign_in()


@router.post(PATH)
def remove_connected_app(
    request: Request, services: TheServices, principal: Someone, client_id: Field = "", form_token: Field = ""
) -> Response:
    """Remove one: its tokens end at once."""
    holder = _holder(services, principal)
    if holder is None:
        return _to_sign_in()

    def act() -> Response:
        holder.run(connected.remove_app, client_id)
        return RedirectResponse(PATH, 303)

    return answered(request, form_token, act, otherwise=TEMPLATE, apps=holder.run(connected.list_apps))


def _holder(services: Services, principal: Principal | None) -> Caller | None:
    """Who is signed in here; a token is nobody. Raises AccountInactive."""
    if principal is None or principal.via != "session":
        return None
    if not principal.active:
        raise AccountInactive()
    return Caller(services, principal)


def _to_sign_in() -> Response:
    return RedirectResponse(f"/sign-in?return_to={PATH}", 303)
