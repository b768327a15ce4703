"""A turn of the assistant: the model speaks and uses tools, until its answer is whole, or an action waits for the user.

A turn runs in a task of its own, so that it can end in order when its listener goes away: the model is hung up on and
settled, its words are kept, an action that was approved is done to its end, and the conversation is free again.
Source: PRODUCT, "Assistant"; docs page api/assistant.
"""

import asyncio
import logging
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from engine.ai import spend
from engine.ai.completion import stream
from engine.ai.prices import input_bound
from engine.ai.types import Ask, Completion, Message, StopReason, TextPiece, UserMessage
from engine.assistant import calling, confirm, floor, proposals
from engine.assistant.calling import Outcome as Given
from engine.assistant.calling import Ready, refused
from engine.assistant.confirm import Decided
from engine.assistant.floor import Floor, Spent
from engine.assistant.listening import Events, Tell, begun
from engine.assistant.said import within
from engine.assistant.schemas import ConfirmRequest, Event, EventName, MessageRequest, Outcome
from engine.context import Caller
from engine.db.types import plain_text
from engine.errors import OutsendError
from engine.limits import AI_FEATURES, ASSISTANT_RESULTS_BYTES, ASSISTANT_TURN_SILENCE, ASSISTANT_TURN_TOKENS
from engine.pipelines.schema_text import schema_text
from engine.shielded import to_its_end
from engine.tools.refusals import internal_error
from prompts import render

BESIDE_BYTES, ANSWER_TOKENS, STEPS = AI_FEATURES["assistant"]
ASK_TOKENS = BESIDE_BYTES + (STEPS - 1) * ANSWER_TOKENS  # of one request: what an estimate holds for the last one
LEAST_TOKENS = 300  # with less left, a turn asks no more
BEATS = 4  # signs of life in the time after which a turn counts as dead

STOPS: dict[StopReason, Outcome] = {"length": "length_limit", "refusal": "refused"}

log = logging.getLogger(__name__)


async def say(caller: Caller, asked: MessageRequest) -> Events:
    """Say something, and hear the turn: its events as they come; None after 15 quiet seconds.

    Raises:
        ConversationMissing, ConversationBusy, ConversationFull.
        NoKey, NoModel, KeyUnreadable, CapExceeded: nothing was stored. What comes later is told as an `error` event.
    """
    me, words = _assistant_of(caller), plain_text(asked.message)
    before: tuple[Message, ...] = (UserMessage(words),)
    if asked.conversation_id is not None:
        before = await me.call(floor.history, asked.conversation_id, then=words)
    await _ensure_affordable(me, _ask(before, ANSWER_TOKENS))
    held = await me.call(floor.begin, asked.conversation_id, words)
    return begun(_Turn(me, held).go)


async def decide(caller: Caller, asked: ConfirmRequest) -> Events:
    """Approve or refuse an action that waits, and hear the turn go on. As `say`.

    Raises:
        ConfirmationMissing, ConfirmationUsed, ConfirmationExpired, ConversationBusy.
    """
    me = _assistant_of(caller)
    decided = await me.call(confirm.decide, asked.token, approve=asked.approve)
    return begun(_Turn(me, decided.floor, decided).go)


def system() -> str:
    """What the model is told of itself."""
    return render("assistant", schema=schema_text(), steps=STEPS)


def _assistant_of(caller: Caller) -> Caller:
    """The same account, as a model acts for it: with no more rights, and blind for what belongs to others."""
    return Caller(caller.services, replace(caller.principal, via="assistant"))


def _ask(messages: tuple[Message, ...], tokens: int) -> Ask:
    ask = Ask("assistant", system(), messages, tokens, tools=calling.specs())
    return within(ask, ASK_TOKENS)


async def _ensure_affordable(me: Caller, ask: Ask) -> None:
    asked = {"input_tokens": input_bound(ask), "output_tokens": ask.output_tokens_max}
    await me.call(spend.check, await me.call(spend.quote, **asked))


