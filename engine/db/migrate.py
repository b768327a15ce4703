"""Bring a database to the current schema. Alembic is loaded only when there is something to do."""

from importlib.resources import files
from typing import Protocol, cast

from sqlalchemy import Connection, inspect, text

from engine.db.engine import Database
from engine.db.lock import Lock, hold
from engine.errors import OutsendError
from engine.lazy import load


class SchemaTooNew(OutsendError):
    code = "schema_too_new"
    kind = "unavailable"
    message = "La base de données vient d'une version plus récente"
    hint = "Install the version of outsend that wrote this database, or point OUTSEND_DATA_DIR elsewhere."


class _Upgrade(Protocol):
    def to_head(self, connection: Connection) -> None: ...


def migrate(database: Database) -> str:
    """Apply what is missing; returns the revision reached. Safe to call from several processes at once.

    Raises:
        SchemaTooNew: a newer version has been here.
        StorageFull, DatabaseUnavailable.
    """
    head = head_revision()
    if current_revision(database) == head:
        return head
    upgrade = cast("_Upgrade", load("engine.db.upgrade"))
    with database.transaction("write") as session:
        hold(session, Lock.migration)
        upgrade.to_head(session.connection())
    return head


def head_revision() -> str:
    """The revision that this version of the code expects."""
    return max(_revisions())


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty. Raises SchemaTooNew."""
    with database.transaction("read") as session:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision not in _revisions():
        raise SchemaTooNew()
    return revision


def _revisions() -> set[str]:
    """Migrations are files called `0001_what_it_does.py`; they form one line."""
    folder = files("engine.db") / "migrations" / "versions"
    return {file.name.partition("_")[0] for file in folder.iterdir() if file.name[:4].isdigit()}
