"""Column types that look the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json
from sqlalchemy import DateTime, Text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, stored without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """JSON as text: `jsonb` would lose the order of keys, which is the order of columns."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else from_json(value)


def json_text(value: Any) -> str:
    """JSON that both databases take, whatever a module or a page brought: one bad value must not stop a flush."""
    try:
        return to_json(value, inf_nan_mode="null", serialize_unknown=True).decode()
    except PydanticSerializationError:  # half a surrogate pair, from somebody's JSON
        clean = json.dumps(value, default=str, ensure_ascii=False).encode("utf-8", "replace")
        return to_json(from_json(clean), inf_nan_mode="null").decode()


def plain_text(value: str) -> str:
    """Text that both databases take: PostgreSQL refuses NUL, and no database half a surrogate pair."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()
