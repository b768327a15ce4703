"""What can go wrong with a veille."""

from engine.errors import OutsendError
from engine.limits import VEILLE_DAYS_MAX, VEILLE_DAYS_MIN


class VeilleMissing(OutsendError):
    code = "veille_missing"
    kind = "missing"
    message = "Veille introuvable"
    hint = "GET /api/veille, or the tool list_veilles, lists the veilles with their ids."


class RunMissing(OutsendError):
    code = "veille_run_missing"
    kind = "missing"
    message = "Exécution introuvable"
    hint = "GET /api/veille/{veille_id}/runs lists the runs of this veille with their ids."


class SignalsLinkInvalid(OutsendError):
    code = "signals_link_invalid"
    kind = "forbidden"
    message = "Lien de téléchargement invalide"
    hint = "Use the link as it was given, or ask get_signals for a new one."


class SignalsLinkExpired(OutsendError):
    code = "signals_link_expired"
    kind = "forbidden"
    message = "Lien de téléchargement expiré"
    hint = "A link opens for 10 minutes; get_signals gives a new one."


class BadVeilleField(OutsendError):
    code = "veille_field_invalid"
    message = "Champ « {field} » : {problem}"
    hint = f"name has 2 to 200 characters; frequency_days is a whole number, {VEILLE_DAYS_MIN} to {VEILLE_DAYS_MAX}."


class OneSourceNeeded(OutsendError):
    code = "veille_one_source"
    message = "Indique soit source_job_id, soit source_pipeline_id"
    hint = "Give exactly one of source_job_id and source_pipeline_id."


class SourceMissing(OutsendError):
    code = "veille_source_missing"
    message = "Source introuvable : {source}"
    hint = "Give the id of a scrap job or pipeline of your own; list them to find one."


class SourceNotDone(OutsendError):
    code = "veille_source_not_done"
    message = "La source n'est pas terminée ({status})"
    hint = "Only what is done can be watched: wait for its end, or run it again."


class NotWatchable(OutsendError):
    code = "veille_not_watchable"
    message = "Ce type de job ne peut pas être mis en veille ({job_type})"
    hint = "Watch a scrap job: only a search finds something else when it runs again."


class NoWatchableRoot(OutsendError):
    code = "veille_no_watchable_root"
    message = "Ce pipeline ne peut pas être mis en veille : il ne commence pas par un scrap"
    hint = "Watch a pipeline whose root is a scrap node: only a search finds something else when it runs again."


class NewOnlyNeedsPipeline(OutsendError):
    code = "veille_new_only_needs_pipeline"
    message = "L'option new_only demande un pipeline dont la seule racine est un scrap"
    hint = "Give source_pipeline_id of a pipeline with a single root, a scrap node; or leave new_only out."
