"""What tests tell the models to say and learn of who asked: a host of the sandbox's own, outside every real name.

`POST /answers` `{match, answers, forever}` registers answers for the requests whose words hold `match` (in order, each
once; with `forever` the last one stays), `DELETE /answers` forgets them; `GET /requests` tells what reached the
providers since `DELETE /requests`.
"""

import hashlib
import json
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.clock import Clock
from engine.sandbox.apis.desk import log_of, taken
from engine.sandbox.apis.llm_providers import LIMITED_TIMES, Provider
from engine.sandbox.apis.llm_types import Answer, Call, Fault, JsonObject, Prompt
from engine.sandbox.http import Reply, Request, reply

DESK_HOST = "llm-control.test"
KEPT = 2_000  # requests


class ScriptedCall(BaseModel):
    name: str
    arguments: JsonObject = {}


class ScriptedAnswer(BaseModel):
    """`text`, or `data` as the JSON that it writes, with `calls` of tools and a `fault`."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""
    data: Any = None
    calls: tuple[ScriptedCall, ...] = ()
    fault: Fault | None = None

    def answer(self) -> Answer:
        text = self.text if self.data is None else json.dumps(self.data, ensure_ascii=False)
        return Answer(text, tuple(Call("", call.name, call.arguments) for call in self.calls), self.fault)


class Script(BaseModel):
    model_config = ConfigDict(extra="forbid")

    match: str
    answers: list[ScriptedAnswer] = Field(min_length=1)
    forever: bool = False


class SeenRequest(BaseModel):
    """One request that reached a provider. `time` is UTC, `key` a digest, `body` what was sent.

    `ended`: `whole` when everything was sent, `hung_up` when the client went first, `broken` where a fault ended it,
    `open` as long as it goes on.
    """

    time: str
    provider: str
    method: str
    path: str
    key: str
    model: str = ""
    stream: bool = False
    status: int = 200
    input_tokens: int = 0
    output_tokens: int = 0
    ended: Literal["open", "whole", "hung_up", "broken"] = "open"
    body: JsonObject = {}


def key_digest(key: str) -> str:
    """How a key stands in `SeenRequest.key`."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Running:
    """A script and how many of its answers were given."""

    script: Script
    given: int = 0

    def next(self) -> Answer | None:
        if self.given < len(self.script.answers):
            self.given += 1
            return self.script.answers[self.given - 1].answer()
        return self.script.answers[-1].answer() if self.script.forever else None


class Desk:
    """The scripts, the log and the counts of every provider of one world."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._scripts: list[_Running] = []
        self._seen: deque[SeenRequest] = deque(maxlen=KEPT)
        self._limited: Counter[str] = Counter()
        self._numbers = 0

    def note(self, provider: Provider, request: Request, key: str) -> SeenRequest:
        """Enter a request in the log; the entry is completed while it is answered."""
        now = self._clock.now().isoformat()
        seen = SeenRequest(
            time=now, provider=provider.id, method=request.method, path=request.path, key=key_digest(key)
        )
        self._seen.append(seen)
        return seen

    def number(self) -> int:
        """The next number, for ids."""
        self._numbers += 1
        return self._numbers

    def still_limited(self, key: str) -> bool:
        """Whether a key of state `limited` has to wait once more."""
        self._limited[key] += 1
        return self._limited[key] <= LIMITED_TIMES

    def scripted(self, prompt: Prompt) -> Answer | None:
        """The next answer that somebody registered for such a request."""
        for running in self._scripts:
            if running.script.match in prompt.text:
                answer = running.next()
                if answer is not None:
                    return answer
        return None

    def answer(self, request: Request) -> Reply:
        """The control host."""
        match request.method, request.path:
            case "POST", "/answers":
                return taken(request.body, Script, lambda script: self._scripts.append(_Running(script)))
            case "DELETE", "/answers":
                self._scripts.clear()
                return reply(204)
            case _:
                return log_of(request, self._seen)
