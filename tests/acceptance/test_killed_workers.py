"""A worker may be killed at any moment: what it was about is done once, by whoever comes next.

The moments are reached from the database: a lock on an item's row holds its commit back inside
PostgreSQL, which goes on with it, or does not, after the worker is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

import pytest

from crm.decisions import Verdict
from crm.items import ItemRef
from starter.client import ItemClient
from tests.acceptance.records import MoveMade, moves
from tests.acceptance.worker_processes import WorkerProcesses
from tests.support.databases import connected, query
from tests.support.polling import eventually
from tests.support.workbench import ANN, Workbench, watching

LOCK_ITEM = "select from items where item_type = $1 and item_id = $2 for update"
HELD_BACK = "select pid, query_start from pg_stat_activity where $1 = any (pg_blocking_pids(pid))"
END_BACKEND = "select pg_terminate_backend($1, 5000)"

RECOVERY_SECONDS = 60
"""Temporal gives a killed worker up to 15 seconds before it asks another one."""

Held: TypeAlias = tuple[int, datetime]
"""A commit that waits: its process in PostgreSQL, which serves others before and after, and its begin."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The rows of items, held by a connection of the test's own."""

    connection: Any
    database_url: str

    async def held_back(self, count: int, besides: Sequence[Held] = ()) -> list[Held]:
        """The commits that wait for the rows, once there are so many."""
        holder = self.connection.get_server_pid()

        async def waiting() -> list[Held]:
            found: list[Any] = await query(self.database_url, HELD_BACK, holder)
            return [held for held in found if held not in besides]

        return await eventually(waiting, lambda found: len(found) == count)


@asynccontextmanager
async def locked(database_url: str, *items: str) -> AsyncIterator[Lock]:
    """Hold the items' rows for the length of a block."""
    async with connected(database_url) as connection, connection.transaction():
        for ref in map(ItemRef.parse, items):
            await connection.execute(LOCK_ITEM, ref.item_type, ref.item_id)
        yield Lock(connection, database_url)


@pytest.mark.parametrize(
    "later", [pytest.param(False, id="at the quick attempt"), pytest.param(True, id="at a later attempt")]
)
async def test_a_killed_worker_leaves_one_move_and_one_timeline_record(
    bench: Workbench, worker_processes: WorkerProcesses, later: bool
) -> None:
    """Scenario 23: of two deals each, one is told of the event, the other one asked."""
    await bench.publish(watching("contract-uploaded", "signing", "contract"))
    # Killed between decision and commit, and between commit and answer.
    uncommitted = [await bench.create("new"), await bench.create("new")]
    unanswered = [await bench.create("new"), await bench.create("new")]
    client = ItemClient(bench.temporal, answer_timeout_seconds=RECOVERY_SECONDS)
    upload = {"changes": {"contract": {"new": "file-17"}}}
    killed = await worker_processes.start()

    async with locked(bench.database_url, *uncommitted) as lost:
        async with locked(bench.database_url, *unanswered) as delayed:
            answers = []
            for told, asked in (uncommitted, unanswered):
                await client.event(told, "field_changed", upload, event_id="upload")
                answers.append(
                    asyncio.create_task(client.submit(asked, "field_changed", upload, event_id="upload"))
                )
            first = [*await lost.held_back(2), *await delayed.held_back(2)]
            backends = await lost.held_back(2, besides=first if later else ())
            await delayed.held_back(2, besides=first if later else ())
            killed.kill()
            assert await killed.exited == -9
        for pid, _ in backends:
            await query(bench.database_url, END_BACKEND, pid)
    for deal in unanswered:
        await eventually(partial(bench.decided, deal))
    for deal in uncommitted:
        assert await bench.decided(deal) == []

    await worker_processes.start()

    for outcome in await asyncio.gather(*answers):
        assert (outcome.verdict, outcome.to_stage, outcome.duplicate) == (Verdict.MOVED, "signing", False)
    for deal in (*uncommitted, *unanswered):
        await eventually(
            partial(counters, bench, deal),
            lambda found: found == {"handled": 1, "moved": 1, "rejected": 0, "duplicates": 0},
            within_seconds=RECOVERY_SECONDS,
        )
        assert await moves(bench, deal) == [MoveMade("new", "signing", "contract-uploaded", ANN)]
        assert [one.event_id for one in await bench.decided(deal)] == ["upload"]


async def counters(bench: Workbench, item: str) -> dict[str, int]:
    """What the item's workflow counts of its events."""
    found: dict[str, int] = (await bench.client.item(item))["counters"]
    return found
