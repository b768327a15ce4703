"""Bring a database to the current schema."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.db.engine import Database
from engine.errors import OutsendError


class SchemaTooNew(OutsendError):
    code = "schema_too_new"
    kind = "unavailable"
    message = "La base de données vient d'une version plus récente"
    hint = "Install the version of outsend that wrote this database, or point OUTSEND_DATA_DIR elsewhere."


def migrate(database: Database) -> str:
    """Apply what is missing; returns the revision reached. Safe to call from several processes at once.

    Raises:
        SchemaTooNew: a newer version has been here.
        StorageFull, DatabaseUnavailable.
    """
    config, head = _config(), head_revision()
    if current_revision(database) == head:
        return head
    with database.transaction("write") as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7070)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return head


def head_revision() -> str:
    """The revision that this version of the code expects."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with database.transaction("read") as session:
        revision = MigrationContext.configure(session.connection()).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew()
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("engine.db") / "migrations"))
    return config
