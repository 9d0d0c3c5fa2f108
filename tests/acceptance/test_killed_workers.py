"""A worker may be killed at any moment: what it was about is done once, by whoever comes next.

The moments are reached from the database: a lock on the item's row holds the commit back inside
PostgreSQL, which goes on with it, or does not, after the worker is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

import pytest

from crm.commits import Outcome
from crm.decisions import Verdict
from crm.items import ItemRef
from starter.client import ItemClient
from tests.acceptance.records import MoveMade, moves
from tests.acceptance.worker_processes import WorkerProcesses
from tests.support.databases import connected, query
from tests.support.polling import eventually
from tests.support.workbench import ANN, Workbench, watching

LOCK_ITEM = "select from items where item_type = $1 and item_id = $2 for update"

HELD_BACK = """
    select pid, query_start from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%commit_event%'
"""

Commit: TypeAlias = tuple[int, datetime]
"""The process of PostgreSQL that is about it, which may do others before and after, and when it began."""

RECOVERY_SECONDS = 60
"""Temporal gives a killed worker up to 15 seconds before it asks another one."""


@pytest.mark.parametrize("commits", [False, True], ids=["before the commit", "between commit and answer"])
@pytest.mark.parametrize("patient", [False, True], ids=["at the quick attempt", "at a later attempt"])
async def test_a_killed_worker_leaves_one_move_and_one_timeline_record(
    bench: Workbench, worker_processes: WorkerProcesses, commits: bool, patient: bool
) -> None:
    """Scenario 23: one deal is told of the event, another one asked."""
    await bench.publish(watching("contract-uploaded", "signing", "contract"))
    told, asked = await bench.create("new"), await bench.create("new")
    client = ItemClient(bench.temporal, answer_timeout_seconds=RECOVERY_SECONDS)
    killed = await worker_processes.start()

    async with connected(bench.database_url) as holder:
        lock = holder.transaction()
        await lock.start()
        for deal in (told, asked):
            ref = ItemRef.parse(deal)
            await holder.execute(LOCK_ITEM, ref.item_type, ref.item_id)
        await client.field_changed(told, {"contract": "file-17"}, event_id="upload")
        answer = asyncio.create_task(
            client.submit(asked, "field_changed", {"changes": {"contract": {"new": "f-1"}}}, event_id="upload")
        )
        first = await held_back(bench)
        backends = await held_back(bench, besides=first) if patient else first
        killed.kill()
        assert await killed.exited == -9
        if not commits:
            for pid, _ in backends:
                await query(bench.database_url, "select pg_terminate_backend($1, 5000)", pid)
        await lock.rollback()

    for deal in (told, asked):
        if commits:
            await eventually(lambda deal=deal: bench.decided(deal))
        else:
            assert await bench.decided(deal) == []
    await worker_processes.start()
    outcome: Outcome = await answer
    for deal in (told, asked):
        await eventually(
            lambda deal=deal: handled(bench, deal), lambda count: count == 1, within_seconds=RECOVERY_SECONDS
        )

    assert (outcome.verdict, outcome.to_stage, outcome.duplicate) == (Verdict.MOVED, "signing", False)
    for deal in (told, asked):
        assert await moves(bench, deal) == [MoveMade("new", "signing", "contract-uploaded", ANN)]
        assert [one.event_id for one in await bench.decided(deal)] == ["upload"]
        assert (await bench.client.item(deal))["counters"] == {
            "handled": 1,
            "moved": 1,
            "rejected": 0,
            "duplicates": 0,
        }


async def held_back(bench: Workbench, besides: Sequence[Commit] = ()) -> list[Commit]:
    """The commits of both items, once they wait for the items' rows."""

    async def waiting() -> list[Commit]:
        rows: list[Commit] = await query(bench.database_url, HELD_BACK)
        return [commit for commit in rows if commit not in besides]

    return await eventually(waiting, lambda commits: len(commits) == 2)


async def handled(bench: Workbench, item: str) -> int:
    """How many events the item's workflow knows that it has handled."""
    count: int = (await bench.client.item(item))["counters"]["handled"]
    return count
