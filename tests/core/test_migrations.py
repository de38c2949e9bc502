"""The migrations make the schema that the models say, once, and leave that of a newer Qure alone."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from core import migrations
from core.errors import StoreUnavailable
from core.models import Base
from tests.databases import create, drop


def test_the_migration_makes_what_the_models_say(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_finds_nothing_to_do(engine):
    migrations.upgrade(engine)

    with engine.connect() as connection:
        assert migrations.version(connection) == migrations.newest_version()


def test_a_schema_from_the_future_is_left_alone(engine):
    create(engine, "newer")
    newer = create_engine(engine.url.set(database="newer"))
    with newer.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) primary key)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))

    with pytest.raises(StoreUnavailable, match="schema 9999, which this version of Qure does not know"):
        migrations.upgrade(newer)
    drop(engine, [newer])
