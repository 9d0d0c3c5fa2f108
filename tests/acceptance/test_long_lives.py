"""An item lives for years: its workflow continues as new again and again, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from starter.local.ports import claim_port
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from starter.temporal import connect, ensure_search_attributes
from tests.support.polling import eventually
from tests.support.workbench import Workbench, watching, workbench

HISTORY_EVENTS_PER_RUN = 400
ASKED_IN = 5
"""One in so many events is an update, the others are signals."""


@pytest.fixture
async def short_runs(database_url: str, tmp_path: Path) -> AsyncIterator[Workbench]:
    """A workbench on a server of its own, which suggests a new run after few history events."""
    server = DevServer(
        None,
        await claim_port(0, "--port"),
        log_file=tmp_path / "temporal.log",
        dynamic_config={"limit.historyCount.suggestContinueAsNew": HISTORY_EVENTS_PER_RUN},
    )
    async with running(server):
        client: Client = await connect(server.address)
        await ensure_search_attributes(client)
        async with workbench(database_url, client) as bench:
            yield bench


async def test_thousands_of_events_of_one_item_are_handled_once_each_and_in_order_over_many_runs(
    short_runs: Workbench, many_events: int
) -> None:
    """Scenario 26: signals and updates at the same time, two services that each keep their order."""
    asked = many_events // ASKED_IN
    told = many_events - asked
    await short_runs.publish(watching("last-note", "signing", "note", condition=()))
    deal = await short_runs.create("signing")

    async def tell() -> None:
        for number in range(told):
            await short_runs.client.field_changed(deal, {"score": number}, event_id=f"told-{number}")

    async def ask() -> None:
        for number in range(asked):
            await short_runs.change_fields(deal, f"asked-{number}", note=f"note {number}")

    async with short_runs.worker():
        await asyncio.gather(tell(), ask())
        entries = await eventually(
            lambda: short_runs.decided(deal),
            lambda found: len(found) == many_events,
            within_seconds=60 + many_events / 20,
        )
        state = await short_runs.client.item(deal)

    handled = [one.event_id for one in entries]
    assert [one for one in handled if one.startswith("told")] == [f"told-{number}" for number in range(told)]
    assert [one for one in handled if one.startswith("asked")] == [
        f"asked-{number}" for number in range(asked)
    ]
    # Every event changed a value, and every change is one version.
    stored = (await short_runs.stored(deal)).item
    assert stored.version == 1 + many_events
    assert (stored.fields["score"], stored.fields["note"]) == (told - 1, f"note {asked - 1}")
    assert state["counters"] == {"handled": many_events, "moved": 0, "rejected": 0, "duplicates": 0}
    assert state["runs"] > 2
