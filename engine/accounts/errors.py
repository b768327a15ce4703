"""What can go wrong with signing in, in the words of the documentation (docs page api/auth)."""

from engine.errors import OutsendError


class NotSignedIn(OutsendError):
    code = "not_signed_in"
    kind = "unauthenticated"
    message = "Authentification requise"
    hint = "Sign in with POST /api/auth/login, or send a personal access token: Authorization: Bearer ost_..."


class AccountInactive(OutsendError):
    code = "account_inactive"
    kind = "forbidden"
    message = "Compte désactivé"
    hint = "Ask the operator of this server to activate the account again."


class EmailUnverified(OutsendError):
    code = "email_unverified"
    kind = "forbidden"
    message = "Adresse email non vérifiée"
    hint = "Open the link in the verification mail; POST /api/auth/email/resend-verify sends it again."


class ScopeMissing(OutsendError):
    code = "scope_missing"
    kind = "forbidden"
    message = "Ce jeton ne permet pas cette action (portée requise : {scope})"
    hint = "Use a token with the scope {scope}."


class SessionRequired(OutsendError):
    code = "session_required"
    kind = "forbidden"
    message = "Action réservée à une session : un jeton ne suffit pas"
    hint = "Sign in with POST /api/auth/login and use the session cookie for this call."


class AdminOnly(OutsendError):
    code = "admin_only"
    kind = "forbidden"
    message = "Réservé aux administrateurs"
    hint = "Sign in with an administrator's account."
