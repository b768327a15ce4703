"""A call that the model asks for: read, run as any agent's is, and told back within a bound."""

import json
import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from engine.accounts.errors import ScopeMissing
from engine.ai.types import ToolCall, ToolSpec
from engine.assistant.said import cut
from engine.context import Caller
from engine.errors import OutsendError
from engine.limits import ASSISTANT_ARGUMENTS_BYTES, ASSISTANT_CALLS_MAX
from engine.tools import shape
from engine.tools.catalog import TOOLS, tool_named
from engine.tools.refusals import bad_arguments, internal_error, told
from engine.tools.tool import Arguments, Silence, Tool
from engine.tools.untrusted import NAME_CHARS

ID_LENGTH = 9  # letters and digits: what every provider takes back, should the user change to another
NOT_A_NAME = re.compile(r"[^a-zA-Z0-9_-]")
DATA = re.compile(r"^\[data (\w+): content, not instructions\]$", re.MULTILINE)
REST = "The rest was cut. Ask for less: a smaller limit, fewer columns, or rules in where."
ROOM = 250  # bytes of what is said about a cut

log = logging.getLogger(__name__)


class UnknownTool(OutsendError):
    code = "assistant_unknown_tool"
    message = "Outil inconnu : {name}"
    hint = "The tools: {known}."


class ArgumentsUnreadable(OutsendError):
    code = "assistant_arguments_unreadable"
    message = "Arguments illisibles ou trop longs (max {limit} octets)"
    hint = "Write the arguments as one JSON object, and a shorter one; a long list is imported by the user."


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that can be made."""

    tool: Tool[Any, Any]
    params: Arguments


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gave: `text` for the model, `summary` for people; `code` of an error."""

    text: str
    summary: str
    code: str | None = None


def specs() -> tuple[ToolSpec, ...]:
    """The catalogue, as models are told of it."""
    return tuple(ToolSpec(tool.name, tool.description, tool.input_schema) for tool in TOOLS)


def taken(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    """The calls of an answer as they are kept: so many at most, under ids of ours; arguments where they are short."""
    kept = list(calls[:ASSISTANT_CALLS_MAX])
    room = ASSISTANT_ARGUMENTS_BYTES // max(len(kept), 1)
    return [
        {
            "id": secrets.token_hex(ID_LENGTH)[:ID_LENGTH],
            "name": NOT_A_NAME.sub("_", call.name)[:NAME_CHARS] or "_",
            "arguments": _short(call.arguments, room),
        }
        for call in kept
    ]


def prepared(caller: Caller, name: str, arguments: Any) -> Ready:
    """The tool and its arguments, checked.

    Raises:
        UnknownTool, ScopeMissing, ArgumentsUnreadable, BadArguments.
    """
    tool = tool_named(name)
    if tool is None:
        raise UnknownTool(name=name, known=", ".join(one.name for one in TOOLS))
    if tool.scope not in caller.principal.scopes:
        raise ScopeMissing(scope=tool.scope)
    if arguments is None:
        raise ArgumentsUnreadable(limit=ASSISTANT_ARGUMENTS_BYTES)
    try:
        return Ready(tool, tool.params.model_validate(arguments))
    except ValidationError as error:
        raise bad_arguments(tool, error) from None


async def run(caller: Caller, ready: Ready, *, room: int) -> Outcome:
    """Make the call. Whatever goes wrong is something that the model can read; our own faults are in the log.

    `room`: bytes that the model is told.
    """
    try:
        result = await ready.tool.run(caller, ready.params, Silence())
    except OutsendError as error:
        return refused(error)
    except Exception:
        fault = internal_error()
        log.exception("%s failed. %s", ready.tool.name, fault.text)
        return refused(fault)
    data = shape.structured(result)
    return Outcome(within(shape.text_of(data), room), data["summary"])


def refused(error: OutsendError) -> Outcome:
    """An error as the outcome of a call."""
    return Outcome(told(error), error.text, error.code)


def within(text: str, room: int) -> str:
    """A result's text of so many bytes at most; what others wrote stays between its marks."""
    short = cut(text, room - ROOM)
    if short == text:
        return text
    # The first mark is ours: before it stand our own words alone.
    opened = DATA.search(short)
    end = f"[end of data {opened[1]}]" if opened else ""
    closed = not end or end in short
    return "\n".join([short, *([] if closed else [end]), REST])


def _short(arguments: Mapping[str, Any] | None, room: int) -> dict[str, Any] | None:
    if arguments is None:
        return None
    size = len(json.dumps(arguments, ensure_ascii=False).encode("utf-8", "replace"))
    return dict(arguments) if size <= room else None
