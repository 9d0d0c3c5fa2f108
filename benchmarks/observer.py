"""Sees in PostgreSQL what became of the events that were sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from storage.queries import load_queries

QUERIES = load_queries(Path(__file__).parent / "queries")


class Observer:
    """Looks at a run of deals, through a connection of its own."""

    def __init__(self, connection: Any, deals: range) -> None:
        self._connection = connection
        self._limits = (deals[0], deals[-1])

    async def handled_events(self) -> dict[int, int]:
        """How many events each deal has handled, by its number."""
        rows = await self._connection.fetch(QUERIES["handled_events"], *self._limits)
        return {row["item_id"]: row["handled"] for row in rows}

    async def commit_times(self) -> dict[tuple[int, str], float]:
        """When each event was committed, in seconds since the epoch, by deal and event id."""
        rows = await self._connection.fetch(QUERIES["commit_times"], *self._limits)
        return {(row["item_id"], row["event_id"]): row["committed_at"] for row in rows}

    async def count_moves(self) -> int:
        """How many stage changes the deals have behind them."""
        count: int = await self._connection.fetchval(QUERIES["moves"], *self._limits)
        return count


@asynccontextmanager
async def observing(database_url: str, deals: range) -> AsyncIterator[Observer]:
    """An observer of these deals."""
    connection = await asyncpg.connect(database_url)
    try:
        yield Observer(connection, deals)
    finally:
        await connection.close()


async def record_commit_times(database_url: str) -> None:
    """Let the server keep the time of each commit, from its next start."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(QUERIES["record_commit_times"])
    finally:
        await connection.close()
