"""Codes become tokens, tokens are rotated, and a secret that is used twice ends all that came of it.

A family is one exchanged code and every token since; its grant is locked before anything in it changes. Sources: OAuth
2.1 draft sections 4.1.3 and 4.3, RFC 9700 section 2.2.2.
"""

from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import col, delete, select, update

from engine.accounts.models import Account
from engine.accounts.queries import stays
from engine.accounts.secret import hash_of, new_secret
from engine.context import Context, Principal, read, write
from engine.db.tables import table_of
from engine.limits import OAUTH_ACCESS_LIFE, OAUTH_REFRESH_GRACE, OAUTH_REFRESH_LIFE
from engine.oauth.models import OAuthClient, OAuthCode, OAuthGrant, OAuthToken, TokenKind
from engine.oauth.redirects import host_of
from engine.oauth.schemas import ACCESS_PREFIX, REFRESH_PREFIX, Bearing, CodeGiven, Issued, ordered, words

USE_NOTED_SECONDS = 60  # `last_used_at` is no more exact than this

# Columns of tables, joined once: every call of a tool asks this.
_TOKEN, _GRANT, _ACCOUNT = table_of(OAuthToken).c, table_of(OAuthGrant).c, table_of(Account).c
_BEARER = (
    core_select(
        _TOKEN.account_id,
        _TOKEN.client_id,
        _TOKEN.scopes,
        _TOKEN.resource,
        _TOKEN.expires_at,
        _GRANT.created_at,
        _GRANT.last_used_at,
        _ACCOUNT.is_active,
        _ACCOUNT.email_verified,
        _ACCOUNT.tokens_valid_after,
    )
    .join_from(table_of(OAuthToken), table_of(OAuthGrant), _GRANT.id == _TOKEN.grant_id)
    .join(table_of(Account), _ACCOUNT.id == _TOKEN.account_id)
    .where(_TOKEN.secret_hash == bindparam("secret_hash"), _TOKEN.kind == TokenKind.access)
)


@write
def code_of(context: Context, client_id: str, secret: str) -> CodeGiven | None:
    """A code of this client that may be exchanged; None when it is unknown, over or used.

    Who brings a used code is not who got its tokens, or somebody else has the code, too: the family ends.
    """
    mine = (OAuthCode.secret_hash == hash_of(secret), OAuthCode.client_id == client_id)
    code = context.session.exec(select(OAuthCode).where(*mine)).first()
    if code is None or _was_used(context, code) or code.expires_at <= context.now():
        return None
    return CodeGiven(code.redirect_uri, code.redirect_given, tuple(code.scopes), code.code_challenge, code.resource)


@write
def exchange_code(context: Context, client_id: str, secret: str, *, resource: str) -> Issued | None:
    """Tokens for a code, whose PKCE proof the caller has checked; None: the code gives none, or not for `resource`.

    Of two exchanges at once the first gets tokens; the second is a replay, which ends them.
    """
    mine = (OAuthCode.secret_hash == hash_of(secret), OAuthCode.client_id == client_id)
    account_id = context.session.exec(select(OAuthCode.account_id).where(*mine)).first()
    if account_id is None or not stays(context.session, account_id):
        return None
    code = context.session.exec(select(OAuthCode).where(*mine).with_for_update()).first()
    if code is None or _was_used(context, code):
        return None
    now = context.now()
    void = code.expires_at <= now or code.resource != resource or not _may_connect(context, account_id, code.created_at)
    client = context.session.get(OAuthClient, client_id)
    if void or client is None:
        return None
    grant = OAuthGrant(
        account_id=account_id,
        client_id=client_id,
        client_name=client.name,
        host=host_of(code.redirect_uri),
        scopes=code.scopes,
        created_at=now,
    )
    context.session.add(grant)
    context.session.flush()
    code.grant_id, client.used_at = grant.id, now
    context.session.add_all((code, client))
    return _issued(context, grant, resource, scopes=tuple(code.scopes))


@read
def scopes_of_refresh(context: Context, client_id: str, secret: str) -> tuple[str, ...] | None:
    """The scopes of a refresh token of this client's, also of one that was rotated; None when it is unknown."""
    mine = (OAuthToken.client_id == client_id, OAuthToken.kind == TokenKind.refresh)
    token = context.session.exec(select(OAuthToken).where(OAuthToken.secret_hash == hash_of(secret), *mine)).first()
    return None if token is None else tuple(token.scopes)


