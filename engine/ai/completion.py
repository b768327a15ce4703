"""Speak to the caller's model: reserve what it may cost, call, settle what it did cost. The one door to models.

The SDKs are loaded on first use. Whatever happens in between, a request ends settled: with what the provider reported,
else with the most that it can have been.
"""

import asyncio
import logging
import math
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.ai import errors, spend
from engine.ai.prices import Used, input_bound
from engine.ai.providers import Connection, Protocol
from engine.ai.types import Ask, Completion, Piece, TextPiece
from engine.ai.wire import PASSING, Answer, Fault, ListedModel, Meter, Reason, Wire
from engine.context import Caller, Services
from engine.db.engine import DATABASE_FAULTS
from engine.errors import OutsendError
from engine.lazy import load
from engine.limits import AI_CALL_SECONDS, AI_CONNECT_SECONDS, AI_TRIES
from engine.shielded import to_its_end

WIRES: dict[Protocol, str] = {"anthropic": "engine.ai.anthropic_wire", "openai": "engine.ai.openai_wire"}
NETWORK = "engine.network.sdk_clients"
FIRST_WAIT_SECONDS = 0.5  # doubled each time, with jitter
ERRORS: dict[Reason, type[OutsendError]] = {
    "key_refused": errors.KeyRefused,
    "no_credit": errors.NoCredit,
    "model_unknown": errors.ModelUnknown,
    "rejected": errors.RequestRejected,
    "late": errors.AnswerLate,
    "broken": errors.AnswerBroken,
    "down": errors.ProviderDown,
    "unreachable": errors.ProviderDown,
}
BUSY_WAIT_SECONDS = 10  # told to the caller where the provider does not say
NOTHING = Used(0, 0)

log = logging.getLogger(__name__)


async def complete(caller: Caller, ask: Ask) -> Completion:
    """The whole answer of the caller's model, within 180 seconds. One that was cut off or refused says so in `stop`.

    Raises:
        NoKey, NoModel, KeyUnreadable, CapExceeded: before any request was made.
        KeyRefused, NoCredit, ModelUnknown, RequestRejected, ProviderBusy, ProviderDown, AnswerLate, AnswerBroken.
    """
    async with _begun(caller, ask) as call:
        while True:
            try:
                async with asyncio.timeout_at(call.deadline):
                    answer = await call.wire.answer(ask, call.quote.model, call.quote.output_tokens)
                return await call.ended(answer)
            except Fault as fault:
                await call.failed(fault)
            except TimeoutError:
                await call.failed(Fault("late", charged=True))


async def stream(caller: Caller, ask: Ask) -> AsyncGenerator[Piece]:
    """The answer as it comes: pieces of its text, then the whole. Raises as `complete`.

    Close it to end the answer early (`contextlib.aclosing`): what came until then is settled.
    """
    async with _begun(caller, ask) as call:
        while True:
            call.meter = Meter()
            events = call.wire.events(ask, call.quote.model, call.quote.output_tokens, call.meter)
            try:
                while True:
                    async with asyncio.timeout_at(call.deadline):
                        event = await anext(events)
                    if isinstance(event, Answer):
                        yield await call.ended(event)
                        return
                    yield TextPiece(event)
            except Fault as fault:
                await call.failed(fault)
            except TimeoutError:
                await call.failed(Fault("late", charged=True))
            finally:
                await events.aclose()


async def listed_models(services: Services, connection: Connection) -> list[ListedModel]:
    """The provider's live list. It costs nothing.

    Raises:
        KeyRefused, and as `complete` where the provider can't be asked.
    """
    try:
        async with _line(services, connection, AI_CONNECT_SECONDS) as wire, asyncio.timeout(AI_CONNECT_SECONDS):
            return await wire.models()
    except Fault as fault:
        # A request without any content is bad for its key alone.
        key = fault.reason == "rejected"
        raise _told(Fault("key_refused") if key else fault, connection, connection.model or "") from None
    except TimeoutError:
        raise _told(Fault("late"), connection, "") from None


