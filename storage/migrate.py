"""Migrations of the database: the numbered files in `storage/migrations/`, each applied once.

Each is applied and marked as applied in one transaction, so that a start that was killed halfway
can simply be started again. An advisory lock lets one process migrate at a time; the tool's own
lock would outlive a process that was killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from yoyo import get_backend, read_migrations

from storage.errors import DatabaseUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 7_302_816_440
"""Any number that nobody else locks in the same database."""


def migrate(database_url: str) -> list[str]:
    """Bring the database up to date; the names of the migrations applied, none if it was.

    Blocks while another process migrates. Raises `DatabaseUnavailable`.
    """
    with _locked_backend(database_url) as backend:
        migrations = list(backend.to_apply(read_migrations(str(MIGRATIONS))))
        for migration in migrations:
            with backend.transaction():
                migration.process_steps(backend, "apply")
                backend.mark_one(migration, log=False)
        return [migration.id for migration in migrations]


def pending(database_url: str) -> list[str]:
    """The names of the migrations that are still to be applied. Raises `DatabaseUnavailable`."""
    with _locked_backend(database_url) as backend:
        return [migration.id for migration in backend.to_apply(read_migrations(str(MIGRATIONS)))]


@contextmanager
def _locked_backend(database_url: str) -> Iterator[Any]:
    """yoyo's backend, while no other process has it; both connections are closed at the end."""
    parts = urlsplit(database_url)
    try:
        lock = psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"{type(error).__name__}: {error}") from error
    with lock:
        lock.execute("select pg_advisory_lock(%s)", [LOCK_KEY])
        with get_backend(urlunsplit(parts._replace(scheme="postgresql+psycopg"))) as backend:
            yield backend
