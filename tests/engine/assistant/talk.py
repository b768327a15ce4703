"""Talking with the assistant: accounts that are connected to the sandbox's models, and the events of a turn."""

from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from typing import Any

from engine.ai import keys
from engine.ai.providers import PROVIDERS, Connection, ProviderId
from engine.assistant import conversations, turn
from engine.assistant.listening import Events
from engine.assistant.schemas import ConfirmRequest, ConversationPublic, Event, MessageRequest
from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.sandbox.apis.llm_desk import SeenRequest, key_digest
from engine.sandbox.apis.llm_providers import provider_named, sandbox_key
from engine.sandbox.process import RunningSandbox
from tests.house import account

MODELS: dict[ProviderId, str] = {"anthropic": "claude-haiku-4-5-20251001", "openai": "gpt-4.1-mini"}
SEARCH = {"queries": ["dentiste"], "zones": ["Tours"]}
TAGS = count(1)


@dataclass(frozen=True)
class Talker:
    """An account with a key of its own, and a word that no other request holds."""

    caller: Caller
    sandbox: RunningSandbox
    key: str
    tag: str

    def script(self, *answers: Any, forever: bool = False) -> None:
        """What the model shall say to this talker."""
        self.sandbox.models.script(self.tag, *answers, forever=forever)

    def asked(self) -> list[SeenRequest]:
        """The requests that reached the provider."""
        return self.sandbox.models.requests(key=key_digest(self.key))

    async def say(self, message: str, conversation_id: str | None = None) -> list[Event]:
        """All events of a turn."""
        words = MessageRequest(message=f"{message} [{self.tag}]", conversation_id=conversation_id)
        return await heard(await turn.say(self.caller, words))

    async def decide(self, token: str, *, approve: bool = True) -> list[Event]:
        return await heard(await turn.decide(self.caller, ConfirmRequest(token=token, approve=approve)))

    def look(self, conversation_id: str) -> ConversationPublic:
        return self.caller.run(conversations.look, conversation_id)

    def jobs(self) -> list[tuple[str, str]]:
        return [(job.id, job.job_type) for job in self.caller.run(jobs.list_jobs)]


def talker(
    services: Services, sandbox: RunningSandbox, provider: ProviderId = "anthropic", email: str = "owner@example.com"
) -> Talker:
    """An account that has connected a good key."""
    tag = f"talk-{next(TAGS)}-{provider}"
    caller, key = account(services, email), sandbox_key(provider, tail=f"{tag}-")
    known = PROVIDERS[provider]
    base_url = known.base_url or provider_named(provider).url
    caller.run(keys.keep, Connection(known, base_url, key, MODELS.get(provider)), verified=True)
    return Talker(caller, sandbox, key, tag)


async def heard(events: Events) -> list[Event]:
    async with aclosing(events):
        return [event async for event in events if event is not None]


def calls(name: str, text: str = "Je regarde.", /, **arguments: Any) -> dict[str, Any]:
    """An answer that uses a tool."""
    return {"text": text, "calls": [{"name": name, "arguments": arguments}]}


def names(events: list[Event]) -> list[str]:
    """The names of the events, a run of `text` as one."""
    found = [event.name for event in events]
    return [name for at, name in enumerate(found) if name != "text" or at == 0 or found[at - 1] != "text"]


def of(events: list[Event], name: str) -> list[dict[str, Any]]:
    return [event.data for event in events if event.name == name]


def only(events: list[Event], name: str) -> dict[str, Any]:
    (found,) = of(events, name)
    return found


def words(events: list[Event]) -> str:
    return "".join(data["text"] for data in of(events, "text"))


def conversation_of(events: list[Event]) -> str:
    return str(only(events, "done")["conversation_id"])


def shown_to_model(request: SeenRequest) -> str:
    """Everything that a request told the model, as text."""
    return str(request.body)
