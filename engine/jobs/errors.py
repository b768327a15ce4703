"""What can go wrong with a job, in the words of the documentation."""

from engine.errors import OutsendError


class JobMissing(OutsendError):
    code = "job_missing"
    kind = "missing"
    message = "Job introuvable : {job_id}"
    hint = "List the jobs to find an id that exists."


class JobForbidden(OutsendError):
    code = "job_forbidden"
    kind = "forbidden"
    message = "Accès refusé à ce job"
    hint = "This job belongs to another account."


class JobAlreadyOver(OutsendError):
    code = "job_already_over"
    message = "Job déjà terminé ({status})"
    hint = "Only pending and running jobs can be cancelled."


class JobStillOpen(OutsendError):
    code = "job_still_open"
    message = "Job encore en cours : annulez-le d'abord"
    hint = "Cancel the job first, or delete it with cancel=true."


class NotResumable(OutsendError):
    code = "not_resumable"
    message = "Job non reprenable : {reason}"
    hint = "Only an interrupted (cancelled or failed) job with items left can be resumed; otherwise create a new one."


class NotDownloadable(OutsendError):
    code = "not_downloadable"
    message = "Résultats pas encore disponibles"
    hint = "Wait until the job is over, or cancel it to keep what it has."


class NotDone(OutsendError):
    code = "not_done"
    message = "Job non terminé ({status})"
    hint = "Wait until the job is done; the partial rows of an interrupted one are in its download."


class OutputGone(OutsendError):
    code = "output_gone"
    kind = "gone"
    message = "Résultats expirés ou absents"
    hint = "Rows are kept for 7 days after the end of a job. Run it again."


class UnknownModule(OutsendError):
    code = "unknown_module"
    kind = "missing"
    message = "Module inconnu : {slug}"
    hint = "Known modules are {known}."


class BadConfig(OutsendError):
    code = "bad_config"
    kind = "unprocessable"
    message = "Champ « {field} » : {problem}"
    hint = "Correct {field} of {module}."


class NoItems(OutsendError):
    code = "no_items"
    kind = "unprocessable"
    message = "Aucun élément à traiter"
    hint = "Give 1 to 10,000 items, or a source_job_id whose rows are the input."


class TooManyItems(OutsendError):
    code = "too_many_items"
    kind = "unprocessable"
    message = "Trop d'éléments : {count} (max {limit})"
    hint = "Split the list, or import it as a pipeline root."


class SlowJob(OutsendError):
    code = "job_timeout"
    message = "Durée maximale dépassée (6 h)"
    hint = "The rows so far are kept; resume the job to go on."


class ItemKilledWorker(OutsendError):
    code = "item_killed_worker"
    kind = "unavailable"
    message = "Élément mis de côté : il a interrompu le traitement plusieurs fois"
    hint = "The other rows were worked; look at this one by hand."
