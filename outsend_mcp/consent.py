"""The page where a person decides what a client may do. It works without scripts.

A form is bound to the session and to one request by a signed token, and a request is answered once.
"""

import logging
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from mcp.server.auth.provider import construct_redirect_uri
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from engine.accounts import sessions
from engine.accounts.errors import AccountInactive, TooManyAttempts
from engine.context import Caller, Principal, Services
from engine.errors import OutsendError
from engine.oauth import consent
from engine.oauth.errors import ConsentForged
from engine.oauth.schemas import SCOPES, Decided, Shown

CONSENT = "/authorize/consent"
SIGN_IN = "/sign-in"
PURPOSE = "consent"
# Without `form-action`: browsers hold it against every redirect that follows, and where the client's own page leads to
# is not ours to know.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

STATUS = {"too_many": 429, "forbidden": 403, "unauthenticated": 401, "unavailable": 503, "full": 507}

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)

audit = logging.getLogger("outsend.audit")


class ConsentPages:
    """Asks the person who is signed in, and sends the answer to the client. `issuer` goes with each (RFC 9207)."""

    def __init__(self, services: Services, *, issuer: str) -> None:
        self._services, self._issuer = services, issuer

    def routes(self) -> list[BaseRoute]:
        """The page, and its form."""
        return [
            Route(CONSENT, self.ask, methods=["GET"]),
            Route(CONSENT, self.decide, methods=["POST"]),
        ]

    async def begin(self, request: Request, secret: str) -> Response:
        """Answer at once where the same person allowed the same before; else ask."""
        principal = await self._principal(request)
        if principal is None:
            return _to_sign_in(secret)
        caller = Caller(self._services, principal)
        try:
            _check_active(principal)
            shown = await caller.call(consent.shown, secret)
            if not shown.agreed:
                return self._page(principal, secret, shown)
            return self._answered(caller, await caller.call(consent.allow, secret, run=SCOPES["run"] in shown.scopes))
        except OutsendError as error:
            return self.problem(error)

    async def ask(self, request: Request) -> Response:
        """The page, for who was led away to sign in. It never answers by itself: it is reached by a redirect."""
        secret = request.query_params.get("request", "")
        principal = await self._principal(request)
        if principal is None:
            return _to_sign_in(secret)
        try:
            _check_active(principal)
            return self._page(principal, secret, await Caller(self._services, principal).call(consent.shown, secret))
        except OutsendError as error:
            return self.problem(error)

    async def decide(self, request: Request) -> Response:
        """Take the decision, once."""
        form = await request.form()
        secret = str(form.get("request", ""))
        principal = await self._principal(request)
        try:
            if principal is None:
                raise ConsentForged()
            _check_active(principal)
            self._check_form(principal, secret, form)
            caller = Caller(self._services, principal)
            if "allow" in form:
                run = SCOPES["run"] in form.getlist("scope")
                return self._answered(caller, await caller.call(consent.allow, secret, run=run))
            return self._answered(caller, await caller.call(consent.deny, secret))
        except OutsendError as error:
            return self.problem(error)

    def problem(self, error: OutsendError) -> Response:
        """What is wrong, for a person to read: nothing leads on from here."""
        response = _rendered("problem.html", STATUS.get(error.kind, 400), error=error.text)
        if isinstance(error, TooManyAttempts):
            response.headers["Retry-After"] = str(error.values["retry_after"])
        return response

    async def _principal(self, request: Request) -> Principal | None:
        cookie = request.cookies.get(sessions.COOKIE)
        found = await self._services.call(None, sessions.principal_of, cookie) if cookie else None
        return found[0] if found is not None else None

    def _page(self, principal: Principal, secret: str, shown: Shown) -> Response:
        token = self._services.signer.sign(PURPOSE, _bound(principal, secret))
        runs = SCOPES["run"] in shown.scopes
        return _rendered("consent.html", 200, shown=shown, request=secret, form_token=token, scopes=SCOPES, runs=runs)

    def _check_form(self, principal: Principal, secret: str, form: FormData) -> None:
        signed = self._services.signer.read(PURPOSE, str(form.get("form_token", "")))
        if signed != _bound(principal, secret) or ("allow" in form) == ("deny" in form):
            raise ConsentForged()

    def _answered(self, caller: Caller, decided: Decided) -> Response:
        fields = {
            "account": caller.principal.account_id,
            "client": decided.client_id,
            "decision": "allowed" if decided.code else "denied",
            "scopes": " ".join(decided.scopes),
        }
        audit.info("client access", extra={"fields": fields})
        answer = {"code": decided.code} if decided.code else {"error": "access_denied"}
        address = construct_redirect_uri(decided.redirect_uri, **answer, state=decided.state, iss=self._issuer)
        return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def _check_active(principal: Principal) -> None:
    if not principal.active:
        raise AccountInactive()


def _bound(principal: Principal, secret: str) -> str:
    """What a form's token is signed for: this request, in this session."""
    return f"{secret} {principal.session_id}"


def _to_sign_in(secret: str) -> Response:
    back = f"{CONSENT}?{urlencode({'request': secret})}"
    return RedirectResponse(f"{SIGN_IN}?{urlencode({'return_to': back})}", 303, {"Cache-Control": "no-store"})


def _rendered(template: str, status: int, **values: object) -> Response:
    html = _environment.get_template(template).render(values)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(html, status, headers)
