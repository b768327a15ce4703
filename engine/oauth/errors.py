"""What can go wrong on the pages where somebody connects a client."""

from engine.errors import OutsendError


class RequestOver(OutsendError):
    code = "oauth_request_over"
    message = "Cette demande de connexion a expiré ou a déjà servi. Recommence depuis l'application."
    hint = "Start the connection again in the client: a request waits 30 minutes and is answered once."


class ConsentForged(OutsendError):
    code = "consent_forged"
    message = "Ce formulaire n'est pas le tien ou a expiré. Recommence depuis l'application."
    hint = "Open the consent page in the browser that is signed in, and send its own form."


class RequestRefused(OutsendError):
    code = "oauth_request_refused"
    message = "L'application a envoyé une demande que ce serveur ne peut pas accepter ({error})."
    hint = "Register the client again, and send a client_id and redirect_uri that were registered."


class AppMissing(OutsendError):
    code = "connected_app_missing"
    kind = "missing"
    message = "Cette application n'est pas connectée"
    hint = "GET /connected-apps lists the applications that are."


class BadRedirect(OutsendError):
    code = "bad_redirect_uri"
    message = "Adresse de retour refusée : {problem}"
    hint = "Use https, or http on 127.0.0.1, localhost or [::1], without a fragment or credentials."


class BadDocument(OutsendError):
    code = "bad_client_document"
    message = "Le document de l'application est inutilisable : {problem}"
    hint = "Serve the client metadata as JSON at its https client_id, at most 5 KB, without a redirect."
