"""What surrounds each message: which tools a connection sees, turns, the audit log, and no inside text on the wire."""

import asyncio
import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, cast
from weakref import WeakValueDictionary

from mcp.server.context import CallNext, HandlerResult
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS
from pydantic import ValidationError

from engine.context import Caller
from engine.tools.refusals import internal_error
from outsend_mcp.prompts import PROMPTS
from outsend_mcp.tools import RequestContext
from outsend_mcp.view import View

AT_ONCE = 8  # calls of an account in this process; others wait
# Methods beside tools/call that wait for their turn, and whether the audit log tells of them: not of each key stroke.
READS = {"resources/read": True, "completion/complete": False}
CLIENT_LENGTH = 60
HASH_LENGTH = 12
ID = re.compile(r"[\w-]{1,64}", re.ASCII)
WORK_URI = re.compile(r"outsend://(?:jobs|pipelines)/([\w-]+)", re.ASCII)
UNPRINTABLE = re.compile(r"[^\w./ ()-]")

Wire: TypeAlias = dict[str, Any]

log = logging.getLogger(__name__)
audit = logging.getLogger("outsend.audit")


class Messages:
    """The SDK's middleware: `tools/list` and `tools/call` as the connection's address chooses, the rest as it is."""

    def __init__(self, caller_of: Callable[[RequestContext], Caller], view: Callable[[RequestContext], View]) -> None:
        self._caller_of, self._view = caller_of, view
        self._turns: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, ctx: RequestContext, call_next: CallNext) -> HandlerResult:
        try:
            return await self._answer(ctx, call_next)
        except (MCPError, ValidationError):
            raise
        except Exception:
            fault = internal_error()
            log.exception("%s failed. %s", ctx.method, fault.text)
            raise MCPError(INTERNAL_ERROR, fault.text) from None

    async def _answer(self, ctx: RequestContext, call_next: CallNext) -> HandlerResult:
        if ctx.method == "tools/list":
            return self._listed(cast("Wire", await call_next(ctx)), self._view(ctx))
        if ctx.method == "prompts/list":
            return await self._prompts(ctx, call_next)
        if ctx.method == "prompts/get":
            await self._ensure_prompt(ctx, call_next)
        elif ctx.method == "tools/call":
            return await self._called(ctx, call_next)
        elif ctx.method in READS:
            return await self._read(ctx, call_next)
        elif ctx.method == "tasks/cancel":
            return await self._noted(ctx, call_next, ctx.method)
        return await call_next(ctx)

    async def _prompts(self, ctx: RequestContext, call_next: CallNext) -> Wire:
        """Without those whose plans need a tool that the connection does not see."""
        result, view = cast("Wire", await call_next(ctx)), self._view(ctx)
        lacking = {prompt.name for prompt in PROMPTS if not prompt.tools <= view.names}
        return {**result, "prompts": [prompt for prompt in result["prompts"] if prompt["name"] not in lacking]}

    async def _ensure_prompt(self, ctx: RequestContext, call_next: CallNext) -> None:
        """The SDK takes an unknown name for a fault of ours."""
        params = ctx.params or {}
        listing = replace(ctx, method="prompts/list", params={"_meta": params.get("_meta", {})})
        listed = (await self._prompts(listing, call_next))["prompts"]
        if params.get("name") not in [prompt["name"] for prompt in listed]:
            raise MCPError(INVALID_PARAMS, "No prompt of that name; prompts/list names those there are.")

    def _listed(self, result: Wire, view: View) -> Wire:
        return {**result, "tools": [tool for tool in result["tools"] if tool["name"] in view.names]}

    async def _called(self, ctx: RequestContext, call_next: CallNext) -> HandlerResult:
        view, params = self._view(ctx), ctx.params or {}
        if params.get("name") not in view.names:
            raise MCPError(INVALID_PARAMS, f"Unknown tool. This connection has {', '.join(sorted(view.names))}.")
        async with self._turn(ctx):
            return await self._noted(ctx, call_next, params["name"])

    async def _read(self, ctx: RequestContext, call_next: CallNext) -> HandlerResult:
        async with self._turn(ctx):
            return await (self._noted(ctx, call_next, ctx.method) if READS[ctx.method] else call_next(ctx))

    def _turn(self, ctx: RequestContext) -> asyncio.Semaphore:
        """The account's turns; an account that has none at work leaves nothing behind."""
        return self._turns.setdefault(self._caller_of(ctx).principal.account_id, asyncio.Semaphore(AT_ONCE))

    async def _noted(self, ctx: RequestContext, call_next: CallNext, name: str) -> HandlerResult:
        account_id, began = self._caller_of(ctx).principal.account_id, time.monotonic()
        result: Wire = {}
        outcome = "broken off"
        try:
            result = cast("Wire", await call_next(ctx))
            outcome = "error" if result.get("isError") else "done"
            return result
        except MCPError:
            outcome = "error"
            raise
        finally:
            told = {"account": account_id, "tool": name, "outcome": outcome}
            _note(ctx, told, result, milliseconds=round((time.monotonic() - began) * 1000))


def _note(ctx: RequestContext, told: Wire, result: Wire, *, milliseconds: int) -> None:
    """Who called what, and how it went: no rows, no arguments, no tokens."""
    params = ctx.params or {}
    arguments = json.dumps(params.get("arguments", params.get("uri")), sort_keys=True)
    fields = {
        **told,
        "client": _client_of(ctx),
        "arguments": hashlib.sha256(arguments.encode()).hexdigest()[:HASH_LENGTH],
        "work": _work_of(result, params),
        "characters": len(json.dumps(result, ensure_ascii=False)) if result else 0,
        "milliseconds": milliseconds,
    }
    audit.info("tool call", extra={"fields": {name: value for name, value in fields.items() if value is not None}})


def _client_of(ctx: RequestContext) -> str | None:
    """The program at the other end, as it calls itself."""
    known = ctx.session.client_params
    if known is not None:
        name = f"{known.client_info.name} {known.client_info.version}"
    else:
        name = ctx.request.headers.get("user-agent", "") if ctx.request is not None else ""
    return UNPRINTABLE.sub("?", name)[:CLIENT_LENGTH] or None


def _work_of(result: Wire, params: Mapping[str, Any]) -> str | None:
    """The job or pipeline that the answer tells of, or the one that was asked for."""
    told: Wire = result.get("structuredContent") or {}
    found: Wire = told.get("job") or told.get("pipeline") or {}
    asked: Wire = params.get("arguments") or {}
    work = (
        found.get("id")
        or result.get("taskId")
        or params.get("taskId")
        or asked.get("job_id")
        or asked.get("pipeline_id")
        or _named_by(params.get("uri"))
    )
    return work if isinstance(work, str) and ID.fullmatch(work) else None


def _named_by(uri: object) -> str | None:
    """The job or pipeline that an address names."""
    named = WORK_URI.match(uri) if isinstance(uri, str) else None
    return named and named[1]
