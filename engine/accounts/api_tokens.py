"""Personal access tokens: `ost_...`, told once, for scripts and agents."""

from datetime import timedelta
from typing import Literal

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import col, delete, select

from engine.accounts.models import Account, ApiToken
from engine.accounts.schemas import NewToken, TokenList, TokenPublic
from engine.accounts.secret import hash_of, new_secret
from engine.context import ALL_SCOPES, Context, Principal, Scope, read, write
from engine.db.tables import table_of
from engine.errors import OutsendError

PREFIX = "ost_"
HINT_LENGTH = 4
USE_NOTED = timedelta(minutes=1)  # `last_used_at` is no more exact than this
SCOPES: dict[str, frozenset[Scope]] = {"read": frozenset({"read"}), "run": ALL_SCOPES}

# Columns of tables, joined once: every request with a token asks this, and two entities would cost three times as much.
_TOKEN, _ACCOUNT = table_of(ApiToken).c, table_of(Account).c
_BEARER = (
    core_select(
        _TOKEN.account_id,
        _TOKEN.scope,
        _TOKEN.last_used_at,
        _ACCOUNT.is_admin,
        _ACCOUNT.is_active,
        _ACCOUNT.email_verified,
    )
    .join_from(table_of(ApiToken), table_of(Account), _ACCOUNT.id == _TOKEN.account_id)
    .where(_TOKEN.secret_hash == bindparam("secret_hash"))
)


class TokenMissing(OutsendError):
    code = "token_missing"
    kind = "missing"
    message = "Jeton introuvable"
    hint = "GET /api/tokens lists your tokens."


@write
def create_token(context: Context, *, name: str, scope: Literal["read", "run"]) -> NewToken:
    """Make a token of the caller's."""
    secret = new_secret(PREFIX)
    token = ApiToken(
        account_id=context.account_id,
        name=name,
        scope=scope,
        secret_hash=hash_of(secret),
        hint=secret[-HINT_LENGTH:],
        created_at=context.now(),
    )
    context.session.add(token)
    context.session.flush()
    return NewToken(**_public(token).model_dump(), token=secret)


@read
def list_tokens(context: Context) -> TokenList:
    """The caller's tokens, newest first."""
    mine = select(ApiToken).where(ApiToken.account_id == context.account_id).order_by(col(ApiToken.id).desc())
    return TokenList(items=[_public(token) for token in context.session.exec(mine)])


@write
def revoke_token(context: Context, token_id: int) -> None:
    """End a token of the caller's. Raises TokenMissing, for somebody else's too."""
    query = select(ApiToken).where(ApiToken.id == token_id, ApiToken.account_id == context.account_id)
    token = context.session.exec(query).first()
    if token is None:
        raise TokenMissing()
    context.session.delete(token)


@write
def replace_token(context: Context, *, name: str, scope: Literal["read", "run"]) -> NewToken:
    """Make a token of the caller's in the place of those of the same name, which end."""
    named = (col(ApiToken.account_id) == context.account_id, col(ApiToken.name) == name)
    context.session.exec(delete(ApiToken).where(*named))
    return create_token(context, name=name, scope=scope)


def revoke_all(context: Context, account_id: int) -> None:
    """End every token of an account."""
    context.session.exec(delete(ApiToken).where(col(ApiToken.account_id) == account_id))


@read
def principal_of_token(context: Context, secret: str) -> tuple[Principal, bool] | None:
    """Who bears this token, and whether its use is worth noting; None when there is no such token."""
    found = context.session.connection().execute(_BEARER, {"secret_hash": hash_of(secret)}).first()
    if found is None:
        return None
    principal = Principal(
        found.account_id,
        "token",
        admin=found.is_admin,
        active=found.is_active,
        verified=found.email_verified,
        scopes=SCOPES[found.scope],
    )
    return principal, found.last_used_at is None or context.now() - found.last_used_at >= USE_NOTED


@write
def note_use(context: Context, secret: str) -> None:
    """Remember when a token was last used."""
    token = context.session.exec(select(ApiToken).where(ApiToken.secret_hash == hash_of(secret))).first()
    if token is not None:
        token.last_used_at = context.now()
        context.session.add(token)


def _public(token: ApiToken) -> TokenPublic:
    return TokenPublic.model_validate(token, from_attributes=True)
