"""A job's rows into a file: whole or not at all, and what was there before stays until the new file is complete."""

from pathlib import Path

from engine.context import Caller
from engine.errors import NO_ROOM, OutsendError, StorageFull
from engine.export.formats import FORMATS
from engine.jobs import results

WRITERS = {f".{name}": found.write for name, found in FORMATS.items()}


class UnknownFormat(OutsendError):
    code = "unknown_format"
    message = "Format de fichier inconnu : {suffix}"
    hint = "Name the file .csv, .xlsx or .json."


class NotWritable(OutsendError):
    code = "not_writable"
    message = "Fichier impossible à écrire : {path} ({problem})"
    hint = "Choose another place with --output."


def check(path: Path) -> Path:
    """Refuse a file that could not be written at the end, before the work begins.

    Raises:
        UnknownFormat, NotWritable.
    """
    if path.suffix.lower() not in WRITERS:
        raise UnknownFormat(suffix=path.suffix or path.name)
    if not path.absolute().parent.is_dir():
        raise NotWritable(path=path, problem=f"no folder {path.absolute().parent}")
    return path


def save(caller: Caller, job_id: str, path: Path) -> int:
    """Write the rows of an ended job as csv, json or xlsx, by the file's name; returns how many.

    Raises:
        NotDownloadable, OutputGone: the job has nothing to write.
        StorageFull, NotWritable: the file that was there before is untouched.
    """
    output = caller.run(results.open_download, job_id)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            for chunk in WRITERS[path.suffix.lower()](output.columns, results.output_rows(caller.services, output)):
                file.write(chunk)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise StorageFull() from error
        raise NotWritable(path=path, problem=error.strerror or type(error).__name__) from error
    return output.count
