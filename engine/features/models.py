"""The stored votes."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from engine.db.types import UtcDateTime


class FeatureVote(SQLModel, table=True):
    """An account wants a feature. The key is what counts it once."""

    __tablename__ = "feature_votes"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("feature_votes_by_feature", "feature_id"),)

    account_id: int = Field(foreign_key="accounts.id", primary_key=True)
    feature_id: str = Field(primary_key=True)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
