"""How Alembic runs the migrations: on the connection it is given.

The shipped command gives one that holds the migrators' lock. Without one (a developer's
``alembic revision --autogenerate``) DATABASE_URL is used. Offline, as ``alembic upgrade --sql``
runs it, the statements are written out and there is no database.
"""

from alembic import context
from sqlalchemy import Connection

from migrate.database import connect, make_engine
from migrate.models import Base
from migrate.settings import Settings


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        # A migration that fails leaves those before it in place, and nothing of itself.
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _write() -> None:
    context.configure(
        dialect_name="postgresql", target_metadata=Base.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode():
    _write()
elif given is not None:
    _migrate(given)
else:
    engine = make_engine(Settings.load().database_url.get_secret_value())
    with connect(engine, wait_seconds=5) as own:
        _migrate(own)
