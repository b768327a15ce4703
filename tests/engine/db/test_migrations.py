"""Every migration, up, on both databases; and the schema it reaches is the one that the models describe."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import SQLModel

import engine.runtime as runtime  # brings every table into the metadata
from engine.clock import Clock
from engine.db.engine import Database
from engine.db.migrate import SchemaTooNew, current_revision, head_revision, migrate


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    own = f"sqlite:///{tmp_path / 'test.db'}"
    database = Database(own if request.param == "sqlite" else request.getfixturevalue("postgres_url"), Clock())
    yield database
    if not database.is_sqlite:
        with database.transaction("write") as session:
            session.connection().execute(text("DROP SCHEMA public CASCADE"))
            session.connection().execute(text("CREATE SCHEMA public"))
    database.close()


@pytest.mark.slow(30)
def test_the_migrated_schema_is_the_one_of_the_models(database: Database) -> None:
    assert runtime

    migrate(database)

    with database.transaction("read") as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert current_revision(database) == head_revision()


@pytest.mark.slow(30)
def test_processes_that_start_together_migrate_once(database: Database) -> None:
    reached: list[str] = []
    threads = [Thread(target=lambda: reached.append(migrate(database))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert reached == [head_revision()] * 4


@pytest.mark.slow(30)
def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    migrate(database)
    with database.transaction("write") as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))

    with pytest.raises(SchemaTooNew):
        migrate(database)
