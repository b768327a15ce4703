"""The `Idempotency-Key` header: a request that starts work may be sent again and starts it once."""

import hashlib
from typing import Annotated

from fastapi import Depends, Header, Request

from engine.accounts.repeats import Asked

KEY_LENGTH_MAX = 255


async def _asked(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=KEY_LENGTH_MAX,
            description="The same key and body give the same answer for 24 hours; another body is refused.",
        ),
    ] = None,
) -> Asked:
    told = b"\0".join((request.method.encode(), request.url.path.encode(), await request.body()))
    return Asked(key, hashlib.sha256(told).hexdigest())


ByKey = Annotated[Asked, Depends(_asked)]
