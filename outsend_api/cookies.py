"""The session cookie. Source: docs page api/auth."""

from fastapi import Request, Response

from engine.accounts.sessions import COOKIE as SESSION_COOKIE
from engine.limits import SESSION_LIFE
from engine.settings import Settings


def set_session(response: Response, settings: Settings, value: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        SESSION_COOKIE,
        value,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def session_header(settings: Settings, value: str) -> str:
    """The `Set-Cookie` header that gives the browser its session."""
    holder = Response()
    set_session(holder, settings, value)
    return holder.headers["set-cookie"]


def clear_session(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=settings.is_https, httponly=True, samesite="lax")


def renewed(request: Request, value: str) -> None:
    """Note a session's new cookie; the response gives it to the browser, of whatever kind it is."""
    request.state.renewed_session = value
