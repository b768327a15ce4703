"""The outside as one job of the product sees it, for tests that need no job."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from engine.clock import Clock
from engine.network.types import World
from engine.network.world import open_gateway
from engine.settings import Settings


@asynccontextmanager
async def open_world(settings: Settings, clock: Clock) -> AsyncGenerator[World]:
    """A gateway with a single job."""
    async with open_gateway(settings, clock) as gateway, gateway.world() as world:
        yield world
