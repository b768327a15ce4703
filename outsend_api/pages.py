"""The few HTML pages: how they are rendered, how their forms are bound to a browser, where they may lead to.

A form carries a signed token that belongs to a random cookie: another site knows neither, so it can't have a form of
ours sent. Opening a page never changes anything, for scanners of mails open every link.
"""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.context import Services
from engine.errors import OutsendError
from engine.settings import Settings
from outsend_api.errors import STATUS, retry_after

HOME = "/docs"
TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
RETURN_LENGTH_MAX = 2048

_BINDING = re.compile(r"[A-Za-z0-9_-]{32}")
# A backslash counts as a slash in browsers, and control characters as nothing.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

_environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


class FormExpired(OutsendError):
    code = "form_expired"
    kind = "forbidden"
    message = "Ce formulaire a expiré. Envoie-le à nouveau."
    hint = "Open the page again, with cookies allowed, and send its form."


def html(template: str, **values: object) -> str:
    """The template with its values, which are escaped."""
    return _environment.get_template(template).render(values)


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page. `values` are the template's; `error` is a French sentence to show, if any."""
    services: Services = request.app.state.services
    name = form_cookie(services.settings)
    binding = request.cookies.get(name, "")
    known = _BINDING.fullmatch(binding) is not None
    binding = binding if known else secrets.token_urlsafe(24)
    form_token = services.signer.sign("form", f"{request.url.path} {binding}")
    response = HTMLResponse(html(template, **{"error": None, "form_token": form_token} | values), status)
    if not known:
        https = name.startswith("__Host-")
        response.set_cookie(name, binding, path="/", secure=https, httponly=True, samesite="lax")
    return response


def answered(
    request: Request, form_token: str, act: Callable[[], Response], *, otherwise: str, **values: object
) -> Response:
    """What the form's action answers; the page `otherwise` with the reason when it is refused."""
    try:
        _check_form(request, form_token)
        return act()
    except OutsendError as error:
        refused = page(request, otherwise, status=STATUS[error.kind], error=error.text, **values)
        refused.headers.update(retry_after(error))
        return refused


def form_cookie(settings: Settings) -> str:
    """The cookie that forms are bound to. The prefix keeps neighbours on other subdomains from setting it."""
    return "__Host-outsend_form" if settings.is_https else "outsend_form"


def safe_return(address: str) -> str:
    """The path to go on to: a path of this server, or the home page where `address` is anything else."""
    return address if len(address) <= RETURN_LENGTH_MAX and _PATH.fullmatch(address) else HOME


def _check_form(request: Request, form_token: str) -> None:
    services: Services = request.app.state.services
    binding = request.cookies.get(form_cookie(services.settings))
    if binding is None or services.signer.read("form", form_token) != f"{request.url.path} {binding}":
        raise FormExpired()
