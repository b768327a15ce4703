"""Inserts that leave alone what is there already, alike on both databases.

They go to the bare table: the object layer would spend as much time as the database.
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_new(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert those of the rows whose key is free."""
    if rows:
        session.connection().execute(_insert(session, model), rows)


def is_new(session: Session, model: type[SQLModel], row: dict[str, Any]) -> bool:
    """Insert a row, unless its key is taken. Of two at once, the second waits for the end of the first."""
    # By RETURNING: PostgreSQL's driver does not count the rows of such an insert.
    made = _insert(session, model).values(row).returning(*_table(model).primary_key)
    return session.connection().execute(made).first() is not None


def _insert(session: Session, model: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(_table(model)).on_conflict_do_nothing()


def _table(model: type[SQLModel]) -> Table:
    return cast("Table", model.__table__)  # pyright: ignore[reportAttributeAccessIssue]