@dataclass(slots=True)
class _Turn:
    """One turn under way. With `decided`, it goes on with what the user has decided."""

    me: Caller
    floor: Floor
    decided: Decided | None = None
    spent: Spent = field(init=False)
    model: str | None = None
    waiting: int = 0
    tell: Tell = field(init=False)

    def __post_init__(self) -> None:
        self.spent = self.floor.spent

    async def go(self, tell: Tell) -> None:
        """Run to the end of the turn, telling its events. The conversation is free when `done` is told."""
        self.tell = tell
        beating = asyncio.create_task(self._beat())
        outcome: Outcome = "failed"
        try:
            outcome = await self._run()
        except OutsendError as error:
            self._error(error)
        except Exception:
            fault = internal_error()
            log.exception("A turn of the assistant failed. %s", fault.text)
            self._error(fault)
        finally:
            beating.cancel()
            with suppress(OutsendError):  # it is free by itself after a minute
                await self.me.call(floor.end, self.floor)
        self._close(outcome)

    async def _run(self) -> Outcome:
        if self.decided is not None:
            await self._do(self.decided)
            if self.waiting:
                return "waiting"
        while True:
            left = ASSISTANT_TURN_TOKENS - self.spent.output_tokens
            if self.spent.steps >= STEPS:
                return "step_limit"
            if left < LEAST_TOKENS:
                return "length_limit"
            history = await self.me.call(floor.history, self.floor.conversation_id)
            said = await self._speak(_ask(history, min(ANSWER_TOKENS, left)))
            calls = calling.taken(said.calls) if said.stop == "tool_calls" else []
            self.spent = await self.me.call(floor.keep_answer, self.floor, said, calls)
            if not calls:
                return STOPS.get(said.stop, "complete")
            await self._use(calls)
            if self.waiting:
                return "waiting"

    async def _speak(self, ask: Ask) -> Completion:
        """The model's answer, told as it comes. What came of one that is broken off is kept."""
        words, whole = list[str](), None
        try:
            async with aclosing(stream(self.me, ask)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, TextPiece):
                        words.append(piece.text)
                        self._tell("text", text=piece.text)
                    else:
                        whole = piece
        finally:
            if whole is None and words:
                with suppress(OutsendError):
                    await self.me.call(floor.keep_words, self.floor, "".join(words))
        assert whole is not None, "a stream ends with its whole, or raises"
        self.model = whole.model
        return whole

    async def _use(self, calls: list[dict[str, Any]]) -> None:
        """Make the calls one after the other; those that spend wait for the user."""
        room = ASSISTANT_RESULTS_BYTES // len(calls)
        for call in calls:
            call_id, name = call["id"], call["name"]
            self._tell("tool_call", call_id=call_id, tool=name, arguments=call["arguments"])
            try:
                ready = calling.prepared(self.me, name, call["arguments"])
                if proposals.needs_confirmation(ready.tool, ready.params):
                    await self._propose(call_id, ready)
                    continue
            except OutsendError as error:
                given = refused(error)
            else:
                given = await calling.run(self.me, ready, room=room)
            await self._keep(call_id, name, given)

    async def _propose(self, call_id: str, ready: Ready) -> None:
        proposal = await self.me.call(proposals.propose, ready.tool, ready.params)
        shown = await self.me.call(confirm.ask, self.floor, call_id, proposal)
        self.waiting += 1
        self._tell(
            "confirmation_required",
            conversation_id=self.floor.conversation_id,
            **shown.model_dump(mode="json"),
        )

    async def _do(self, decided: Decided) -> None:
        """Run what was approved, to its end: who has agreed to it shall find it done, and its result kept."""
        self.waiting = decided.others
        if not decided.approved:
            self._told(decided.call_id, decided.tool, Given(floor.REFUSED, floor.REFUSED, "refused"))
            return
        try:
            ready = calling.prepared(self.me, decided.tool, decided.arguments)
        except OutsendError as error:
            await self._keep(decided.call_id, decided.tool, refused(error))
            return
        await to_its_end(self._run_and_keep(decided, ready))

    async def _run_and_keep(self, decided: Decided, ready: Ready) -> None:
        given = await calling.run(self.me, ready, room=ASSISTANT_RESULTS_BYTES)
        await self._keep(decided.call_id, decided.tool, given)

    async def _keep(self, call_id: str, tool: str, given: Given) -> None:
        result = floor.result_of(call_id, tool, given.text, given.summary, is_error=given.code is not None)
        await self.me.call(floor.keep_result, self.floor, result)
        self._told(call_id, tool, given)

    async def _beat(self) -> None:
        """Give signs of life for as long as the turn lasts."""
        while True:
            await asyncio.sleep(ASSISTANT_TURN_SILENCE.total_seconds() / BEATS)
            with suppress(OutsendError):  # who writes next hears why
                await self.me.call(floor.beat, self.floor)

    def _tell(self, name: EventName, **data: Any) -> None:
        self.tell(Event(name, data))

    def _told(self, call_id: str, tool: str, given: Given) -> None:
        code = {} if given.code is None else {"code": given.code}
        self._tell(
            "tool_result",
            call_id=call_id,
            tool=tool,
            is_error=given.code is not None,
            summary=given.summary,
            **code,
        )

    def _error(self, error: OutsendError) -> None:
        later = {"retry_after": error.values["retry_after"]} if "retry_after" in error.values else {}
        self._tell("error", code=error.code, detail=error.text, hint=error.next_step, **later)

    def _close(self, outcome: Outcome) -> None:
        spent, cost = self.spent, self.spent.cost_usd
        self._tell(
            "usage",
            conversation_id=self.floor.conversation_id,
            model=self.model,
            steps=spent.steps,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            cost_usd=None if cost is None else float(cost),
        )
        self._tell("done", conversation_id=self.floor.conversation_id, outcome=outcome, waiting=self.waiting)
