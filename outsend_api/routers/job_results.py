"""What came out of a job: its rows, its files, and the evidence behind a row (docs page api/jobs)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from engine.export.formats import FORMATS, Format, format_named
from engine.jobs import results
from engine.jobs.schemas import DownloadLink, ItemsPage, Output, RowReport
from engine.limits import ITEMS_PAGE_DEFAULT, ITEMS_PAGE_MAX
from outsend_api.access import Door, SignedIn, TheServices
from outsend_api.attachments import announced, attachment
from outsend_api.errors import may

router = APIRouter(prefix="/api/jobs/{job_id}", tags=["jobs"])

READING = may(400, 401, 403, 404, 410, 422)
FILES: Mapping[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            found.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for found in FORMATS.values()
        },
    }
}

Offset = Annotated[int, Query(description="Rows to skip; below 0 counts as 0.")]
Limit = Annotated[int, Query(description=f"Rows wanted; brought into 1 to {ITEMS_PAGE_MAX}.")]
FormatName = Annotated[str, Query(alias="format", description="csv, json or xlsx", examples=["csv"])]
LinkToken = Annotated[str | None, Query(description="Of a download link; then nobody need be signed in.")]


@router.get("/items", responses=READING)
def list_items(job_id: str, user: SignedIn, offset: Offset = 0, limit: Limit = ITEMS_PAGE_DEFAULT) -> ItemsPage:
    """Rows of a job that is done, as JSON, for the next job."""
    return user.run(results.items, job_id, offset=offset, limit=limit)


@router.get("/results", responses=READING)
def list_results(job_id: str, user: SignedIn, offset: Offset = 0, limit: Limit = ITEMS_PAGE_DEFAULT) -> ItemsPage:
    """Rows of a job that is done: another name for its items."""
    return user.run(results.items, job_id, offset=offset, limit=limit)


@router.get("/report", responses=may(401, 403, 404, 410, 422))
def get_report(
    job_id: str, user: SignedIn, row: Annotated[int, Query(description="Place in the job's output, from 0.")]
) -> RowReport:
    """The evidence behind one row: what was found, where, by which way."""
    return user.run(results.report, job_id, row)


@router.get("/download-link", responses=READING)
def get_download_link(job_id: str, user: SignedIn, name: FormatName = "csv") -> DownloadLink:
    """An address that gives the file to whoever opens it, for 10 minutes, without signing in."""
    return user.run(results.download_link, job_id, name)


def _opened(
    job_id: str, door: Door, services: TheServices, name: FormatName = "csv", token: LinkToken = None
) -> tuple[Output, Format]:
    """The job's output by a link's token, or else as its owner; and the format that was asked for."""
    found = format_named(name)
    if token is not None:
        return services.run(None, results.open_link, job_id, name, token), found
    return door().run(results.open_download, job_id), found


Opened = Annotated[tuple[Output, Format], Depends(_opened)]


@router.get("/download", response_class=StreamingResponse, responses={**FILES, **READING})
def download(opened: Opened, services: TheServices) -> StreamingResponse:
    """The job's rows as a file. An interrupted job gives the rows that it has.

    The transfer has no known length; one that breaks off has no regular end, so a cut file never looks whole.
    """
    output, found = opened
    pieces = found.write(output.columns, results.output_rows(services, output))
    return attachment(pieces, _filename(output, found), found.media_type)


@router.head("/download", include_in_schema=False)
def announce_download(opened: Opened) -> Response:
    """The headers of the file alone."""
    output, found = opened
    return announced(_filename(output, found), found.media_type)


def _filename(output: Output, found: Format) -> str:
    return f"{output.filename.removesuffix('.csv')}.{found.name}"
