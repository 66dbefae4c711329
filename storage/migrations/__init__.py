"""Alembic's environment: env.py runs the revisions in versions/, and storage/migrate.py runs env.py."""
