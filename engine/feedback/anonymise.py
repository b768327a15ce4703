"""A deleted account's conversations stay, as nobody's. Source: docs page api/auth (GDPR)."""

import re

from sqlmodel import col, select, update

from engine.context import Context
from engine.feedback.models import FeedbackMessage, FeedbackThread

NO_ADDRESS = "[adresse supprimée]"


def anonymise(context: Context, account_id: int, address: str) -> None:
    """Take the account and its address out of all that it wrote, and out of the replies that it got."""
    _blank_address(context, account_id, address)
    threads = update(FeedbackThread).where(col(FeedbackThread.account_id) == account_id)
    messages = update(FeedbackMessage).where(col(FeedbackMessage.author_id) == account_id)
    context.session.exec(threads.values(account_id=None))
    context.session.exec(messages.values(author_id=None))


def _blank_address(context: Context, account_id: int, address: str) -> None:
    whole = re.compile(re.escape(address), re.IGNORECASE)
    mine = select(FeedbackThread.id).where(FeedbackThread.account_id == account_id)
    for message in context.session.exec(select(FeedbackMessage).where(col(FeedbackMessage.thread_id).in_(mine))):
        told = whole.sub(NO_ADDRESS, message.message)
        if told != message.message:
            message.message = told
            context.session.add(message)
    context.session.flush()
