"""What a client asks for, and what the person answers: a request is answered once, by who is signed in."""

from sqlmodel import col, select

from engine.accounts import queries
from engine.accounts.models import Account
from engine.accounts.secret import hash_of, new_secret
from engine.context import Context, read, write
from engine.limits import OAUTH_CODE_LIFE, OAUTH_REQUEST_LIFE
from engine.oauth.errors import RequestOver
from engine.oauth.models import OAuthClient, OAuthCode, OAuthGrant, OAuthRequest
from engine.oauth.redirects import host_of, is_local
from engine.oauth.schemas import CODE_PREFIX, SCOPES, Asked, Decided, Shown, ordered


@write
def open_request(context: Context, asked: Asked) -> str:
    """Keep what a client asks for until somebody decides; returns the secret that names it."""
    secret = new_secret()
    context.session.add(
        OAuthRequest(
            secret_hash=hash_of(secret),
            client_id=asked.client_id,
            redirect_uri=asked.redirect_uri,
            redirect_given=asked.redirect_given,
            scopes=list(asked.scopes),
            code_challenge=asked.code_challenge,
            state=asked.state,
            resource=asked.resource,
            expires_at=context.now() + OAUTH_REQUEST_LIFE,
        )
    )
    return secret


@read
def shown(context: Context, secret: str) -> Shown:
    """What the caller is asked. Raises RequestOver; NotSignedIn: the account is gone."""
    account = queries.by_id(context, context.account_id)
    request = _request(context, secret)
    client = context.session.get(OAuthClient, request.client_id) if request is not None else None
    if request is None or client is None:
        raise RequestOver()
    local = is_local(request.redirect_uri)
    return Shown(
        account.email,
        client.name,
        host_of(request.redirect_uri),
        local,
        tuple(request.scopes),
        # Any program can name itself by another's loopback address or document, so these are asked each time.
        agreed=not local and client.fresh_until is None and _agreed(context, request),
    )


@write
def allow(context: Context, secret: str, *, run: bool) -> Decided:
    """Give the client a code, for reading, and with `run` for all that it asked for.

    Raises:
        RequestOver: it was answered already, or waited too long.
        NotSignedIn: the account is gone.
    """
    queries.by_id(context, context.account_id, hold=True)
    request = _request(context, secret, hold=True)
    if request is None:
        raise RequestOver()
    scopes = tuple(scope for scope in ordered(request.scopes) if run or scope != SCOPES["run"])
    code, now = new_secret(CODE_PREFIX), context.now()
    context.session.add(
        OAuthCode(
            account_id=context.account_id,
            secret_hash=hash_of(code),
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            redirect_given=request.redirect_given,
            scopes=list(scopes),
            code_challenge=request.code_challenge,
            resource=request.resource,
            created_at=now,
            expires_at=now + OAUTH_CODE_LIFE,
        )
    )
    context.session.delete(request)
    return Decided(request.client_id, request.redirect_uri, request.state, code, scopes)


@write
def deny(context: Context, secret: str) -> Decided:
    """Answer the client that it gets nothing. Raises RequestOver."""
    request = _request(context, secret, hold=True)
    if request is None:
        raise RequestOver()
    context.session.delete(request)
    return Decided(request.client_id, request.redirect_uri, request.state)


def _request(context: Context, secret: str, *, hold: bool = False) -> OAuthRequest | None:
    query = select(OAuthRequest).where(
        OAuthRequest.secret_hash == hash_of(secret), col(OAuthRequest.expires_at) > context.now()
    )
    return context.session.exec(query.with_for_update() if hold else query).first()


def _agreed(context: Context, request: OAuthRequest) -> bool:
    """Whether the caller's living connections of this client, to this host, hold all that it asks for."""
    query = (
        select(OAuthGrant, Account.tokens_valid_after)
        .join(Account, col(Account.id) == OAuthGrant.account_id)
        .where(OAuthGrant.account_id == context.account_id, OAuthGrant.client_id == request.client_id)
    )
    return any(
        set(request.scopes) <= set(grant.scopes)
        and grant.host == host_of(request.redirect_uri)
        and (void_until is None or grant.created_at > void_until)
        for grant, void_until in context.session.exec(query)
    )
