"""The applications that an account has connected, as its owner sees and removes them."""

from itertools import groupby

from sqlmodel import col, delete, select

from engine.accounts import queries
from engine.accounts.models import Account
from engine.context import Context, read, write
from engine.oauth.errors import AppMissing
from engine.oauth.models import OAuthCode, OAuthGrant
from engine.oauth.schemas import App, ordered
from engine.oauth.tokens import end_family


@read
def list_apps(context: Context) -> list[App]:
    """The caller's connected applications, the last used first. What a new password made void is none any more."""
    query = (
        select(OAuthGrant, Account.tokens_valid_after)
        .join(Account, col(Account.id) == OAuthGrant.account_id)
        .where(OAuthGrant.account_id == context.account_id)
        .order_by(col(OAuthGrant.client_id), col(OAuthGrant.id))
    )
    living = [g for g, void_until in context.session.exec(query) if void_until is None or g.created_at > void_until]
    apps = [_app(list(grants)) for _, grants in groupby(living, key=lambda grant: grant.client_id)]
    return sorted(apps, key=lambda app: app.last_used_at, reverse=True)


@write
def remove_app(context: Context, client_id: str) -> None:
    """End all connections of an application to the caller's account, at once. Raises AppMissing."""
    queries.by_id(context, context.account_id, hold=True)  # who exchanges a code at this moment is waited for
    mine = select(OAuthGrant.id).where(OAuthGrant.account_id == context.account_id, OAuthGrant.client_id == client_id)
    grants = context.session.exec(mine.order_by(col(OAuthGrant.id))).all()
    if not grants:
        raise AppMissing()
    codes = (col(OAuthCode.account_id) == context.account_id, col(OAuthCode.client_id) == client_id)
    context.session.exec(delete(OAuthCode).where(*codes))  # one that was not exchanged yet must not come after
    for grant_id in grants:
        if grant_id is not None:
            end_family(context, context.account_id, grant_id)


def _app(grants: list[OAuthGrant]) -> App:
    latest = grants[-1]
    return App(
        latest.client_id,
        latest.client_name,
        tuple(dict.fromkeys(grant.host for grant in grants)),
        ordered(scope for grant in grants for scope in grant.scopes),
        min(grant.created_at for grant in grants),
        max(grant.last_used_at or grant.created_at for grant in grants),
    )
