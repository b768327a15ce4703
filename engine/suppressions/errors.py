"""What can go wrong with the opt-out list."""

from engine.errors import OutsendError


class SuppressionMissing(OutsendError):
    code = "suppression_missing"
    kind = "missing"
    message = "Entrée introuvable dans ta liste d'exclusion"
    hint = "GET /api/suppressions lists your entries with their ids."


class TooManySuppressions(OutsendError):
    code = "too_many_suppressions"
    message = "Liste d'exclusion pleine : {limit} entrées au plus"
    hint = "Nothing was added. Remove entries, or suppress whole domains instead of their addresses."
