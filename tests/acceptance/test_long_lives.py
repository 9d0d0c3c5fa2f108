"""An item lives for years: its workflow continues as new again and again, and nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crm.values import Json
from starter.local.ports import claim_port
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from starter.temporal import connect, ensure_search_attributes
from tests.support.workbench import Workbench, workbench

HISTORY_EVENTS_PER_RUN = 400
PRODUCERS = ("score", "note")
"""Each changes the field that it is named after here."""

TOLD_IN_A_ROW = 19
"""After so many signals a producer sends an update, and waits for its outcome."""


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
        client = await connect(server.address)
        await ensure_search_attributes(client)
        async with workbench(database_url, client) as bench:
            yield bench


async def test_thousands_of_events_of_one_item_are_handled_once_each_and_in_order_over_many_runs(
    short_runs: Workbench, many_events: int
) -> None:
    """Scenario 26: two producers at the same time, each with signals and updates in an order of its own."""
    deal = await short_runs.create("new", note="0")
    of_each = many_events // len(PRODUCERS)

    async def produce(field: str) -> None:
        for number in range(1, of_each + 1):
            event_id = f"{field}-{number}"
            changes: dict[str, Json] = {field: {"new": number if field == "score" else str(number)}}
            data: dict[str, Json] = {"changes": changes}
            if number % (TOLD_IN_A_ROW + 1) and number < of_each:
                await short_runs.client.event(deal, "field_changed", data, event_id=event_id)
            else:
                outcome = await short_runs.client.submit(deal, "field_changed", data, event_id=event_id)
                assert (outcome.event_id, outcome.duplicate) == (event_id, False)

    async with short_runs.worker():
        await asyncio.gather(*map(produce, PRODUCERS))
        state = await short_runs.client.item(deal)

    handled = [one.event_id for one in await short_runs.decided(deal)]
    for field in PRODUCERS:
        of_this = [event_id for event_id in handled if event_id.startswith(field)]
        assert of_this == [f"{field}-{number}" for number in range(1, of_each + 1)]
    # Every event changed a value, and every change is one version.
    stored = (await short_runs.stored(deal)).item
    assert stored.version == 1 + len(PRODUCERS) * of_each
    assert (stored.fields["score"], stored.fields["note"]) == (of_each, str(of_each))
    assert state["counters"] == {
        "handled": len(PRODUCERS) * of_each,
        "moved": 0,
        "rejected": 0,
        "duplicates": 0,
    }
    assert state["runs"] > 2
