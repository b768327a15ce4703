"""What a client offers while its user fills in a prompt or an address: places, and what the caller has itself."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CompleteRequestParams, CompleteResult, Completion, PromptReference

from engine.context import Caller
from engine.export.formats import FORMATS
from engine.geo.gazetteer import beginning
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from llms.bundle import pages
from outsend_mcp.prompts import DAYS, PROMPTS
from outsend_mcp.resources import KINDS
from outsend_mcp.tools import CallerOf, RequestContext

VALUES_MAX = 100  # the protocol's
PLACES = 20
TYPED_MAX = 64  # characters, beyond which nothing is called so
USUAL_DAYS = ("1", "7", "14", "30")

Offer: TypeAlias = Callable[[Caller, str], Awaitable[list[str]]]


class Completions:
    """Completes each argument of the prompts, and each variable of the resources' addresses."""

    def __init__(self, caller_of: CallerOf) -> None:
        self._caller_of = caller_of

    async def complete(self, request: RequestContext, params: CompleteRequestParams) -> CompleteResult:
        """What begins as typed. Raises MCPError: there is no such prompt, or no such form of addresses."""
        asked = params.ref.name if isinstance(params.ref, PromptReference) else params.ref.uri
        offers = OFFERS.get(asked)
        if offers is None:
            raise MCPError(INVALID_PARAMS, "No such prompt or resource template.")
        offer, typed = offers.get(params.argument.name), params.argument.value.strip()
        found = [] if offer is None or len(typed) > TYPED_MAX else await offer(self._caller_of(request), typed)
        return CompleteResult(completion=Completion(values=found[:VALUES_MAX], has_more=len(found) > VALUES_MAX))


async def _jobs(caller: Caller, typed: str) -> list[str]:
    return await caller.call(jobs.ids, typed, limit=VALUES_MAX + 1)


async def _pipelines(caller: Caller, typed: str) -> list[str]:
    return await caller.call(pipelines.ids, typed, limit=VALUES_MAX + 1)


async def _places(caller: Caller, typed: str) -> list[str]:
    return await asyncio.to_thread(beginning, typed, limit=PLACES)


async def _slugs(caller: Caller, typed: str) -> list[str]:
    """Slugs of pages; a module is found by its own slug, too."""
    wanted = typed.lower().replace("-", "_")
    names = {page.name: page.name.replace("-", "_") for page in pages()}
    return [name for name, folded in names.items() if folded.startswith(wanted) or f"/{wanted}" in folded]


def _one_of(values: Sequence[str]) -> Offer:
    async def offer(caller: Caller, typed: str) -> list[str]:
        return [value for value in values if value.startswith(typed)]

    return offer


ARGUMENTS: Mapping[str, Offer] = {"job_id": _jobs, "zone": _places, DAYS: _one_of(USUAL_DAYS)}
VARIABLES: Mapping[str, Mapping[str, Offer]] = {
    "job": {"id": _jobs},
    "job-rows": {"id": _jobs},
    "job-export": {"id": _jobs, "fmt": _one_of(tuple(FORMATS))},
    "pipeline": {"id": _pipelines},
    "docs": {"slug": _slugs},
}
# By the name of a prompt, or the form of an address.
OFFERS: Mapping[str, Mapping[str, Offer]] = {prompt.name: ARGUMENTS for prompt in PROMPTS} | {
    kind.uri: VARIABLES[kind.name] for kind in KINDS
}
