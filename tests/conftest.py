"""Fixtures for all tests: one PostgreSQL for the session, in it a fresh database for each test."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from storage.database import Database
from storage.migrate import migrate
from tests.support.databases import create_database, drop_database

TEMPLATE = "crm_template"


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    """A running PostgreSQL, for the whole session."""
    # pytest's own directories are closed to the other user that PostgreSQL runs as under root.
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as name:
        directory = Path(name).resolve()
        server = EmbeddedPostgres(
            directory / "data",
            await claim_port(0, "--port"),
            log_file=directory / "postgres.log",
            durable=False,
        )
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


@pytest.fixture(scope="session")
async def template_database(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated database, to make others from."""
    migrate(await create_database(postgres.url, TEMPLATE))
    return TEMPLATE


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres, template_database: str) -> AsyncIterator[str]:
    """A migrated database without rows, for one test alone."""
    url = await create_database(postgres.url, template=template_database)
    yield url
    await drop_database(postgres.url, url)


@pytest.fixture
async def empty_database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database that was never migrated, for one test alone."""
    url = await create_database(postgres.url)
    yield url
    await drop_database(postgres.url, url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The test's own database, connected."""
    database = await Database.connect(database_url, max_size=10, command_timeout_seconds=20)
    yield database
    await database.close()
