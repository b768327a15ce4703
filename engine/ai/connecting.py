"""Connect a key: ask its provider whether it is good, choose a model, store it. And the live list of models."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from engine.ai import keys
from engine.ai.completion import NETWORK, listed_models
from engine.ai.errors import BadBaseUrl, KeyRefused, ModelUnknown
from engine.ai.prices import chats, price_of
from engine.ai.providers import Connection, plain_model
from engine.ai.schemas import AiSettingsPublic, AiSettingsRequest, ModelList, ModelPublic
from engine.ai.wire import ListedModel
from engine.context import Caller, Services
from engine.errors import OutsendError
from engine.lazy import load
from engine.network.types import Unreachable

MILLION = 1_000_000
CHOSEN_USD_MAX = 20  # for a million tokens of answer: dearer models are for who asks for them
FORBIDDEN = ("forbidden_address", "bad_url")


async def connect(caller: Caller, asked: AiSettingsRequest) -> AiSettingsPublic:
    """Store a key that its provider accepts, or whose provider can't be asked now (`verified` is then false).

    Raises:
        KeyRefused, KeyMalformed, KeyNeeded, BadBaseUrl: nothing was stored.
    """
    connection = await caller.call(keys.wanted, asked)
    if connection.base_url != connection.provider.base_url:
        await _check_address(caller.services, connection.base_url)
    try:
        connection, listed = await _first_list(caller.services, connection)
    except KeyRefused:
        raise
    except OutsendError:  # whatever hinders the provider to answer
        return await caller.call(keys.keep, connection, verified=False)
    if connection.model is None:
        connection = replace(connection, model=_choice(connection, listed))
    return await caller.call(keys.keep, connection, verified=True)


async def models(caller: Caller) -> ModelList:
    """What the caller's key may use, as the provider lists it now, but for models that don't chat.

    Raises:
        NoKey, KeyUnreadable, KeyRefused, ProviderDown, ProviderBusy, AnswerLate, AnswerBroken.
    """
    connection = await caller.call(keys.current)
    listed = await listed_models(caller.services, connection)
    return ModelList(items=[_public(connection, model) for model in _that_chat(connection, listed)])


async def _check_address(services: Services, base_url: str) -> None:
    """Refuse an address that leads into a network of the operator's, or that would carry the key in clear text."""
    network: Any = await asyncio.to_thread(load, NETWORK)
    parts = urlsplit(base_url)
    if parts.query or parts.fragment or not network.is_web_address(base_url):
        raise BadBaseUrl(field="base_url", problem="adresse http(s) complète attendue, sans identifiants ni paramètres")
    try:
        async with network.open_outside(services.settings, services.clock) as outside:
            private = await outside.is_private_line(base_url)
    except Unreachable as error:
        if error.reason in FORBIDDEN:
            raise BadBaseUrl(field="base_url", problem="adresse d'un réseau privé ou port non admis") from None
        private = False  # no such name, now
    if parts.scheme != "https" and not private:
        raise BadBaseUrl(field="base_url", problem="https attendu : la clé ne part pas en clair")


async def _first_list(services: Services, connection: Connection) -> tuple[Connection, list[ListedModel]]:
    """The first list of a key; with `/v1` behind an address without any path, where that is where the API is."""
    try:
        return connection, await listed_models(services, connection)
    except ModelUnknown:  # 404: there is no list
        if connection.provider.protocol != "openai" or urlsplit(connection.base_url).path.strip("/"):
            raise
    deeper = replace(connection, base_url=f"{connection.base_url}/v1")
    return deeper, await listed_models(services, deeper)


def _choice(connection: Connection, listed: list[ListedModel]) -> str | None:
    """A model for who names none: the newest of those with a known price that are not dear, else the first one."""
    chatting = _that_chat(connection, listed)
    fair = [model for model in chatting if _answer_usd(connection, model.id) <= CHOSEN_USD_MAX]
    if fair:
        return plain_model(connection.provider, max(fair, key=lambda model: model.created).id)
    return plain_model(connection.provider, chatting[0].id) if chatting else None


def _that_chat(connection: Connection, listed: list[ListedModel]) -> list[ListedModel]:
    """Without those that the catalogue knows as something else: embeddings, speech, images."""
    return [model for model in listed if chats(connection.provider, connection.base_url, model.id) is not False]


def _answer_usd(connection: Connection, model: str) -> Decimal:
    """Dollars for a million tokens of answer; infinitely many where nobody knows."""
    price = price_of(connection.provider, connection.base_url, model)
    return Decimal("Infinity") if price is None else price.tiers[0].output * MILLION


def _public(connection: Connection, model: ListedModel) -> ModelPublic:
    price = price_of(connection.provider, connection.base_url, model.id)
    return ModelPublic(
        id=plain_model(connection.provider, model.id),
        label=model.label,
        price_known=price is not None,
        input_usd_per_million=None if price is None else price.tiers[0].input * MILLION,
        output_usd_per_million=None if price is None else price.tiers[0].output * MILLION,
    )
