"""What can go wrong with feedback (docs page api/feedback)."""

from engine.errors import OutsendError


class FeedbackTypeInvalid(OutsendError):
    code = "feedback_type_invalid"
    message = "Type de message invalide (attendu : bug, feature, other)"
    hint = "Send type bug, feature or other, or leave it out."


class ThreadMissing(OutsendError):
    code = "thread_missing"
    kind = "missing"
    message = "Conversation introuvable"
    hint = "GET /api/feedback/threads lists your threads with their ids."


class ThreadForbidden(OutsendError):
    code = "thread_forbidden"
    kind = "forbidden"
    message = "Accès refusé à cette conversation"
    hint = "This thread belongs to another account."


class ThreadClosed(OutsendError):
    code = "thread_closed"
    message = "Conversation fermée"
    hint = "Open a new thread with POST /api/feedback/threads; an administrator can open this one again."


class ThreadFull(OutsendError):
    code = "thread_full"
    message = "Conversation pleine : {limit} messages au plus"
    hint = "Go on in a new thread: POST /api/feedback/threads."
