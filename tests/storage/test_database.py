"""The seam where errors of the driver become ours, and a server that goes and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from storage.database import Database
from storage.errors import DatabaseUnavailable, DataRefused, converted
from storage.migrate import migrate
from tests.support.databases import connected

UNAVAILABLE: dict[str, Exception] = {
    "refused connection": ConnectionRefusedError(111, "Connection refused"),
    "time-out": TimeoutError(),
    "closed connection": asyncpg.ConnectionDoesNotExistError("connection was closed"),
    "connection that is closed already": asyncpg.InterfaceError("connection is closed"),
    "shutdown": asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    "crash": asyncpg.CrashShutdownError("terminating connection because of crash"),
    "start": asyncpg.CannotConnectNowError("the database system is starting up"),
    "too many connections": asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    "deadlock": asyncpg.DeadlockDetectedError("deadlock detected"),
    "serialization failure": asyncpg.SerializationError("could not serialize access"),
    "cancelled query": asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    "standby": asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
    "missing migration": asyncpg.UndefinedTableError('relation "items" does not exist'),
}

REFUSED: dict[str, Exception] = {
    "same key": asyncpg.UniqueViolationError("duplicate key value"),
    "missing parent": asyncpg.ForeignKeyViolationError("violates foreign key constraint"),
    "check": asyncpg.CheckViolationError("violates check constraint"),
    "number out of range": asyncpg.NumericValueOutOfRangeError("bigint out of range"),
    "character that can't be stored": asyncpg.UntranslatableCharacterError("unsupported Unicode escape"),
    "argument of another type": asyncpg.DataError("invalid input for query argument $1"),
}


@pytest.mark.parametrize("error", UNAVAILABLE.values(), ids=UNAVAILABLE.keys())
def test_what_a_retry_helps_is_unavailable(error: Exception) -> None:
    with pytest.raises(DatabaseUnavailable) as unavailable, converted():
        raise error

    assert unavailable.value.__cause__ is error
    assert str(unavailable.value).startswith(type(error).__name__)


@pytest.mark.parametrize("error", REFUSED.values(), ids=REFUSED.keys())
def test_what_no_retry_helps_is_refused(error: Exception) -> None:
    with pytest.raises(DataRefused) as refused, converted():
        raise error

    assert refused.value.__cause__ is error
    assert str(error) in str(refused.value)


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), converted():
        raise ZeroDivisionError


@pytest.fixture
async def own_server(server_directory: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server that the test may stop."""
    server = EmbeddedPostgres(
        server_directory / "own-data",
        await claim_port(0, "--port"),
        log_file=server_directory / "own-postgres.log",
        durable=False,
    )
    await server.start()
    yield server
    await server.stop()


async def test_the_pool_survives_a_restart_of_the_server(
    own_server: EmbeddedPostgres, server_directory: Path
) -> None:
    migrate(own_server.url)
    database = await Database.connect(own_server.url, min_size=3, max_size=3, command_timeout_seconds=5)
    assert await database.fetch("all_users") == []

    await own_server.stop()
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable) as unavailable:
            await database.fetch("all_users")
        assert unavailable.value.__cause__ is not None

    again = EmbeddedPostgres(
        own_server.data_dir, own_server.port, log_file=server_directory / "again.log", durable=False
    )
    await again.start()
    try:
        for _ in range(5):
            assert await database.fetch("all_users") == []
    finally:
        await database.close()
        await again.stop()


async def test_a_connection_that_died_while_idle_is_replaced(database: Database, database_url: str) -> None:
    assert await database.fetch("all_users") == []
    async with connected(database_url) as other:
        await other.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )

    async def answers() -> bool:
        try:
            return await database.fetch("all_users") == []
        except DatabaseUnavailable:
            return False

    # At most the connection that had no time to notice.
    assert await answers() or await answers()


async def test_a_server_that_does_not_exist_is_unavailable() -> None:
    port = await claim_port(0, "--port")

    with pytest.raises(DatabaseUnavailable):
        await Database.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres")


async def test_an_error_in_a_transaction_rolls_it_back(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.transaction() as connection:
            await connection.execute("upsert_user", 1, "Anna", True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_halfway()
    assert await database.fetch("all_users") == []


async def test_waiting_too_long_for_a_connection_is_unavailable(database_url: str) -> None:
    database = await Database.connect(database_url, max_size=1, command_timeout_seconds=0.2)
    try:
        async with database.connection():
            with pytest.raises(DatabaseUnavailable):
                await database.fetch("all_users")
    finally:
        await asyncio.wait_for(database.close(), timeout=10)
