"""Uploaded files: kept for 24 hours, each readable by its owner alone."""

from engine.context import Services
from engine.errors import OutsendError
from engine.limits import IMPORT_BYTES_MAX, UPLOAD_RETENTION
from engine.storage.files import Files

FOLDER = "uploads"


class UploadMissing(OutsendError):
    code = "upload_missing"
    kind = "missing"
    message = "Fichier importé introuvable ou expiré : {upload_id}"
    hint = "Uploads are kept for 24 hours. Upload the file again and use the new upload_id."


class UploadTooLarge(OutsendError):
    code = "upload_too_large"
    message = "Import illisible : fichier trop volumineux ({size_mb} Mo, max {limit_mb} Mo)"
    hint = "Split the file into parts of at most {limit_mb} MB."


def save_upload(services: Services, account_id: int, data: bytes) -> str:
    """Keep a file; returns its upload id. Raises UploadTooLarge, StorageFull."""
    if len(data) > IMPORT_BYTES_MAX:
        raise UploadTooLarge(size_mb=len(data) >> 20, limit_mb=IMPORT_BYTES_MAX >> 20)
    return _files(services).save(account_id, data)


def read_upload(services: Services, account_id: int, upload_id: str) -> bytes:
    """The bytes of the owner's upload. Raises UploadMissing."""
    data = _files(services).read(account_id, upload_id)
    if data is None:
        raise UploadMissing(upload_id=upload_id)
    return data


def uploads_of(services: Services, account_id: int) -> list[str]:
    """The ids of the uploads that an account has now."""
    return _files(services).names(account_id)


def remove_uploads(services: Services, account_id: int) -> None:
    """Delete all uploads of an account."""
    _files(services).remove_all(account_id)


def purge_uploads(services: Services) -> None:
    """Delete the uploads whose day is over."""
    _files(services).purge(UPLOAD_RETENTION)


def _files(services: Services) -> Files:
    return Files(services.settings.data_dir / FOLDER)
