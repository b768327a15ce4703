"""The programs that may ask for access. Anybody may register one: what a client says of itself proves nothing."""

from typing import Any, cast

from sqlmodel import col, delete, select, update

from engine.context import Context, Services, read, write
from engine.db.insert import is_new
from engine.limits import OAUTH_CLIENT_KEPT, OAUTH_CLIENT_NAME_MAX, OAUTH_CODE_KEPT, OAUTH_DOCUMENT_FRESH
from engine.oauth.models import OAuthClient, OAuthCode, OAuthGrant, OAuthRequest, OAuthToken
from engine.oauth.redirects import host_of
from engine.oauth.schemas import AuthMethod, Client


@write
def register(context: Context, client: Client) -> None:
    """Keep a new client under its own id."""
    context.session.add(OAuthClient(**_values(context, client)))


@read
def known(context: Context, client_id: str) -> tuple[Client, bool] | None:
    """A client, and whether what is known of it is fresh: a document is to be read again after an hour."""
    row = context.session.get(OAuthClient, client_id)
    if row is None:
        return None
    return _public(row), row.fresh_until is None or row.fresh_until > context.now()


@write
def remember(context: Context, client: Client) -> None:
    """Keep what a client's document says, in the place of what it said before."""
    values = _values(context, client) | {"fresh_until": context.now() + OAUTH_DOCUMENT_FRESH}
    if not is_new(context.session, OAuthClient, values):
        del values["created_at"]
        context.session.exec(update(OAuthClient).where(col(OAuthClient.client_id) == client.client_id).values(values))


def readable_name(text: str | None, redirect_uri: str) -> str:
    """The name that people are shown, without what could disguise it; the redirect's host where there is none."""
    printable = "".join(letter for letter in text or "" if letter.isprintable())
    return " ".join(printable.split())[:OAUTH_CLIENT_NAME_MAX] or host_of(redirect_uri)


def forget_old(services: Services) -> None:
    """Delete requests and tokens that are over, families without a token, and clients that nobody uses."""
    services.run(None, _forget_over)
    services.run(None, _forget_unused)


@write
def _forget_over(context: Context) -> None:
    session, now = context.session, context.now()
    session.exec(delete(OAuthRequest).where(col(OAuthRequest.expires_at) <= now))
    session.exec(delete(OAuthCode).where(col(OAuthCode.created_at) <= now - OAUTH_CODE_KEPT))
    session.exec(delete(OAuthToken).where(col(OAuthToken.expires_at) <= now))
    session.exec(delete(OAuthGrant).where(col(OAuthGrant.id).not_in(select(OAuthToken.grant_id))))


@write
def _forget_unused(context: Context) -> None:
    """A family that is still alive uses its client, however long ago it began."""
    unused = col(OAuthClient.used_at) <= context.now() - OAUTH_CLIENT_KEPT
    in_use = select(OAuthGrant.client_id)
    context.session.exec(delete(OAuthClient).where(unused, col(OAuthClient.client_id).not_in(in_use)))


def _values(context: Context, client: Client) -> dict[str, Any]:
    now = context.now()
    return {
        "client_id": client.client_id,
        "name": client.name,
        "redirect_uris": list(client.redirect_uris),
        "auth_method": client.auth_method,
        "secret_hash": client.secret_hash,
        "created_at": now,
        "used_at": now,
    }


def _public(row: OAuthClient) -> Client:
    return Client(
        row.client_id,
        row.name,
        tuple(row.redirect_uris),
        cast("AuthMethod", row.auth_method),
        row.secret_hash,
        document=row.fresh_until is not None,
    )
