"""What can go wrong with the assistant (docs page api/assistant); with its model: `engine.ai.errors`."""

from engine.errors import OutsendError

LIST = "GET /api/assistant/conversations lists your conversations with their ids."


class ConversationMissing(OutsendError):
    code = "assistant_conversation_missing"
    kind = "missing"
    message = "Conversation introuvable"
    hint = LIST + " A message without conversation_id begins a new one."


class ConversationBusy(OutsendError):
    code = "assistant_busy"
    kind = "conflict"
    message = "L'assistant répond déjà dans cette conversation"
    hint = (
        "One turn at a time: wait for the event done of the other stream, or close that stream. A turn whose process "
        "died is given up after a minute. Another conversation can go on meanwhile."
    )


class ConversationFull(OutsendError):
    code = "assistant_conversation_full"
    kind = "conflict"
    message = "Cette conversation est trop longue : commences-en une nouvelle"
    hint = "Send the message without conversation_id."


class TurnLost(OutsendError):
    """Its conversation was deleted, or another turn took over while this one gave no sign of life."""

    code = "assistant_turn_lost"
    kind = "conflict"
    message = "Ce tour a été interrompu : la conversation a été supprimée ou reprise ailleurs"
    hint = LIST


class ConfirmationMissing(OutsendError):
    code = "assistant_confirmation_missing"
    kind = "missing"
    message = "Confirmation introuvable"
    hint = "Send the token of an event confirmation_required as it is; it belongs to the account that it was shown to."


class ConfirmationUsed(OutsendError):
    code = "assistant_confirmation_used"
    kind = "conflict"
    message = "Cette confirmation a déjà été utilisée"
    hint = "A token works once. GET /api/assistant/conversations/{{id}} shows what came of it, and what still waits."


class ConfirmationExpired(OutsendError):
    code = "assistant_confirmation_expired"
    kind = "gone"
    message = "Cette confirmation a expiré"
    hint = "Nothing was started. Ask the assistant again for the action, and confirm within 15 minutes."
