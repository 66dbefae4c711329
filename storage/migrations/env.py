"""How Alembic runs our revisions: on the connection that storage/migrate.py opened and locked.

Law: run by storage/migrate.py alone. The `alembic` command would come without the advisory lock, so there is
no alembic.ini for it to find.
"""

from alembic import context
from sqlalchemy import Connection

from storage.base import Base

connection = context.config.attributes.get("connection")
if not isinstance(connection, Connection):
    raise TypeError("the migrations run through storage.migrate (`sunseal db upgrade`) only")

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
