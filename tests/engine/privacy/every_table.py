"""A row of an account in every table that has one, found by walking the models: a new table can't be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_origin

import sqlalchemy as sa
from sqlalchemy import Column
from sqlmodel import SQLModel

import engine.runtime as runtime  # brings every table into the metadata
from engine.context import Caller, Context, read, write
from engine.db.types import Json, UtcDateTime
from engine.jobs.store import add_inputs

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass
class Planted:
    """What was put into one table: texts and times that occur nowhere else. `secrets` must never leave."""

    marks: list[str] = field(default_factory=list[str])
    secrets: list[str] = field(default_factory=list[str])


def owners() -> Iterator[tuple[type[SQLModel], str]]:
    """Each table whose rows lead to an account, and the column that does."""
    assert runtime
    for mapper in SQLModel._sa_registry.mappers:
        for column in mapper.columns:
            if any(key.column.table.name == "accounts" for key in column.foreign_keys):
                yield mapper.class_, column.name


@write
def plant_everywhere(context: Context) -> dict[str, Planted]:
    """One row of the caller's in each of these tables; what each may be known by."""
    planted: dict[str, Planted] = {}
    for number, (table, owner) in enumerate(owners(), 1):
        name = str(table.__tablename__)
        planted[name] = Planted()
        row = table(**_values(table, owner, context.account_id, number, planted[name]))
        context.session.add(row)
        context.session.flush()
        if name == "jobs":
            add_inputs(context.session, row.seq, [{"nom": "an input"}])  # type: ignore[attr-defined]
    return planted


@read
def tables_that_name(context: Context, account_id: int) -> set[str]:
    """The tables in which something of the account's is left."""
    left = {
        str(table.__tablename__)
        for table, owner in owners()
        if context.session.exec(sa.select(table).where(getattr(table, owner) == account_id)).first()  # type: ignore[call-overload]
    }
    hanging = [t for t in SQLModel.metadata.sorted_tables if "job_seq" in t.columns]
    jobs = SQLModel.metadata.tables["jobs"]
    for table in hanging:  # rows of jobs that are gone
        orphans = sa.select(table.c.job_seq).where(table.c.job_seq.not_in(sa.select(jobs.c.seq)))
        if context.session.connection().execute(orphans).first():
            left.add(table.name)
    return left


def _values(table: type[SQLModel], owner: str, account_id: int, number: int, planted: Planted) -> dict[str, Any]:
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return {
        column.name: account_id if column.name == owner else _value(table, column, number, planted)
        for column in columns
        if column.name == owner or _needs_value(table, column)
    }


def _needs_value(table: type[SQLModel], column: "Column[Any]") -> bool:
    default = table.model_fields[column.name].get_default()
    counted = column.primary_key and isinstance(column.type, sa.Integer)
    return not column.nullable and not counted and (default is None or repr(default) == "PydanticUndefined")


def _value(table: type[SQLModel], column: "Column[Any]", number: int, planted: Planted) -> Any:
    mark = f"mark of {table.__tablename__}.{column.name}"
    match column.type:
        case UtcDateTime():
            day = LONG_AGO + timedelta(days=number)
            planted.marks.append(f"{day:%Y-%m-%dT%H:%M:%SZ}")
            return day
        case Json():
            planted.marks.append(mark)
            return [mark] if get_origin(table.model_fields[column.name].annotation) is list else {mark: mark}
        case sa.Integer():
            return number
        case sa.Boolean():
            return True
        case _:
            # The texts of mails hold links, invitation codes are keys, confirmation tokens are made of references.
            secret = "hash" in column.name or column.name in ("code", "html", "text", "sealed", "reference")
            (planted.secrets if secret else planted.marks).append(mark)
            return mark


def caller_id(caller: Caller) -> int:
    return caller.principal.account_id
