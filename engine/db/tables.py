"""The bare table behind a model, for statements that are too frequent or too large for the object layer."""

from typing import cast

from sqlalchemy import Table
from sqlmodel import SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model declared with `table=True`."""
    return cast("Table", model.__table__)  # pyright: ignore[reportAttributeAccessIssue]
