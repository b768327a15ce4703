"""What can be wrong with a file that somebody sends, before anybody looks for a table in it."""

from engine.errors import OutsendError


class UploadMissing(OutsendError):
    code = "upload_missing"
    kind = "missing"
    message = "Fichier importé introuvable ou expiré : {upload_id}"
    hint = "Uploads are kept for 24 hours. Upload the file again and use the new upload_id."


class UploadTooLarge(OutsendError):
    code = "upload_too_large"
    message = "Import illisible : fichier trop volumineux (max {limit_mb} Mo)"
    hint = "Split the file into parts of at most {limit_mb} MB."


class TooManyUploads(OutsendError):
    code = "too_many_uploads"
    kind = "too_many"
    message = "Trop de fichiers envoyés : {limit} au plus à la fois"
    hint = "Delete one with DELETE /api/imports/{{upload_id}}, or wait: each is kept for 24 hours."


class UploadsTooLarge(OutsendError):
    code = "uploads_too_large"
    kind = "too_many"
    message = "Espace épuisé : {limit_mb} Mo de fichiers envoyés au plus à la fois"
    hint = "Delete one with DELETE /api/imports/{{upload_id}}, or wait: each is kept for 24 hours."


class FileKindRefused(OutsendError):
    """`problem` is French."""

    code = "file_kind_refused"
    message = "Import illisible : {problem}"
    hint = "Send a .csv, .tsv, .txt, .json or .xlsx file whose name fits its content."


class FormUnreadable(OutsendError):
    """`problem` is French and says what the form lacks."""

    code = "form_unreadable"
    message = "Import illisible : {problem}"
    hint = "Send multipart/form-data with one part named `file` that has a file name."


class ListTooLong(OutsendError):
    code = "list_too_long"
    message = "Liste trop longue : {count} lignes, {limit} au plus"
    hint = "Send it as a file to POST /api/imports and give its upload_id to an import, or split the list."