@write
def refresh(context: Context, client_id: str, secret: str, *, scopes: tuple[str, ...], resource: str) -> Issued | None:
    """New tokens for a refresh token, which is rotated; None: it gives none, or not for `resource`.

    A rotated one still works for a minute, for clients that refresh twice at once. Later it is in somebody else's
    hands, too, and the family ends.
    """
    mine = (OAuthToken.secret_hash == hash_of(secret), OAuthToken.client_id == client_id)
    known = select(OAuthToken.account_id, OAuthToken.grant_id).where(*mine, OAuthToken.kind == TokenKind.refresh)
    found = context.session.exec(known).first()
    if found is None or not stays(context.session, found[0]):
        return None
    held = select(OAuthGrant).where(OAuthGrant.id == found[1], OAuthGrant.account_id == found[0]).with_for_update()
    grant = context.session.exec(held).first()
    token = context.session.exec(select(OAuthToken).where(*mine)).first()
    if grant is None or token is None:
        return None  # the family ended meanwhile
    now = context.now()
    if token.rotated_at is not None and now - token.rotated_at > OAUTH_REFRESH_GRACE:
        end_family(context, token.account_id, token.grant_id)
        return None
    if token.expires_at <= now or token.resource != resource or not _may_connect(context, found[0], grant.created_at):
        return None
    token.rotated_at = token.rotated_at or now
    context.session.add(token)
    return _issued(context, grant, resource, scopes=tuple(token.scopes), narrowed=scopes)


@write
def revoke(context: Context, client_id: str, secret: str) -> None:
    """End the family of a token of this client's, be it an access or a refresh token; an unknown one is fine."""
    mine = (OAuthToken.secret_hash == hash_of(secret), OAuthToken.client_id == client_id)
    found = context.session.exec(select(OAuthToken.account_id, OAuthToken.grant_id).where(*mine)).first()
    if found is not None:
        end_family(context, *found)


@read
def bearing(context: Context, secret: str) -> Bearing | None:
    """Who bears this access token; None when it is unknown or over, or was granted before all such became void."""
    found = context.session.connection().execute(_BEARER, {"secret_hash": hash_of(secret)}).first()
    now = context.now()
    if found is None or found.expires_at <= now:
        return None
    if found.tokens_valid_after is not None and found.created_at <= found.tokens_valid_after:
        return None
    principal = Principal(
        found.account_id,
        "mcp",
        active=found.is_active,
        verified=found.email_verified,
        scopes=words(found.scopes),
    )
    noted = found.last_used_at
    worth_noting = noted is None or (now - noted).total_seconds() >= USE_NOTED_SECONDS
    return Bearing(principal, found.client_id, tuple(found.scopes), found.resource, worth_noting)


@write
def note_use(context: Context, secret: str) -> None:
    """Remember when a connection was last used."""
    family = select(OAuthToken.grant_id).where(OAuthToken.secret_hash == hash_of(secret)).scalar_subquery()
    context.session.exec(update(OAuthGrant).where(col(OAuthGrant.id) == family).values(last_used_at=context.now()))


def end_family(context: Context, account_id: int, grant_id: int) -> None:
    """End all that came of one code: the grant first, so that whoever holds it is waited for."""
    grant = (col(OAuthGrant.id) == grant_id, col(OAuthGrant.account_id) == account_id)
    tokens = (col(OAuthToken.grant_id) == grant_id, col(OAuthToken.account_id) == account_id)
    context.session.exec(delete(OAuthGrant).where(*grant))
    context.session.exec(delete(OAuthToken).where(*tokens))


def _was_used(context: Context, code: OAuthCode) -> bool:
    """Whether a code was exchanged already; what came of it then ends."""
    if code.grant_id is None:
        return False
    end_family(context, code.account_id, code.grant_id)
    return True


def _may_connect(context: Context, account_id: int, granted_at: datetime) -> bool:
    """Whether what was granted then still counts: the account is active, and its password is the same."""
    query = select(Account.is_active, Account.tokens_valid_after).where(Account.id == account_id)
    found = context.session.exec(query).first()
    return found is not None and found[0] and (found[1] is None or granted_at > found[1])


def _issued(
    context: Context,
    grant: OAuthGrant,
    resource: str,
    *,
    scopes: tuple[str, ...],
    narrowed: tuple[str, ...] | None = None,
) -> Issued:
    """A pair of tokens of a family. The access token may have fewer scopes; the refresh token keeps them all."""
    narrow = tuple(scope for scope in ordered(narrowed or scopes) if scope in scopes)
    assert grant.id is not None
    access, refreshing, now = new_secret(ACCESS_PREFIX), new_secret(REFRESH_PREFIX), context.now()
    for kind, secret, of, life in (
        (TokenKind.access, access, narrow, OAUTH_ACCESS_LIFE),
        (TokenKind.refresh, refreshing, scopes, OAUTH_REFRESH_LIFE),
    ):
        context.session.add(
            OAuthToken(
                account_id=grant.account_id,
                grant_id=grant.id,
                client_id=grant.client_id,
                kind=kind,
                secret_hash=hash_of(secret),
                scopes=list(of),
                resource=resource,
                created_at=now,
                expires_at=now + life,
            )
        )
    return Issued(access, refreshing, narrow, int(OAUTH_ACCESS_LIFE.total_seconds()))
