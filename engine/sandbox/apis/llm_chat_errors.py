"""How each of the OpenAI-compatible providers refuses. Source: their public references; each has words of its own."""

from typing import Literal

from engine.sandbox.apis.llm_providers import LONG_RETRY_SECONDS, RETRY_AFTER_SECONDS, Provider
from engine.sandbox.apis.llm_wire import ModelError

Refusal = Literal["key", "revoked", "credit", "limit", "model", "overloaded"]
OPENAI: dict[Refusal, tuple[int, str, str, str | None]] = {  # status, message, type, code
    "key": (401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    "revoked": (401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    "credit": (
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "limit": (429, "Rate limit reached for requests per min (RPM).", "requests", "rate_limit_exceeded"),
    "model": (
        404,
        "The model does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
    ),
    "overloaded": (503, "The server is overloaded or not ready yet.", "server_error", None),
}
GROQ = OPENAI | {
    "key": (401, "Invalid API Key", "invalid_request_error", "invalid_api_key"),
    "revoked": (401, "Invalid API Key", "invalid_request_error", "invalid_api_key"),
    "credit": (
        400,
        "API access has been blocked because your organization's spend limit was reached.",
        "invalid_request_error",
        "blocked_api_access",
    ),
}
DEEPSEEK = OPENAI | {
    "key": (401, "Authentication Fails, Your api key is invalid", "authentication_error", "invalid_request_error"),
    "revoked": (401, "Authentication Fails, Your api key is invalid", "authentication_error", "invalid_request_error"),
    "credit": (402, "Insufficient Balance", "unknown_error", "invalid_request_error"),
    "model": (400, "Model Not Exist", "invalid_request_error", "invalid_request_error"),
}
GEMINI: dict[Refusal, tuple[int, str, str]] = {  # code, message, status
    "key": (400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT"),
    "revoked": (403, "Your API key was reported as leaked. Please use another API key.", "PERMISSION_DENIED"),
    "credit": (429, "You exceeded your current quota, please check your plan and billing.", "RESOURCE_EXHAUSTED"),
    "limit": (429, "Resource has been exhausted (e.g. check quota).", "RESOURCE_EXHAUSTED"),
    "model": (404, "The model is not found for API version v1main.", "NOT_FOUND"),
    "overloaded": (503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
}
MISTRAL: dict[Refusal, tuple[int, dict[str, object]]] = {
    "key": (401, {"detail": "Unauthorized"}),
    "revoked": (401, {"detail": "Unauthorized"}),
    "credit": (402, {"detail": "You cannot call this API: payment is required."}),
    "limit": (429, {"object": "error", "message": "Rate limit exceeded", "type": "rate_limited", "code": "1300"}),
    "model": (400, {"object": "error", "message": "Invalid model", "type": "invalid_model", "code": "1500"}),
    "overloaded": (503, {"object": "error", "message": "Service unavailable.", "type": "unavailable", "code": "3700"}),
}
XAI: dict[Refusal, tuple[int, str, str]] = {  # status, code, error
    "key": (400, "Client specified an invalid argument", "Incorrect API key provided."),
    "revoked": (403, "The caller does not have permission to execute the specified operation", "API key is blocked."),
    "credit": (
        403,
        "The caller does not have permission to execute the specified operation",
        "Your team doesn't have any credits yet.",
    ),
    "limit": (429, "Some resource has been exhausted", "Too many requests for your team."),
    "model": (404, "Some requested entity was not found", "The model does not exist or your team has no access to it."),
    "overloaded": (503, "The service is currently unavailable", "The model is at capacity."),
}
COMPATIBLE: dict[Refusal, tuple[int, str]] = {
    "key": (401, "No auth credentials found"),
    "revoked": (401, "User not found."),
    "credit": (402, "Insufficient credits. Add more to go on."),
    "limit": (429, "Rate limit exceeded"),
    "model": (400, "This is not a valid model ID"),
    "overloaded": (503, "No provider available for this model"),
}
LIKE_OPENAI = {"openai": OPENAI, "groq": GROQ, "deepseek": DEEPSEEK}


def refusal(provider: Provider, kind: Refusal, *, wait_long: bool = False) -> ModelError:
    """A refusal in the provider's own words; one for too many requests says when to come back."""
    wait = LONG_RETRY_SECONDS if wait_long else RETRY_AFTER_SECONDS
    headers = (("Retry-After", str(wait)),) if kind == "limit" else ()
    status, body = _body(provider, kind)
    return ModelError(status, body, headers)


def bad_request(provider: Provider, message: str, *, param: str | None = None, code: str | None = None) -> ModelError:
    """A request that the provider doesn't take."""
    match provider.id:
        case "gemini":
            return ModelError(400, [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}])
        case "mistral":
            return ModelError(
                422, {"detail": [{"type": code or "value_error", "loc": ["body", param], "msg": message}]}
            )
        case "xai":
            return ModelError(400, {"code": "Client specified an invalid argument", "error": message})
        case "openai_compatible":
            return ModelError(400, {"error": {"code": 400, "message": message}})
        case _:
            error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
            return ModelError(400, {"error": error})


def _body(provider: Provider, kind: Refusal) -> tuple[int, object]:
    match provider.id:
        case "gemini":
            status, message, name = GEMINI[kind]
            # A list around it: so Google's compatible endpoint answers.
            return status, [{"error": {"code": status, "message": message, "status": name}}]
        case "mistral":
            return MISTRAL[kind]
        case "xai":
            status, code, message = XAI[kind]
            return status, {"code": code, "error": message}
        case "openai_compatible":
            status, message = COMPATIBLE[kind]
            return status, {"error": {"code": status, "message": message}}
        case other:
            status, message, group, code = LIKE_OPENAI[other][kind]
            return status, {"error": {"message": message, "type": group, "param": None, "code": code}}
