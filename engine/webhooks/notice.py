"""Tell an owner by mail that a receiver could not be reached: once a day and receiver."""

from datetime import timedelta

from sqlmodel import col, select

from engine.accounts import mails, outgoing
from engine.accounts.models import Account
from engine.context import Context
from engine.webhooks.models import DeliveryStatus, WebhookDelivery
from engine.webhooks.receivers import host_shown

QUIET = timedelta(hours=24)
REASONS = {
    "forbidden_address": "son adresse mène dans un réseau privé",
    "nxdomain": "son nom n'existe pas",
    "dns_failure": "son nom ne se résout pas",
    "refused": "la connexion est refusée",
    "timeout": "pas de réponse dans les 10 secondes",
    "redirect": "il redirige vers une autre adresse",
    "http_410": "il répond 410 : il ne veut plus rien recevoir",
}


def tell(context: Context, row: WebhookDelivery) -> None:
    """Queue the mail about a delivery that was given up. A ping is told by the list of deliveries alone."""
    if row.tries_max == 1:
        return
    # Locked, so that of two deliveries that end at once one is told.
    owner = select(Account).where(Account.id == row.account_id).with_for_update(key_share=True)
    account = context.session.exec(owner).first()
    if account is None or _is_told(context, row):
        return
    row.told = True
    mail = mails.written(
        "webhook",
        to=account.email,
        host=host_shown(row.url),
        event=row.event,
        subject_id=row.subject_id,
        tries=str(row.tries),
        reason=_in_words(row.error or ""),
    )
    outgoing.queue(context, mail, account_id=row.account_id)


def _is_told(context: Context, row: WebhookDelivery) -> bool:
    before = select(WebhookDelivery.id).where(
        WebhookDelivery.account_id == row.account_id,
        WebhookDelivery.receiver == row.receiver,
        WebhookDelivery.status == DeliveryStatus.failed,
        col(WebhookDelivery.told).is_(True),
        col(WebhookDelivery.ended_at) > context.now() - QUIET,
    )
    return context.session.exec(before.limit(1)).first() is not None


def _in_words(error: str) -> str:
    if error.startswith("http_"):
        return REASONS.get(error, f"il répond {error.removeprefix('http_')}")
    return REASONS.get(error, "la connexion échoue")
