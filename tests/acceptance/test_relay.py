"""The relay delivers what producers write to the outbox, whoever dies and whichever server is away."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic_core import to_json

import worker
from crm.items import ItemRef
from starter.client import ItemClient
from starter.local.temporal_server import DevServer
from starter.relay import FIRST_PAUSE_SECONDS, Relay
from starter.temporal import connect
from storage.database import Database
from storage.outbox import Outbox
from tests.acceptance.records import MoveMade, decision, moves
from tests.acceptance.worker_processes import WorkerProcesses
from tests.support.databases import query
from tests.support.polling import eventually
from tests.support.proxies import proxy_to
from tests.support.workbench import ANN, Workbench, watching

REFERENCE = Path(worker.__file__).parent / "docs" / "reference" / "outbox.md"

WRITE = "insert into outbox (item_type, item_id, signal, message) values ($1, $2, 'field_changed', $3::jsonb)"
WAITING = "select count(*) from outbox where delivered_at is null"
LEADERS = """
select pid from pg_locks join pg_database on pg_database.oid = pg_locks.database
where locktype = 'advisory' and granted and datname = current_database()
"""
STANDING_BY = """
select pid from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and query like '%relay of the outbox%'
"""

UNDELIVERABLE = {
    "nobody can read it": ('{"event_id": "e", "data": ' + "[" * 300 + "]" * 300 + "}", "ValueError: "),
}


async def write(bench: Workbench, item: str, event_id: str, note: str = "told") -> None:
    """A save of the item's note, told through the outbox."""
    message = {"event_id": event_id, "data": {"changes": {"note": {"new": note}}}}
    await write_text(bench, item, to_json(message).decode())


async def write_text(bench: Workbench, item: str, message: str) -> None:
    """A message as it is."""
    ref = ItemRef.parse(item)
    await query(bench.database_url, WRITE, ref.item_type, ref.item_id, message)


async def all_delivered(bench: Workbench) -> None:
    await eventually(partial(query, bench.database_url, WAITING), [(0,)].__eq__, within_seconds=40)


async def handled(bench: Workbench, item: str, *event_ids: str) -> None:
    """Return when the item has handled these events, in this order and no others."""

    async def found() -> list[str]:
        return [one.event_id for one in await bench.decided(item)]

    await eventually(found, list(event_ids).__eq__, within_seconds=40)


@asynccontextmanager
async def relaying(database: Database, client: ItemClient) -> AsyncIterator[None]:
    """A relay in this process."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as beside:
        beside.create_task(Relay(Outbox(database), client).run(stop))
        try:
            yield
        finally:
            stop.set()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The relay's warnings, without what differs from run to run."""
    warnings = [one for one in caplog.records if one.levelno >= logging.WARNING]
    return [
        re.split(r": .*|, and .*", one.getMessage())[0] for one in warnings if one.name == "starter.relay"
    ]


