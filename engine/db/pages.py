"""Pages of a table by its key, newest first: entries that come or go meanwhile neither shift nor repeat a page."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, func, select

T = TypeVar("T", bound=SQLModel)


def newest(
    session: Session, model: type[T], where: Sequence[Any], *, before: int | None, limit: int, most: int
) -> tuple[list[T], int | None]:
    """The next rows that `where` keeps, and the id to go on before; None: these are the last.

    `limit` is brought into 1 to `most`.
    """
    key: ColumnElement[int] = getattr(model, "id")  # noqa: B009 - not every table has one
    size = min(max(limit, 1), most)
    query = select(model).where(*where)
    if before is not None:
        query = query.where(key < before)
    found = session.exec(query.order_by(key.desc()).limit(size + 1)).all()
    behind = getattr(found[size - 1], "id", None) if len(found) > size else None
    return list(found[:size]), behind


def count(session: Session, model: type[SQLModel], where: Sequence[Any]) -> int:
    """How many rows `where` keeps."""
    return session.exec(select(func.count()).select_from(model).where(*where)).one()
