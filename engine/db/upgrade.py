"""Alembic, behind the one function that needs it."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def to_head(connection: Connection) -> None:
    """Run the missing migrations inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(files("engine.db") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
