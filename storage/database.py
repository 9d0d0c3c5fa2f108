"""The pool of connections, and how queries are run by name. Errors: `storage.errors`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Self

import asyncpg
from pydantic_core import from_json, to_json

from storage.errors import converted
from storage.queries import QUERIES

SESSION = {"application_name": "crm-triggers", "timezone": "UTC"}


class Connection:
    """One connection, for the queries of one transaction. Queries are named as in `storage/queries/`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """All rows; columns by name."""
        with converted():
            rows: list[Any] = await self._connection.fetch(QUERIES[query], *arguments)
            return rows

    async def fetch_row(self, query: str, *arguments: Any) -> Any:
        """The first row, or None."""
        with converted():
            return await self._connection.fetchrow(QUERIES[query], *arguments)

    async def fetch_value(self, query: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        with converted():
            return await self._connection.fetchval(QUERIES[query], *arguments)

    async def execute(self, query: str, *arguments: Any) -> None:
        with converted():
            await self._connection.execute(QUERIES[query], *arguments)

    async def execute_many(self, query: str, arguments: Iterable[tuple[Any, ...]]) -> None:
        """Run the query once for each tuple of arguments."""
        with converted():
            await self._connection.executemany(QUERIES[query], arguments)


class Database:
    """A pool of connections that survives a restart of the server.

    What was under way when the server went raises `DatabaseUnavailable`; the pool replaces
    dead connections by itself.
    """

    def __init__(self, pool: Any, command_timeout_seconds: float) -> None:
        self._pool = pool
        self._command_timeout_seconds = command_timeout_seconds

    @classmethod
    async def connect(
        cls, url: str, *, min_size: int = 1, max_size: int = 10, command_timeout_seconds: float = 10.0
    ) -> Self:
        """Open `min_size` connections; raises `DatabaseUnavailable`.

        The time-out holds for each query, for getting a connection of the pool, and for opening one.
        """
        with converted():
            pool = await asyncpg.create_pool(
                url,
                min_size=min_size,
                max_size=max_size,
                command_timeout=command_timeout_seconds,
                timeout=command_timeout_seconds,
                server_settings=SESSION,
                init=_set_json_codec,
                reset=_keep_session,
            )
        return cls(pool, command_timeout_seconds)

    async def close(self) -> None:
        """Close every connection when the query that it runs has ended."""
        with converted():
            await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection on which each query is a transaction of its own."""
        with converted():
            async with self._pool.acquire(timeout=self._command_timeout_seconds) as connection:
                yield Connection(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction, which ends with the block: committed, or rolled back on an error."""
        with converted():
            async with (
                self._pool.acquire(timeout=self._command_timeout_seconds) as connection,
                connection.transaction(),
            ):
                yield Connection(connection)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """All rows of one query; columns by name."""
        async with self.connection() as connection:
            return await connection.fetch(query, *arguments)

    async def fetch_row(self, query: str, *arguments: Any) -> Any:
        """The first row of one query, or None."""
        async with self.connection() as connection:
            return await connection.fetch_row(query, *arguments)

    async def fetch_value(self, query: str, *arguments: Any) -> Any:
        """The first column of the first row of one query, or None."""
        async with self.connection() as connection:
            return await connection.fetch_value(query, *arguments)


async def _set_json_codec(connection: Any) -> None:
    # It writes dataclasses, models and enumerations too, and datetimes as RFC 3339 has them.
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda value: to_json(value).decode(), decoder=from_json
    )


async def _keep_session(connection: Any) -> None:
    """Nothing is set in a session that the next user could see, so that a reset's round trip is saved."""
