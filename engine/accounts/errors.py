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


class TooManyAttempts(OutsendError):
    code = "too_many_attempts"
    kind = "too_many"
    message = "Trop de tentatives. Réessaie dans {retry_after} secondes."
    hint = "Wait {retry_after} seconds (the Retry-After header), then send the request again."


class CaptchaInvalid(OutsendError):
    code = "captcha_invalid"
    message = "Captcha invalide. Réessaie."
    hint = "Solve the hCaptcha again and send its new answer as hcaptcha_token."


class CaptchaUnavailable(OutsendError):
    code = "captcha_unavailable"
    kind = "unavailable"
    message = "Vérification du captcha indisponible. Réessaie plus tard."
    hint = "Nothing was created. Repeat the call in a minute."


class InvitationInvalid(OutsendError):
    code = "invitation_invalid"
    message = "Code invitation invalide"
    hint = "Ask the operator of this server for an invitation code; some work only once."


class EmailTaken(OutsendError):
    code = "email_taken"
    message = "Email existe déjà"
    hint = "Sign in with POST /api/auth/login, or reset the password."


class EmailInvalid(OutsendError):
    code = "email_invalid"
    kind = "unprocessable"
    message = "Adresse email invalide"
    hint = "Give an address such as ada@example.com."


class WeakPassword(OutsendError):
    code = "weak_password"
    kind = "unprocessable"
    message = "Mot de passe refusé : {problem}"
    hint = "Use 8 to 128 characters, with a letter and a digit or symbol."


class WrongCredentials(OutsendError):
    code = "wrong_credentials"
    kind = "unauthenticated"
    message = "Email ou mot de passe incorrect"
    hint = "Check both, or ask for a reset link with POST /api/auth/password/reset-request."


class LoginInactive(OutsendError):
    code = "login_inactive"
    kind = "unauthenticated"
    message = "Compte désactivé"
    hint = "Ask the operator of this server to activate the account again."


class WrongPassword(OutsendError):
    code = "wrong_password"
    message = "Mot de passe actuel incorrect"
    hint = "Send the password that you sign in with as current_password."


class SamePassword(OutsendError):
    code = "same_password"
    message = "Le nouveau mot de passe doit être différent de l'actuel"
    hint = "Choose a new_password that differs from current_password."


class ResetLinkInvalid(OutsendError):
    code = "reset_link_invalid"
    message = "Lien invalide ou expiré"
    hint = "A link works once, for an hour. POST /api/auth/password/reset-request sends a new one."


class VerifyLinkInvalid(OutsendError):
    code = "verify_link_invalid"
    message = "Lien de vérification invalide ou expiré"
    hint = "A link works once, for 48 hours. POST /api/auth/email/resend-verify sends a new one."


class SignInLinkInvalid(OutsendError):
    code = "sign_in_link_invalid"
    message = "Lien de connexion invalide ou expiré"
    hint = "A link works once, for 24 hours. Start the server again to get a new one."


class AccountMissing(OutsendError):
    code = "account_missing"
    kind = "missing"
    message = "Compte introuvable : {email}"
    hint = "List the accounts with `outsend user list`."


class NoOwner(OutsendError):
    code = "no_owner"
    kind = "forbidden"
    message = "Le propriétaire local est désactivé"
    hint = "Activate {email} again with `outsend user enable`, or make another admin with `outsend user add --admin`."
