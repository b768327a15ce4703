"""What can go wrong with leaving, in the words of the documentation (docs page api/auth)."""

from engine.errors import OutsendError


class ConfirmationWrong(OutsendError):
    code = "confirmation_wrong"
    message = "Confirmation email incorrecte"
    hint = "Send the account's own address as confirm_email; GET /api/auth/me shows it."
