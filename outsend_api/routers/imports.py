"""`/api/imports`: files for the module `import`, and pasted lists. Source: docs page api/imports."""

from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Request

from engine.imports import operations as imports
from engine.imports.found import read_list
from engine.imports.operations import Arrival
from engine.imports.schemas import ListRequest, ParsedList, UploadPublic, UploadsPublic
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.uploads import receive_file

READERS_MAX = 2  # files that are read at once: each keeps a core busy

router = APIRouter(prefix="/api/imports", tags=["imports"])
lists = APIRouter(prefix="/api/jobs", tags=["imports"])

UploadId = Annotated[str, Path(description="The `upload_id` that sending the file gave.")]
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("", responses=may(400, 401, 403, 413, 429, 507), openapi_extra=FORM)
async def upload_file(request: Request, user: ActiveUser) -> UploadPublic:
    """Send a csv, tsv, xlsx or json file of at most 50 MB, as the part `file` of a form. It is kept for 24 hours.

    The answer shows how it is read: its columns, what they are taken for, its first rows. `upload_id` is for `import`.
    """
    arrivals: list[Arrival] = []

    def begin(filename: str) -> Arrival:
        arrivals.append(imports.begin(user, filename))
        return arrivals[-1]

    await receive_file(request, begin)
    try:
        return await to_thread.run_sync(imports.finish, user, arrivals[0], limiter=_readers(request))
    finally:
        arrivals[0].discard()  # what is kept stays


@router.get("", responses=may(401, 403))
def list_uploads(user: SignedIn) -> UploadsPublic:
    """Your uploaded files, oldest first."""
    return imports.list_uploads(user)


@router.get("/{upload_id}", responses=may(400, 401, 403, 404, 422))
def get_upload(upload_id: UploadId, user: SignedIn) -> UploadPublic:
    """What sending the file answered."""
    return imports.get(user, upload_id)


@router.delete("/{upload_id}", status_code=204, responses=may(400, 401, 403, 404, 422))
def delete_upload(upload_id: UploadId, user: ActiveUser) -> None:
    """Delete a file before its day is over. Jobs that read it are not affected."""
    imports.remove(user, upload_id)


@lists.post("/parse-list", responses=may(400, 401, 403, 413, 422))
def parse_list(asked: ListRequest, user: SignedIn) -> ParsedList:
    """Pasted text as the `items` of a job: a list of sites, addresses or numbers, or a table. Nothing is kept."""
    return read_list(asked.text)


def _readers(request: Request) -> CapacityLimiter:
    """The app's places for reading, made on first use: a limiter belongs to the event loop."""
    state = request.app.state
    if not hasattr(state, "readers"):
        state.readers = CapacityLimiter(READERS_MAX)
    limiter: CapacityLimiter = state.readers
    return limiter
