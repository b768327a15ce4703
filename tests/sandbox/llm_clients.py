"""The providers' own SDKs, sent through the sandbox's proxy with its authority."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count

import httpx
import httpx2
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from engine.sandbox.apis.llm_providers import ANTHROPIC, KeyState, provider_named, sandbox_key
from engine.sandbox.process import RunningSandbox

TAILS = count(1)


def fresh_key(provider: str, state: KeyState = "good") -> str:
    """A key that nobody used before."""
    return sandbox_key(provider, state, tail=f"t{next(TAILS)}-")


@asynccontextmanager
async def anthropic(box: RunningSandbox, key: str | None = None, *, retries: int = 0) -> AsyncGenerator[AsyncAnthropic]:
    tls = ssl.create_default_context(cafile=str(box.ca))
    async with (
        httpx2.AsyncClient(proxy=box.proxy, verify=tls, timeout=4) as http,
        AsyncAnthropic(
            api_key=sandbox_key("anthropic") if key is None else key,
            base_url=f"https://{ANTHROPIC.host}",
            http_client=http,
            max_retries=retries,
        ) as client,
    ):
        yield client


@asynccontextmanager
async def chat(
    box: RunningSandbox, provider: str = "openai", key: str | None = None, *, retries: int = 0
) -> AsyncGenerator[AsyncOpenAI]:
    tls = ssl.create_default_context(cafile=str(box.ca))
    async with (
        httpx.AsyncClient(proxy=box.proxy, verify=tls, timeout=4) as http,
        AsyncOpenAI(
            api_key=sandbox_key(provider) if key is None else key,
            base_url=provider_named(provider).url,
            http_client=http,
            max_retries=retries,
        ) as client,
    ):
        yield client
