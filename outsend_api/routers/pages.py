"""Pages for people who follow a link from a mail or the terminal: verify, reset, sign in. They work without scripts."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.exceptions import HTTPException

from engine.accounts import operations as accounts
from engine.registry.snapshot import module_of_page
from outsend_api.access import TheServices
from outsend_api.client_ip import ClientIp
from outsend_api.cookies import set_session
from outsend_api.pages import HOME, STATIC, answered, page, safe_return

FILES = {
    "outsend.css": "text/css",
    "docs.css": "text/css",
    "docs.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
STATIC_SECONDS = 3600

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form()]


@router.get("/verify-email")
def ask_to_verify(request: Request, token: str = "") -> Response:
    """A page with one button."""
    return page(request, "verify_email.html", token=token)


@router.post("/verify-email")
def verify_email(request: Request, services: TheServices, token: Field = "", form_token: Field = "") -> Response:
    """Verify the address, and say so."""

    def act() -> Response:
        accounts.verify_email(services, token)
        text = "Merci : ton adresse email est confirmée. Toutes les fonctions te sont ouvertes."
        return page(
            request, "done.html", heading="Adresse confirmée", text=text, link=HOME, link_text="Aller à l'accueil"
        )

    return answered(request, form_token, act, otherwise="verify_email.html", token=token)


@router.get("/reset-password")
def ask_for_password(request: Request, token: str = "") -> Response:
    """A form for the new password."""
    return page(request, "reset_password.html", token=token)


@router.post("/reset-password")
def reset_password(
    request: Request, services: TheServices, token: Field = "", new_password: Field = "", form_token: Field = ""
) -> Response:
    """Set the password, and say so."""

    def act() -> Response:
        accounts.reset_confirm(services, token, new_password)
        text = "Ton nouveau mot de passe est enregistré, et tes sessions ouvertes sont fermées."
        return page(request, "done.html", heading="C'est fait", text=text, link="/sign-in", link_text="Se connecter")

    return answered(request, form_token, act, otherwise="reset_password.html", token=token)


@router.get("/sign-in")
def ask_to_sign_in(request: Request, token: str = "", return_to: str = HOME) -> Response:
    """A button for the bearer of a one-time link; a form for e-mail and password otherwise."""
    if token:
        return page(request, "sign_in_link.html", token=token)
    return page(request, "sign_in.html", email="", return_to=safe_return(return_to))


@router.post("/sign-in")
def sign_in(
    request: Request,
    services: TheServices,
    ip: ClientIp,
    token: Field = "",
    email: Field = "",
    password: Field = "",
    return_to: Field = HOME,
    form_token: Field = "",
) -> Response:
    """Open a session, by link or by password, and lead on."""
    return_to = safe_return(return_to)

    def by_link() -> Response:
        return _signed_in(services, accounts.sign_in_by_link(services, token), HOME)

    def by_password() -> Response:
        return _signed_in(services, accounts.login(services, email, password, ip)[1], return_to)

    if token:
        return answered(request, form_token, by_link, otherwise="sign_in_link.html", token=token)
    return answered(request, form_token, by_password, otherwise="sign_in.html", email=email, return_to=return_to)


@router.get("/features/{name}")
def feature_page(name: str) -> Response:
    """Lead to the docs page of the module that a feature page is about."""
    slug = module_of_page(name)
    if slug is None:
        raise HTTPException(404)
    return RedirectResponse(f"{HOME}/modules/{slug}", 308)


@router.get("/static/{name}")
def static_file(name: str) -> FileResponse:
    """The pages' stylesheets, script and icon."""
    if name not in FILES:
        raise HTTPException(404)
    headers = {"Cache-Control": f"public, max-age={STATIC_SECONDS}"}
    return FileResponse(STATIC / name, media_type=FILES[name], headers=headers)


def _signed_in(services: TheServices, cookie: str, return_to: str) -> Response:
    response = RedirectResponse(return_to, 303)
    set_session(response, services.settings, cookie)
    return response
