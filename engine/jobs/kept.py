"""Answers of public services that hold for a while, shared by all accounts (see `engine.reach.Kept`).

They spare the services, and never a job: what can't be read or written is asked for again.
"""

from contextlib import suppress
from datetime import timedelta

from sqlmodel import col, delete, select

from engine.context import Context, Services, read, write
from engine.db.engine import DATABASE_FAULTS
from engine.db.insert import put
from engine.jobs.models import KeptAnswer


class KeptAnswers:
    """See `engine.reach.Kept`. Kept in the database."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def get(self, key: str) -> bytes | None:
        with suppress(*DATABASE_FAULTS):
            return await self._services.call(None, _get, key)
        return None

    async def put(self, key: str, body: bytes, *, seconds: float) -> None:
        with suppress(*DATABASE_FAULTS):
            await self._services.call(None, _put, key, body, seconds)


def forget_expired(services: Services) -> None:
    """Delete what holds no longer."""
    services.run(None, _forget)


@write
def _forget(context: Context) -> None:
    context.session.exec(delete(KeptAnswer).where(col(KeptAnswer.expires_at) <= context.now()))


@read
def _get(context: Context, key: str) -> bytes | None:
    holds = col(KeptAnswer.expires_at) > context.now()
    return context.session.exec(select(KeptAnswer.body).where(KeptAnswer.key == key, holds)).first()


@write
def _put(context: Context, key: str, body: bytes, seconds: float) -> None:
    # Of two at once the later stays: both are answers of the same service.
    put(
        context.session,
        KeptAnswer,
        [{"key": key, "body": body, "expires_at": context.now() + timedelta(seconds=seconds)}],
    )