async def test_the_example_for_producers_is_delivered_and_handled(bench: Workbench) -> None:
    [example, _] = re.findall(r"```sql\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    await bench.publish(watching("noted", "in-progress", "note"))
    deal = await bench.create("new")
    [statement] = re.findall(r"begin;\n(.*)commit;", example, re.DOTALL)

    async with bench.worker(), bench.relay():
        await query(bench.database_url, statement.replace("42", deal.removeprefix("deal:")))
        await eventually(partial(bench.stage, deal), "in-progress".__eq__)

    assert await moves(bench, deal) == [MoveMade("new", "in-progress", "noted", ANN)]
    entry = await decision(bench, deal, "call-4711")
    assert (entry.kind, entry.actor, entry.cause) == ("field_changed", ANN, "user")
    stored = (await bench.stored(deal)).item
    assert (stored.fields["note"], stored.version) == ("called back", 3)


async def test_messages_to_one_item_are_delivered_in_order_and_side_by_side_with_others(
    bench: Workbench,
) -> None:
    deals = [await bench.create("new") for _ in range(5)]
    for number in range(1, 31):
        for deal in deals:
            await write(bench, deal, f"e-{number}", f"note {number}")

    async with bench.worker(), bench.relay():
        for deal in deals:
            await handled(bench, deal, *(f"e-{number}" for number in range(1, 31)))
        await all_delivered(bench)

    # None was sent again while it was under way.
    assert await query(bench.database_url, "select distinct attempts from outbox") == [(1,)]


@pytest.mark.parametrize(("undeliverable", "why"), UNDELIVERABLE.values(), ids=UNDELIVERABLE)
async def test_a_message_that_cannot_be_delivered_holds_back_its_own_item_alone(
    bench: Workbench, caplog: pytest.LogCaptureFixture, undeliverable: str, why: str
) -> None:
    stuck, free = await bench.create("new"), await bench.create("new")
    await write(bench, stuck, "first")
    await write_text(bench, stuck, undeliverable)
    await write(bench, stuck, "behind it")
    await write(bench, free, "free")
    begun = time.monotonic()

    async with bench.worker(), bench.relay():
        await handled(bench, stuck, "first")
        await handled(bench, free, "free")
        tried = partial(query, bench.database_url, "select attempts, last_error from outbox where id = 2")
        [(_, error)] = await eventually(tried, lambda found: found[0][0] >= 3)
        took = time.monotonic() - begun
        await handled(bench, stuck, "first")

        await query(bench.database_url, "delete from outbox where id = 2")
        await handled(bench, stuck, "first", "behind it")

    assert error.startswith(why)
    assert took > FIRST_PAUSE_SECONDS + 2 * FIRST_PAUSE_SECONDS
    assert told(caplog) == [f"message 2 to {stuck} can't be delivered yet"]


async def test_while_temporal_is_away_messages_wait_and_come_in_order_afterwards(
    bench: Workbench, temporal_server: DevServer, caplog: pytest.LogCaptureFixture
) -> None:
    deals = [await bench.create("new") for _ in range(3)]
    async with proxy_to(f"grpc://{temporal_server.address}") as (proxy, url):
        client = ItemClient(await connect(urlsplit(url).netloc))
        async with bench.worker(), relaying(bench.database, client):
            for deal in deals:
                await write(bench, deal, "before")
            await all_delivered(bench)
            await proxy.cut()
            for number in range(1, 6):
                for deal in deals:
                    await write(bench, deal, f"e-{number}")
            failed = "select count(*) from outbox where delivered_at is null and last_error is not null"
            await eventually(partial(query, bench.database_url, failed), [(3,)].__eq__, within_seconds=40)
            await proxy.open()
            for deal in deals:
                await handled(bench, deal, "before", *(f"e-{number}" for number in range(1, 6)))
            await all_delivered(bench)

    assert told(caplog) == ["the relay can't reach Temporal"] * 2


async def test_while_the_database_is_away_the_relay_waits_and_goes_on_afterwards(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    deal = await bench.create("new")
    async with proxy_to(bench.database_url) as (proxy, url):
        database = await Database.connect(url, min_size=0, max_size=1, command_timeout_seconds=1)
        async with bench.worker(), relaying(database, bench.client):
            await write(bench, deal, "before")
            await all_delivered(bench)
            await proxy.cut()
            await write(bench, deal, "meanwhile")
            await eventually(partial(_done, caplog, 1))
            await proxy.open()
            await handled(bench, deal, "before", "meanwhile")
            await all_delivered(bench)
        await database.close()

    assert told(caplog) == ["the relay can't reach the database"] * 2


async def _done(caplog: pytest.LogCaptureFixture, count: int) -> bool:
    return len(told(caplog)) >= count


async def test_another_relay_takes_over_when_the_one_that_leads_is_killed(
    bench: Workbench, worker_processes: WorkerProcesses
) -> None:
    deal = await bench.create("new")
    leaders = partial(query, bench.database_url, LEADERS)
    killed = await worker_processes.start_relay()
    first = await eventually(leaders)
    await worker_processes.start_relay()
    await eventually(partial(query, bench.database_url, STANDING_BY))

    async with bench.worker():
        await write(bench, deal, "e-1")
        await handled(bench, deal, "e-1")
        killed.kill()
        await killed.exited
        await write(bench, deal, "e-2")
        await handled(bench, deal, "e-1", "e-2")
        second = await leaders()

    assert len(first) == len(second) == 1
    assert first != second


async def test_a_relay_that_is_told_to_stop_ends_well_and_leads_no_more(
    bench: Workbench, worker_processes: WorkerProcesses
) -> None:
    relay = await worker_processes.start_relay()
    await eventually(partial(query, bench.database_url, LEADERS))

    await relay.stop(grace_seconds=15)

    assert await relay.exited == 0
    assert await query(bench.database_url, LEADERS) == []


async def test_a_worker_that_is_told_to_run_no_relay_delivers_nothing(
    bench: Workbench, worker_processes: WorkerProcesses
) -> None:
    deal = await bench.create("new")
    await write(bench, deal, "by outbox")
    await worker_processes.start(CRM_TRIGGERS_RELAY="false")

    await bench.change_fields(deal, "by update", note="asked")

    assert [one.event_id for one in await bench.decided(deal)] == ["by update"]
    assert await query(bench.database_url, LEADERS) == []
