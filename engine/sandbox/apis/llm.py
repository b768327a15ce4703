"""The model providers at their real host names: keys, paths, the log; what is said in between is `llm_mind`'s."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from engine.sandbox.apis import llm_anthropic, llm_chat
from engine.sandbox.apis.llm_chat_errors import bad_request
from engine.sandbox.apis.llm_desk import DESK_HOST, Desk, SeenRequest
from engine.sandbox.apis.llm_mind import think
from engine.sandbox.apis.llm_providers import ANTHROPIC, FAULTS, PROVIDERS, Provider, state_of
from engine.sandbox.apis.llm_types import Answer, Prompt
from engine.sandbox.apis.llm_wire import ModelError, json_reply
from engine.sandbox.http import Reply, Request


def model_hosts() -> Iterator[tuple[str, Callable[[Request], Reply]]]:
    """Each host's name with what answers there: the providers, then the control host."""
    desk = Desk()
    for provider in PROVIDERS:
        yield provider.host, partial(_answer, provider, desk)
    yield DESK_HOST, desk.answer


def _answer(provider: Provider, desk: Desk, request: Request) -> Reply:
    key = llm_anthropic.key_of(request) if provider is ANTHROPIC else llm_chat.key_of(request)
    seen = desk.note(provider, request, key)
    try:
        return _served(provider, desk, request, key, seen)
    except ModelError as error:
        seen.status, seen.ended = error.status, "whole"
        return json_reply(error.status, error.body, error.headers)


def _served(provider: Provider, desk: Desk, request: Request, key: str, seen: SeenRequest) -> Reply:
    path = _below(provider, request.path)
    if provider is ANTHROPIC:
        return _messages(desk, request, path, key, seen)
    if (request.method, path) not in (("GET", "/models"), ("POST", "/chat/completions")):
        raise ModelError(404, {"error": {"message": f"Invalid URL ({request.method} {request.path})"}})
    llm_chat.refuse_key(provider, state_of(provider, key), desk, key)
    if request.method == "GET":
        seen.ended = "whole"
        return llm_chat.models(provider)
    if not _is_object(request.body):
        raise bad_request(provider, "We could not parse the JSON body of your request.")
    prompt, usage = llm_chat.read(provider, request.body)
    answer = _thought(desk, prompt, request, seen)
    return llm_chat.respond(provider, prompt, answer, desk, seen, usage=usage)


def _messages(desk: Desk, request: Request, path: str, key: str, seen: SeenRequest) -> Reply:
    if (request.method, path) not in (("GET", "/models"), ("POST", "/messages")):
        raise llm_anthropic.error(404, "not_found_error", "Not found")
    llm_anthropic.refuse_key(state_of(ANTHROPIC, key), desk, key)
    if request.method == "GET":
        seen.ended = "whole"
        return llm_anthropic.models(request)
    prompt = llm_anthropic.read(request)
    answer = _thought(desk, prompt, request, seen)
    return llm_anthropic.respond(prompt, answer, desk, seen)


def _thought(desk: Desk, prompt: Prompt, request: Request, seen: SeenRequest) -> Answer:
    """The scripted answer, else the mind's; a model of a fault has it whatever it says."""
    seen.model, seen.stream, seen.body = prompt.model, prompt.stream, json.loads(request.body)
    answer = desk.scripted(prompt) or think(prompt)
    fault = FAULTS.get(prompt.model.rpartition("/")[2])
    return replace(answer, fault=fault) if fault else answer


def _below(provider: Provider, path: str) -> str:
    """The path below the provider's base."""
    bases = sorted({provider.base, provider.also or ""}, key=len, reverse=True)
    return next((path.removeprefix(base) for base in bases if base and path.startswith(base)), path)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