@dataclass(slots=True)
class _Call:
    """One request on its way. `lost` is what tries may have cost that brought nothing."""

    caller: Caller
    ask: Ask
    quote: spend.Quote
    wire: Wire
    deadline: float
    reservation: spend.Reservation | None
    lost: Decimal = Decimal(0)
    tries: int = 1
    meter: Meter = field(default_factory=Meter)

    async def ended(self, answer: Answer) -> Completion:
        """Settle a whole answer."""
        used = answer.used or self._known()
        await self._settle(used)
        return Completion(answer.text, answer.calls, answer.stop, self.quote.usage(used), self.quote.model)

    async def failed(self, fault: Fault) -> None:
        """Settle a try that failed, and make ready for the next one, unless that has no hope: then raise why."""
        if fault.charged or self.meter.begun:
            await self._settle(self._known())
            self.lost += self.quote.worst_usd or 0
        pause = FIRST_WAIT_SECONDS * 2 ** (self.tries - 1) * random.uniform(1.0, 1.5)  # noqa: S311 (no secret)
        wait = max(pause, fault.wait_seconds or 0.0)
        late = asyncio.get_running_loop().time() + wait >= self.deadline
        if fault.reason not in PASSING or self.tries >= AI_TRIES or self.meter.bytes_seen or late:
            await self._settle(NOTHING)
            raise _told(fault, self.quote.connection, self.quote.model) from None
        await asyncio.sleep(wait)
        self.tries += 1
        if self.reservation is None:
            self.reservation = await _reserved(self.caller, self.quote, self.ask, lost_usd=self.lost)

    async def given_up(self) -> None:
        """Settle what was not ended: the caller went away."""
        await self._settle(self._known())

    def _known(self) -> Used:
        """What was used at most, without a report."""
        if not self.meter.begun:
            return self.quote.bound
        price = self.quote.price
        # Anthropic's stream shows where thoughts are; others don't.
        unseen = self.quote.connection.provider.protocol == "openai" and (price is None or price.reasons)
        return self.meter.used(self.quote.bound, reasons=unseen)

    async def _settle(self, used: Used) -> None:
        """Settle once. A database that is away leaves the reservation, which counts with more."""
        reservation, self.reservation = self.reservation, None
        if reservation is None:
            return
        try:
            await to_its_end(self.caller.call(spend.settle, reservation, used))
        except DATABASE_FAULTS as error:
            log.warning("AI call %s stays reserved: %s", reservation.call_id, error)


@asynccontextmanager
async def _begun(caller: Caller, ask: Ask) -> AsyncGenerator[_Call]:
    """A request that was let through, and settled at the end, whatever comes."""
    asked = {"input_tokens": input_bound(ask), "output_tokens": ask.output_tokens_max}
    quote = await caller.call(spend.quote, **asked)
    deadline = asyncio.get_running_loop().time() + AI_CALL_SECONDS
    async with _line(caller.services, quote.connection, AI_CALL_SECONDS) as wire:
        call = _Call(caller, ask, quote, wire, deadline, await _reserved(caller, quote, ask))
        try:
            yield call
        finally:
            await call.given_up()


async def _reserved(
    caller: Caller, quote: spend.Quote, ask: Ask, *, lost_usd: Decimal = Decimal(0)
) -> spend.Reservation:
    """What the request may cost, set aside. Who goes away meanwhile leaves nothing reserved. Raises CapExceeded."""
    reserving = asyncio.ensure_future(caller.call(spend.reserve, quote, ask.feature, lost_usd=lost_usd))

    async def take_back() -> None:
        with suppress(OutsendError, *DATABASE_FAULTS):
            await caller.call(spend.settle, await reserving, NOTHING)

    try:
        return await asyncio.shield(reserving)
    except asyncio.CancelledError:
        await to_its_end(take_back())
        raise


@asynccontextmanager
async def _line(services: Services, connection: Connection, seconds: float) -> AsyncGenerator[Wire]:
    """A way to speak to the provider."""
    network: Any = await asyncio.to_thread(load, NETWORK)
    speech: Any = await asyncio.to_thread(load, WIRES[connection.provider.protocol])  # seconds, the first time
    async with network.open_outside(services.settings, services.clock) as outside:
        wire: Wire = speech.wire(connection, outside, seconds=seconds, now=services.clock.now())
        try:
            yield wire
        finally:
            await wire.close()


def _told(fault: Fault, connection: Connection, model: str) -> OutsendError:
    """A fault in words for the user; none of the provider's."""
    who = connection.provider.label
    if fault.reason == "busy":
        return errors.ProviderBusy(provider=who, retry_after=math.ceil(fault.wait_seconds or BUSY_WAIT_SECONDS))
    return ERRORS[fault.reason](provider=who, model=model)
