"""What can go wrong with models on the user's own key. A provider's own words never stand here: some repeat the key."""

from engine.errors import OutsendError

CONNECT = "PUT /api/settings/ai with provider, api_key and model; a person does it, signed in."


class NoKey(OutsendError):
    code = "ai_no_key"
    message = "Aucune clé IA connectée"
    hint = f"Connect one first: {CONNECT}"


class NoModel(OutsendError):
    code = "ai_no_model"
    message = "Aucun modèle IA choisi"
    hint = f"GET /api/settings/ai/models lists what the key may use; then {CONNECT}"


class KeyUnreadable(OutsendError):
    code = "ai_key_unreadable"
    message = "La clé IA enregistrée n'est plus lisible"
    hint = f"The secret key of this server was exchanged. Connect the AI key again: {CONNECT}"


class KeyMalformed(OutsendError):
    code = "ai_key_malformed"
    message = "Ce n'est pas une clé {provider} : format attendu {key_format}"
    hint = "Nothing was stored or sent. Copy the key again, or choose the provider that it belongs to."


class KeyNeeded(OutsendError):
    """The stored key goes to the provider it was given for, and nowhere else."""

    code = "ai_key_needed"
    kind = "unprocessable"
    message = "Champ « {field} » : requis pour un nouveau fournisseur ou une nouvelle adresse"
    hint = "Send api_key again; it may be left out only while provider and base_url stay as they are."


class KeyRefused(OutsendError):
    code = "ai_key_refused"
    message = "Clé IA refusée par {provider}"
    hint = f"The key is wrong, revoked, or not allowed to do this. Connect another one: {CONNECT}"


class BadBaseUrl(OutsendError):
    """`field` is the request's field, `problem` French."""

    code = "ai_bad_base_url"
    kind = "unprocessable"
    message = "Champ « {field} » : {problem}"
    hint = "Give the provider's public https address, such as https://api.example.com/v1, without user name or query."


class CapExceeded(OutsendError):
    """`problem` is French; `cap` is `per_request_usd`, `per_day_usd` or `per_month_usd`."""

    code = "ai_cap_exceeded"
    kind = "payment"
    message = "Plafond IA dépassé : {problem}"
    hint = (
        "No provider was asked and nothing was spent. Ask for less, wait until the total resets (00:00 UTC, or the 1st "
        "of the month), or let the user raise {cap} in the settings (PUT /api/settings/ai-caps)."
    )


class ModelUnknown(OutsendError):
    code = "ai_model_unknown"
    message = "Modèle « {model} » inconnu de {provider}"
    hint = f"GET /api/settings/ai/models lists what there is; then {CONNECT}"


class NoCredit(OutsendError):
    code = "ai_no_credit"
    kind = "payment"
    message = "Crédit épuisé chez {provider}"
    hint = "The provider itself takes no more requests on this key: top up the account there, or connect another key."


class RequestRejected(OutsendError):
    code = "ai_request_rejected"
    message = "{provider} a refusé la requête pour le modèle « {model} »"
    hint = "The text may be too long for this model, or the model may not support what was asked: choose another model."


class ProviderBusy(OutsendError):
    code = "ai_provider_busy"
    kind = "too_many"
    message = "{provider} limite le débit de ta clé : réessaie dans {retry_after} secondes"
    hint = "Repeat the call after Retry-After seconds; the provider counts requests and tokens per minute."


class ProviderDown(OutsendError):
    code = "ai_provider_down"
    kind = "upstream"
    message = "{provider} est injoignable ou en panne"
    hint = "Repeat the call in a minute. If it stays so, check base_url, or connect another provider."


class AnswerLate(OutsendError):
    code = "ai_answer_late"
    kind = "upstream"
    message = "{provider} n'a pas terminé sa réponse à temps"
    hint = "Ask for less at once, or choose a faster model; what the provider may have charged is counted."


class AnswerBroken(OutsendError):
    code = "ai_answer_broken"
    kind = "upstream"
    message = "La réponse de {provider} est illisible ou incomplète"
    hint = "Repeat the call; what the provider may have charged is counted. Check base_url if it stays so."


class AnswerCutOff(OutsendError):
    code = "ai_answer_cut_off"
    kind = "upstream"
    message = "La réponse du modèle est trop longue et a été coupée"
    hint = "Ask for less at once, or choose a model with longer answers."


class ModelRefused(OutsendError):
    code = "ai_model_refused"
    kind = "upstream"
    message = "Le modèle a refusé de répondre"
    hint = "Put the request in other words, or choose another model."


class AnswerUnreadable(OutsendError):
    """`problem` is French."""

    code = "ai_answer_unreadable"
    kind = "upstream"
    message = "La réponse du modèle est inutilisable : {problem}"
    hint = "Repeat the call, or choose a model that is better at writing JSON."


class ModelDeclined(OutsendError):
    """`reason` is the model's own."""

    code = "ai_model_declined"
    kind = "unprocessable"
    message = "Le modèle ne propose rien : {reason}"
    hint = "Say what to search for and where, or what to start from; only what the modules do can be asked for."


class NotRepaired(OutsendError):
    """`problem` is what was wrong with the draft, `reason` why the model could not be asked again. Both are French."""

    code = "ai_not_repaired"
    kind = "upstream"
    message = "{problem} (correction impossible : {reason})"
    hint = "Repeat the call, or put the request in other words."
