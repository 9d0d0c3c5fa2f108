"""Fixtures for all tests: a PostgreSQL and a Temporal server for the session, a database for each test."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from starter.local.temporal_server import DevServer
from starter.temporal import connect, ensure_search_attributes
from storage.database import Database
from storage.migrate import migrate
from tests.support.databases import create_database, drop_database
from tests.support.workbench import Workbench, workbench

TEMPLATE = "crm_template"


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """A directory that PostgreSQL may be let into: pytest's own are closed to whom it runs as under root."""
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as name:
        yield Path(name).resolve()


@pytest.fixture(scope="session")
async def postgres(server_directory: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A running PostgreSQL, for the whole session."""
    port = await claim_port(0, "--port")
    log_file = server_directory / "postgres.log"
    server = EmbeddedPostgres(server_directory / "data", port, log_file=log_file, durable=False)
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


@pytest.fixture(scope="session")
async def temporal_server() -> AsyncIterator[DevServer]:
    """A running Temporal server that forgets everything at its end, for the whole session."""
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as name:
        server = DevServer(None, await claim_port(0, "--port"), log_file=Path(name) / "temporal.log")
        await server.start()
        try:
            await ensure_search_attributes(await connect(server.address))
            yield server
        finally:
            await server.stop()


@pytest.fixture(scope="session")
async def temporal(temporal_server: DevServer) -> Client:
    """A client of the session's Temporal server."""
    return await connect(temporal_server.address)


@pytest.fixture
async def bench(database_url: str, temporal: Client) -> AsyncIterator[Workbench]:
    """A workbench with `deal:sales`, without a worker yet."""
    async with workbench(database_url, temporal) as made:
        yield made


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End at once, with our own status.

    A process that used a Temporal client may crash while the interpreter shuts down, after all is done
    (design section 8). Everything was reported and stopped by now. Where tests run in several processes,
    only the one that reports: nobody asks for the status of the others.
    """
    if hasattr(config, "workerinput"):
        return
    session = config.pluginmanager.get_plugin("session")
    status = getattr(session, "exitstatus", None)
    if status is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
