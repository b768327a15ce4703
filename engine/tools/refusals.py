"""How a refused call is told to an agent, whoever speaks to it: `{code, message, hint, retry_after?}`, nothing else."""

import json
import re
import secrets
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.errors import OutsendError
from engine.jobs.problems import problem_of
from engine.tools.hints import next_step
from engine.tools.tool import AnyTool

NAME_LENGTH = 64
UNPRINTABLE = re.compile(r"[^\w.\-]")
# Pydantic's own words for these are no help to a model, or quote the value.
PROBLEMS = {
    "missing": "argument requis",
    "extra_forbidden": "argument inconnu",
    "union_tag_invalid": "valeur non admise",
    "union_tag_not_found": "valeur non admise",
}


class BadArguments(OutsendError):
    code = "bad_arguments"
    kind = "unprocessable"
    message = "Argument « {field} » : {problem}"
    hint = "Correct {field} and call {tool} again. Its arguments: {known}.{example}"


class InternalError(OutsendError):
    code = "internal_error"
    message = "Internal error, ref {reference}"
    hint = "Repeat the call once; if it stays, tell the operator of this server the reference."


def told(error: OutsendError, *, unlisted: Collection[str] = ()) -> str:
    """An error as JSON text. `unlisted`: tools that the caller does not see, which no hint names."""
    hint = next_step(error, unlisted=unlisted)
    fields: dict[str, object] = {"code": error.code, "message": error.text, "hint": hint}
    if "retry_after" in error.values:
        fields["retry_after"] = error.values["retry_after"]
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def bad_arguments(tool: AnyTool, error: ValidationError) -> BadArguments:
    """The first wrong argument, by name and rule; its value is not repeated. With arguments that pass."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(UNPRINTABLE.sub("?", str(part)) for part in first["loc"])[:NAME_LENGTH]
    return BadArguments(
        field=field or "(all)",
        problem=_problem(first),
        tool=tool.name,
        known=", ".join(tool.params.model_fields) or "none",
        example=_example(tool.example),
    )


def internal_error() -> InternalError:
    """A fault of ours, with the reference under which the log has it."""
    return InternalError(reference=secrets.token_hex(4))


def _example(arguments: Mapping[str, Any]) -> str:
    return f" Example: {json.dumps(arguments, ensure_ascii=False)}." if arguments else ""


def _problem(error: ErrorDetails) -> str:
    return PROBLEMS.get(error["type"]) or problem_of(error)
