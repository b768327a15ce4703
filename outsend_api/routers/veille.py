"""`/api/veille`: what runs again on a schedule, its runs, and what stood out. Source: docs page api/veille."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query
from fastapi.responses import StreamingResponse

from engine.accounts.repeats import once
from engine.accounts.schemas import Ok
from engine.context import Services
from engine.limits import SIGNALS_PAGE_MAX
from engine.veille import operations as veilles
from engine.veille.links import open_signals_link
from engine.veille.schemas import (
    RunDetail,
    RunList,
    SignalList,
    SignalsFile,
    VeilleChanges,
    VeilleList,
    VeillePublic,
    VeilleRequest,
)
from outsend_api.access import ActiveUser, Door, SignedIn, TheServices
from outsend_api.attachments import attachment
from outsend_api.errors import may
from outsend_api.idempotency import ByKey
from outsend_api.routers.bodies import ShownAs
from outsend_api.routers.job_results import FILES, LinkToken
from outsend_api.routers.parameters import ID_MAX

router = APIRouter(prefix="/api/veille", tags=["veille"])

VeilleId = Annotated[int, Path(ge=1, le=ID_MAX, description="The veille's `id`.")]
RunId = Annotated[int, Path(ge=1, le=ID_MAX, description="The run's `id`, as the list of runs gives it.")]
CreationBody = Annotated[Any, ShownAs(VeilleRequest), Body()]
ChangesBody = Annotated[Any, ShownAs(VeilleChanges), Body()]
Offset = Annotated[int, Query(ge=0, le=ID_MAX, description="Signals to skip.")]
Limit = Annotated[int, Query(description=f"Signals wanted; brought into 1 to {SIGNALS_PAGE_MAX}.")]
FormatName = Annotated[str | None, Query(alias="format", description="csv, json or xlsx: all signals as a file.")]
READING = may(401, 403, 404, 422)
CHANGING = may(400, 401, 403, 404, 413, 422)


@router.get("", responses=may(401, 403))
def list_veilles(user: SignedIn) -> VeilleList:
    """Your active and paused veilles, newest first."""
    return user.run(veilles.list_veilles)


@router.post("", responses=may(400, 401, 403, 413, 422))
def create_veille(body: CreationBody, user: ActiveUser, asked: ByKey) -> VeillePublic:
    """Watch a scrap job or a pipeline of yours that is done. It runs again every `frequency_days`.

    Its rows, if they are still there, are what the next run is compared with.
    """
    return user.run(once, asked, VeillePublic, veilles.create, body)


@router.get("/{veille_id}", responses=READING)
def get_veille(veille_id: VeilleId, user: SignedIn) -> VeillePublic:
    """One veille."""
    return user.run(veilles.get, veille_id)


@router.patch("/{veille_id}", responses=CHANGING)
def change_veille(veille_id: VeilleId, body: ChangesBody, user: ActiveUser) -> VeillePublic:
    """Change name, cadence or status. What is left out stays; a new cadence counts from now."""
    return user.run(veilles.change, veille_id, body)


@router.delete("/{veille_id}", responses=READING)
def delete_veille(veille_id: VeilleId, user: ActiveUser) -> Ok:
    """Stop a veille for good and take it out of every list. It stays on record until the account is deleted."""
    user.run(veilles.delete, veille_id)
    return Ok()


@router.get("/{veille_id}/runs", responses=READING)
def list_runs(veille_id: VeilleId, user: SignedIn) -> RunList:
    """The runs of a veille, the last one first; those under way before them."""
    return user.run(veilles.list_runs, veille_id)


@router.get("/{veille_id}/runs/{run_id}", responses=READING)
def get_run(veille_id: VeilleId, run_id: RunId, user: SignedIn) -> RunDetail:
    """One run, with the first rows of what is new, removed and modified."""
    return user.run(veilles.get_run, veille_id, run_id)


@router.get("/{veille_id}/runs/{run_id}/signals", response_model=SignalList, responses=CHANGING)
def list_signals(
    veille_id: VeilleId,
    run_id: RunId,
    user: SignedIn,
    name: FormatName = None,
    offset: Offset = 0,
    limit: Limit = SIGNALS_PAGE_MAX,
) -> SignalList | StreamingResponse:
    """Places that lost stars or gained reviews, the most urgent first; with `format`, all of them as a file."""
    if name is not None:
        return _file(user.run(veilles.open_signals, veille_id, run_id, name), user.services)
    return user.run(veilles.list_signals, veille_id, run_id, offset=offset, limit=limit)


@router.get(
    "/{veille_id}/runs/{run_id}/signals.{fmt}",
    response_class=StreamingResponse,
    responses={**FILES, **may(400, 401, 403, 404, 422)},
)
def export_signals(
    veille_id: VeilleId,
    run_id: RunId,
    fmt: Annotated[str, Path(description="csv, json or xlsx")],
    door: Door,
    services: TheServices,
    token: LinkToken = None,
) -> StreamingResponse:
    """All signals of a run as a file, the most urgent first."""
    if token is not None:
        return _file(services.run(None, open_signals_link, veille_id, run_id, fmt, token), services)
    return _file(door().run(veilles.open_signals, veille_id, run_id, fmt), services)


def _file(file: SignalsFile, services: Services) -> StreamingResponse:
    return attachment(veilles.signal_pieces(services, file), file.filename, file.media_type)
