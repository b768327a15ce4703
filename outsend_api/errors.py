"""How errors look over HTTP: one table from kind to status, one body for all."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from engine.errors import Kind, OutsendError
from engine.jobs.problems import problem_of

STATUS: Mapping[Kind, int] = {
    "invalid": 400,
    "unauthenticated": 401,
    "payment": 402,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "gone": 410,
    "unprocessable": 422,
    "too_many": 429,
    "upstream": 502,
    "unavailable": 503,
    "full": 507,
}
# Where the documentation nests the message of a validation error (CONTRACT X-14).
NESTED = ("/api/jobs", "/api/estimate")

log = logging.getLogger(__name__)


class FieldError(BaseModel):
    field: str
    message: str


class ErrorBody(BaseModel):
    """An error. `code` never changes, `detail` is for people (French), `hint` names the next step (English)."""

    detail: str | dict[str, Any]
    code: str
    hint: str
    errors: list[FieldError] | None = None


def may(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error statuses of an endpoint, for its documentation."""
    return {status: {"model": ErrorBody} for status in statuses}


def install(app: FastAPI) -> None:
    """Answer every error of ours, of validation, and of routing in the one shape."""
    app.add_exception_handler(OutsendError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _routing)


def answer(request: Request, error: OutsendError) -> JSONResponse:
    """An error of ours as a response."""
    field = error.values.get("field")
    fields = [{"field": str(field), "message": error.text}] if field is not None else []
    headers = retry_after(error)
    return _body(request, STATUS[error.kind], error.text, error.code, error.next_step, fields=fields, headers=headers)


def retry_after(error: OutsendError) -> dict[str, str]:
    """The `Retry-After` header of an error that passes by itself, in seconds."""
    return {"Retry-After": str(error.values["retry_after"])} if "retry_after" in error.values else {}


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OutsendError)
    return answer(request, error)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return _body(request, 400, "JSON illisible", "bad_json", "Send one JSON document, UTF-8.")
    fields = [{"field": _field_of(problem["loc"]), "message": problem_of(problem)} for problem in problems]
    first = fields[0]
    detail = f"Champ « {first['field']} » : {first['message']}"
    return _body(request, 422, detail, "bad_field", f"Correct {first['field']} and send the request again.", fields)


async def _routing(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    texts = {
        400: ("Requête illisible", "bad_body", "Send one JSON document, UTF-8, or a well-formed multipart form."),
        404: ("Introuvable", "not_found", "See /openapi.json for the paths that exist."),
        405: ("Méthode non autorisée", "method_not_allowed", "The Allow header names the methods of this path."),
    }
    detail, code, hint = texts.get(error.status_code, (str(error.detail), "http_error", ""))
    return _body(request, error.status_code, detail, code, hint, headers=error.headers or {})


def _field_of(loc: Sequence[int | str]) -> str:
    """`items.3.nom` of a body; the bare name of a parameter."""
    return ".".join(str(part) for part in loc[1:]) or str(loc[0])


def _body(
    request: Request,
    status: int,
    detail: str,
    code: str,
    hint: str,
    fields: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {"detail": detail, "code": code, "hint": hint}
    if fields:
        body["errors"] = list(fields)
        if request.url.path.startswith(NESTED):
            body["detail"] = {"message": detail, "errors": list(fields)}
    return JSONResponse(body, status, dict(headers or {}))
