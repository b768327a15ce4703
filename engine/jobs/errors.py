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
    message = "Job encore en cours : annule-le d'abord"
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


class NotReusable(OutsendError):
    code = "not_reusable"
    message = "Ce type de job n'a pas de lignes réutilisables ({job_type})"
    hint = "Read the job itself or download its result; its rows can't feed another job."


class ReportMissing(OutsendError):
    code = "report_missing"
    kind = "missing"
    message = "Aucun rapport pour la ligne {row}"
    hint = "Rows are counted from 0; a report belongs to the job whose module looked the row up, not to later filters."


class UnknownColumn(OutsendError):
    code = "unknown_column"
    message = "Colonne inconnue : {column}"
    hint = "The columns of this job are: {known}."


class LinkInvalid(OutsendError):
    code = "link_invalid"
    kind = "forbidden"
    message = "Lien de téléchargement invalide"
    hint = "Use the link as it was given, or ask for a new one with GET /api/jobs/{job_id}/download-link."


class LinkExpired(OutsendError):
    code = "link_expired"
    kind = "forbidden"
    message = "Lien de téléchargement expiré"
    hint = "A link opens for 10 minutes; ask for a new one with GET /api/jobs/{job_id}/download-link."


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


class NoQueries(OutsendError):
    code = "no_queries"
    kind = "unprocessable"
    message = "Aucune recherche"
    hint = "Give 1 to 20 queries, such as dentiste."


class NoZones(OutsendError):
    code = "no_zones"
    kind = "unprocessable"
    message = "Aucune zone"
    hint = "Give 1 to 50 zones: towns, postal codes, arrondissements, departements or regions."


class TooManyColumns(OutsendError):
    code = "too_many_columns"
    kind = "unprocessable"
    message = "Trop de colonnes : {count} (max {limit})"
    hint = "Send only the columns that matter, under the same names in every item."


class ItemTooDeep(OutsendError):
    code = "item_too_deep"
    kind = "unprocessable"
    message = "Élément trop imbriqué (max {limit} niveaux)"
    hint = "Give each item as a flat object: one text, number or boolean a column."


class ItemsNotTaken(OutsendError):
    code = "items_not_taken"
    kind = "unprocessable"
    message = "Le module {module} ne prend pas d'éléments"
    hint = "Leave out items: {module} finds its rows by its own options."


class NothingSelected(OutsendError):
    code = "nothing_selected"
    kind = "unprocessable"
    message = "Aucune des {count} lignes ne correspond au filtre « where »"
    hint = "Relax the rules of where; get_job_results and /api/jobs/{{id}}/items show the rows that there are."


class MaxEfExceeded(OutsendError):
    """`cost` and `limit` in EF."""

    code = "max_ef_exceeded"
    message = "Coût {cost:.4g} EF supérieur au plafond demandé de {limit:.4g} EF"
    hint = "Nothing was started. Raise max_ef to at least {cost:.4g}, or ask for fewer items or smaller zones."


class BadCursor(OutsendError):
    code = "bad_cursor"
    message = "Curseur de page inconnu"
    hint = "Use next_cursor of the page before as it was given, or leave cursor out for the first page."


class SlowJob(OutsendError):
    code = "job_timeout"
    message = "Durée maximale dépassée (6 h)"
    hint = "The rows so far are kept; resume the job to go on."


class ItemKilledWorker(OutsendError):
    code = "item_killed_worker"
    kind = "unavailable"
    message = "Élément mis de côté : il a interrompu le traitement plusieurs fois"
    hint = "The other rows were worked; look at this one by hand."
