"""`/api/settings/ai`, `/api/settings/ai-caps`, `/api/ai`: the user's own AI key, spending caps, usage and estimates."""

from typing import Annotated

from fastapi import APIRouter, Query

from engine.ai import connecting, keys, operations
from engine.ai.schemas import (
    AiEstimate,
    AiSettingsPublic,
    AiSettingsRequest,
    Caps,
    CapsRequest,
    EstimateRequest,
    ModelList,
    ProviderList,
    UsagePage,
)
from engine.limits import AI_USAGE_PAGE_DEFAULT, AI_USAGE_PAGE_MAX
from outsend_api.access import AccountHolder, SignedIn
from outsend_api.errors import may
from outsend_api.routers.parameters import Cursor

router = APIRouter(prefix="/api", tags=["ai"])

Limit = Annotated[int, Query(description=f"Entries wanted; brought into 1 to {AI_USAGE_PAGE_MAX}.")]


@router.get("/settings/ai", responses=may(401, 403))
def get_ai_settings(user: AccountHolder) -> AiSettingsPublic:
    """What you have connected. The key itself is never given back."""
    return user.run(keys.look)


@router.put("/settings/ai", responses=may(400, 401, 403, 422))
async def connect_ai(asked: AiSettingsRequest, user: AccountHolder) -> AiSettingsPublic:
    """Connect an AI provider by your own key. A key that the provider refuses is not stored."""
    return await connecting.connect(user, asked)


@router.delete("/settings/ai", status_code=204, responses=may(401, 403))
def disconnect_ai(user: AccountHolder) -> None:
    """Forget the key. AI features stop; what they have made stays."""
    user.run(keys.disconnect)


@router.get("/settings/ai/providers", responses=may(401, 403))
def list_ai_providers(user: AccountHolder) -> ProviderList:
    """The providers that a key may belong to."""
    return operations.providers()


@router.get("/settings/ai/models", responses=may(400, 401, 403, 429, 502))
async def list_ai_models(user: AccountHolder) -> ModelList:
    """The models that your key may use, as the provider lists them at this moment."""
    return await connecting.models(user)


@router.get("/settings/ai-caps", responses=may(401, 403))
def get_ai_caps(user: AccountHolder) -> Caps:
    """Your spending caps, and what is left of them. Days and months are UTC."""
    return user.run(operations.caps)


@router.put("/settings/ai-caps", responses=may(400, 401, 403, 422))
def set_ai_caps(asked: CapsRequest, user: AccountHolder) -> Caps:
    """Change spending caps. It takes effect at once."""
    return user.run(operations.set_caps, asked)


@router.get("/ai/usage", responses=may(401, 403, 422))
def list_ai_usage(user: SignedIn, limit: Limit = AI_USAGE_PAGE_DEFAULT, cursor: Cursor = None) -> UsagePage:
    """What was asked of models, and what it cost, newest first."""
    return user.run(operations.usage, limit=limit, cursor=cursor)


@router.post("/ai/estimate", responses=may(400, 401, 403, 422))
def estimate_ai(asked: EstimateRequest, user: SignedIn) -> AiEstimate:
    """The most that an AI action can cost, and what your caps leave. Nothing is asked of the provider."""
    return user.run(operations.estimate, asked)
