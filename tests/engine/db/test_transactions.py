"""The two kinds of transaction on one connection, which the pool hands from one to the other."""

from pathlib import Path

import pytest
from sqlalchemy import exc, text

from engine.clock import Clock
from engine.db.engine import Database

WRITE = text("INSERT INTO notes VALUES (1)")


def test_a_read_is_refused_to_write_and_a_write_is_not_whatever_the_connection_did_before(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'notes.db'}", Clock())
    with database.transaction("write") as session:
        session.connection().execute(text("CREATE TABLE notes (id INTEGER)"))

    for _ in range(2):
        with pytest.raises(exc.OperationalError, match="readonly"), database.transaction("read") as session:
            session.connection().execute(WRITE)
        with database.transaction("write") as session:
            session.connection().execute(WRITE)

    with database.transaction("read") as session:
        assert session.connection().execute(text("SELECT count(*) FROM notes")).scalar_one() == 2
    database.close()
