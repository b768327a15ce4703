"""What people may do with their own data: take it along, and have it deleted (docs page api/auth)."""

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from engine.privacy.erasure import erase
from engine.privacy.export import MEDIA_TYPE, export
from outsend_api.access import AccountHolder
from outsend_api.cookies import clear_session
from outsend_api.errors import may

router = APIRouter(prefix="/api/auth", tags=["auth"])


class DeleteAccount(BaseModel):
    """`confirm_email` is the account's own address, in any case of letters."""

    confirm_email: str = Field(min_length=1, max_length=320, examples=["ada@example.com"])


@router.delete("/me", status_code=204, responses=may(400, 401, 403, 422))
def delete_account(body: DeleteAccount, holder: AccountHolder) -> Response:
    """Delete the account and everything it owns, for good: jobs, pipelines, sessions, tokens, files."""
    erase(holder, body.confirm_email)
    response = Response(status_code=204)
    clear_session(response, holder.services.settings)
    return response


@router.get(
    "/me/export",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "A ZIP archive"}, **may(401, 403)},
)
def export_account(holder: AccountHolder) -> StreamingResponse:
    """Download everything the account owns as a ZIP archive: account, jobs with their results, pipelines, veilles."""
    archive = export(holder)
    headers = {"Content-Disposition": f'attachment; filename="{archive.filename}"'}
    return StreamingResponse(archive.pieces, media_type=MEDIA_TYPE, headers=headers)
