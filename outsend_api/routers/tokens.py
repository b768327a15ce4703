"""`/api/tokens`: personal access tokens, for scripts and agents. A session alone may make, see or revoke them."""

from typing import Annotated

from fastapi import APIRouter, Path

from engine.accounts import api_tokens
from engine.accounts.schemas import NewToken, TokenList, TokenRequest
from outsend_api.access import AccountHolder
from outsend_api.errors import may
from outsend_api.routers.parameters import ID_MAX

router = APIRouter(prefix="/api/tokens", tags=["tokens"])


@router.get("", responses=may(401, 403))
def list_tokens(user: AccountHolder) -> TokenList:
    """Your tokens, newest first, without their secrets."""
    return user.run(api_tokens.list_tokens)


@router.post("", status_code=201, responses=may(400, 401, 403, 422))
def create_token(asked: TokenRequest, user: AccountHolder) -> NewToken:
    """Make a token. Its secret stands in this answer alone."""
    return user.run(api_tokens.create_token, name=asked.name, scope=asked.scope)


@router.delete("/{token_id}", status_code=204, responses=may(400, 401, 403, 404, 422))
def revoke_token(token_id: Annotated[int, Path(ge=1, le=ID_MAX)], user: AccountHolder) -> None:
    """Revoke a token: it is refused from now on."""
    user.run(api_tokens.revoke_token, token_id)
