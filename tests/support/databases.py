"""Databases that a test makes and drops, and a look into their tables past the code under test."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

WAITING = """
select count(*) from pg_locks
where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())
"""
"""How many locks of pipelines, or of definitions, somebody waits for in the database."""


async def create_database(server_url: str, name: str | None = None, *, template: str | None = None) -> str:
    """Create a database on the server, by default under a name of its own; answers with its URL."""
    name = name or f"test_{uuid.uuid4().hex}"
    async with connected(server_url) as connection:
        await connection.execute(
            f'create database "{name}"' + (f' template "{template}"' if template else "")
        )
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


async def drop_database(server_url: str, url: str) -> None:
    """Drop a database, with whoever is still connected to it."""
    async with connected(server_url) as connection:
        await connection.execute(f'drop database "{urlsplit(url).path[1:]}" with (force)')


async def query(url: str, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement, as tuples."""
    async with connected(url) as connection:
        return [tuple(row) for row in await connection.fetch(sql, *arguments)]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """A plain connection of the driver."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
