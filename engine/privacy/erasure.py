"""Delete an account and all that it owns. Source: docs page api/auth, GDPR article 17.

First its jobs leave their workers and every list, then their rows go in short transactions, then all that is left goes
in one, the account itself last. Whatever stops this in between, asking again ends it.
"""

from sqlmodel import col, delete, select, update

from engine.accounts.addresses import folded
from engine.accounts.errors import EmailInvalid, NotSignedIn
from engine.accounts.models import (
    Account,
    ApiToken,
    Invitation,
    MailToken,
    OutgoingMail,
    Repeatable,
    SignInSession,
)
from engine.ai.models import AiAlert, AiCall, AiCaps, AiSettings
from engine.assistant.models import Confirmation, Conversation, ConversationMessage
from engine.context import Caller, Context, write
from engine.features.models import FeatureVote
from engine.feedback.anonymise import anonymise
from engine.imports.operations import remove_uploads
from engine.jobs import gate, places_seen, reviews_seen, store
from engine.jobs.assets import remove_assets
from engine.jobs.models import AccountLastReview, AccountPlace, BrandLookup, Job
from engine.oauth.models import OAuthCode, OAuthGrant, OAuthToken
from engine.pipelines.models import Pipeline
from engine.privacy.errors import ConfirmationWrong
from engine.suppressions.models import Suppression
from engine.veille.erase import purge_states, remove_veilles, withdraw_veilles
from engine.webhooks.models import WebhookDelivery, WebhookSecret

JOBS_AT_ONCE = 100

# Every table with an `account_id`, but for jobs and veilles, which hold more than their row, and feedback, which stays.
OWNED = (
    Pipeline, Repeatable, OutgoingMail, ApiToken, MailToken, SignInSession, Suppression, FeatureVote, WebhookDelivery,
    WebhookSecret, AccountPlace, AccountLastReview, BrandLookup, OAuthGrant, OAuthToken, OAuthCode,
    AiSettings, AiCaps, AiCall, AiAlert, Conversation, ConversationMessage, Confirmation,
)  # fmt: skip


def erase(caller: Caller, confirm_email: str) -> None:
    """Delete the caller's account with everything it owns, then its files. Several seconds where there are many rows.

    Raises:
        ConfirmationWrong: that is not the account's address; nothing was changed.
        NotSignedIn: the account is gone already.
    """
    caller.run(_withdraw, confirm_email)
    while caller.run(_purge_some):
        pass
    caller.run(_remove)
    remove_uploads(caller.services, caller.principal.account_id)
    remove_assets(caller.services, caller.principal.account_id)
    caller.services.errands.run(caller.services.db.shrink)  # gives its pages back; nobody need wait for it


@write
def _withdraw(context: Context, confirm_email: str) -> None:
    account = context.session.get(Account, context.account_id)
    if account is None:
        raise NotSignedIn()
    if not _is_address_of(account, confirm_email.strip()):
        raise ConfirmationWrong()
    gate.withdraw(context, context.account_id)
    context.session.exec(delete(Pipeline).where(col(Pipeline.account_id) == context.account_id))
    withdraw_veilles(context.session, context.account_id)


def _is_address_of(account: Account, typed: str) -> bool:
    """Whether that is the account's address, in any case of letters, an international domain in either form."""
    try:
        return account.email in (typed.lower(), folded(typed))
    except EmailInvalid:
        return False


@write
def _purge_some(context: Context) -> bool:
    """Delete some jobs with their rows, some places, and some of what veilles keep. True: there is more."""
    if places_seen.forget_some(context.session, context.account_id):
        return True
    if reviews_seen.forget_some(context.session, context.account_id):
        return True
    if purge_states(context.session, context.account_id):
        return True
    mine = select(Job.seq).where(col(Job.account_id) == context.account_id, col(Job.deleted_at).is_not(None))
    found = [seq for seq in context.session.exec(mine.limit(JOBS_AT_ONCE)) if seq is not None]
    for seq in found:
        if store.purge(context.session, seq):
            return True
        context.session.exec(delete(Job).where(col(Job.seq) == seq))
    return len(found) == JOBS_AT_ONCE


@write
def _remove(context: Context) -> None:
    """All that is left, the account last. Locked first, so that nothing joins it meanwhile."""
    session, me = context.session, context.account_id
    account = session.exec(select(Account).where(Account.id == me).with_for_update()).first()
    if account is None:
        return  # an equal request came first
    jobs = select(Job.seq).where(Job.account_id == me).with_for_update()
    for seq in session.exec(jobs).all():
        while seq is not None and store.purge(session, seq):
            pass
    session.exec(delete(Job).where(col(Job.account_id) == me))
    remove_veilles(session, me)
    for table in OWNED:
        session.exec(delete(table).where(col(table.account_id) == me))
    session.exec(delete(OutgoingMail).where(col(OutgoingMail.recipient) == account.email))
    anonymise(context, me, account.email)
    session.exec(update(Invitation).where(col(Invitation.created_by) == me).values(created_by=None))
    session.delete(account)
    context.after_commit.append(context.services.hub.poke)
