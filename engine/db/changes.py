"""Changes that count: whoever names the state that he leaves learns from the number of rows whether he won."""

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlmodel import Session


def changed(session: Session, change: Any) -> int:
    """Run an UPDATE or a DELETE; returns how many rows it met."""
    return cast("CursorResult[Any]", session.exec(change)).rowcount
