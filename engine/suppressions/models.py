"""The stored opt-out list. `Account.suppressions_version` counts its changes."""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from engine.db.types import UtcDateTime


class Suppression(SQLModel, table=True):
    """One address of an account's list, or one domain with its subdomains, in the spelling of `entries.folded`."""

    __tablename__ = "suppressions"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        UniqueConstraint("account_id", "value", name="one_suppression_a_value"),
        Index("suppressions_by_account", "account_id", "id"),
        {"sqlite_autoincrement": True},  # the order of the list, and its cursor
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    kind: str  # email or domain
    value: str
    reason: str | None = None
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
