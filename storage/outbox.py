"""The outbox: messages to items that wait to be delivered (docs/reference/outbox.md)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from storage.database import Connection, Database
from storage.errors import DatabaseUnavailable

IDLE_LEADER_SECONDS = 30
"""A leader that asks nothing for so long is taken to have vanished."""

MAX_ERROR_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMessage:
    """A message, as JSON text, for `item` (`deal:42`) by `signal`. `attempts` have failed so far."""

    id: int
    item: str
    signal: str
    message: str
    attempts: int


class Leadership:
    """The right to deliver. All is said over the connection that holds it: who loses it, can say no more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def waiting(self, limit: int, besides: Collection[str] = ()) -> list[WaitingMessage]:
        """The oldest messages that wait, in order, but none to the items `besides`."""
        rows = await self._connection.fetch("waiting_messages", limit, list(besides))
        return [WaitingMessage(**row) for row in rows]

    async def delivered(self, ids: Sequence[int]) -> None:
        """Note that these were delivered."""
        await self._connection.execute("mark_delivered", ids)

    async def failed(self, message: WaitingMessage, error: str) -> None:
        """Note that an attempt failed, and why."""
        # What is in a server's error can't be known: no NUL and no half character reaches the database.
        printable = "".join(one if one.isprintable() else " " for one in error[:MAX_ERROR_CHARACTERS])
        await self._connection.execute("mark_failed", message.id, printable)

    async def forget(self, delivered_before: timedelta, limit: int) -> int:
        """Delete some that were delivered longer ago than that; how many."""
        forgotten: int = await self._connection.fetch_value("forget_delivered", delivered_before, limit)
        return forgotten


class Outbox:
    """Whoever delivers the outbox leads; one does so at a time, whichever process it is in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def lead(self) -> AsyncIterator[Leadership | None]:
        """Lead for the length of the block; None where somebody else does. Raises `DatabaseUnavailable`."""
        async with self._database.connection() as connection:
            if not await connection.fetch_value("lead_outbox", f"{IDLE_LEADER_SECONDS}s"):
                yield None
                return
            try:
                yield Leadership(connection)
            finally:
                # Where the connection is gone, so is the leadership.
                with contextlib.suppress(DatabaseUnavailable):
                    await connection.execute("leave_outbox")
