"""Tell the operator by mail that somebody wrote."""

from engine.accounts import mails, outgoing
from engine.context import Context
from engine.feedback.schemas import ThreadPublic


def tell_operator(context: Context, thread: ThreadPublic) -> None:
    """Mail a new thread to the admin of the settings; where there is none, or who wrote it, nobody is told."""
    operator = (context.services.settings.admin_email or "").strip().lower()
    if not operator or operator == thread.user_email:
        return
    mail = mails.written(
        "feedback",
        to=operator,
        author=thread.user_email or "",
        thread_id=str(thread.id),
        topic=thread.topic,
        message=thread.messages[0].message,
    )
    outgoing.queue(context, mail, account_id=context.account_id)
