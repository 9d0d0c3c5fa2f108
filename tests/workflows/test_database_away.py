"""While the database is away events wait, an operator sees why, and afterwards all are handled in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo

from crm.decisions import Verdict
from storage.database import Database
from tests.support.polling import eventually
from tests.support.proxies import Proxy, proxy_to
from tests.support.workbench import BOB, Workbench, watching


@dataclass(frozen=True)
class Distant:
    """A workbench whose worker reaches the database through a proxy; the test itself goes past it."""

    bench: Workbench
    proxy: Proxy

    async def pending(self, deal: str) -> list[PendingActivityInfo]:
        description = await self.bench.handle(deal).describe()
        return list(description.raw_description.pending_activities)

    async def waiting_line(self, deal: str) -> str:
        metadata = await self.bench.handle(deal).query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        details: str = metadata.current_details
        return next(line for line in details.splitlines() if line.startswith("**Waiting**"))


@pytest.fixture(params=[pytest.param(2_000, id="cached"), pytest.param(0, id="uncached")])
async def distant(bench: Workbench, request: pytest.FixtureRequest) -> AsyncIterator[Distant]:
    async with proxy_to(bench.database_url) as (proxy, url):
        database = await Database.connect(url, command_timeout_seconds=1)
        async with replace(bench, database=database).worker(cached_items=request.param):
            yield Distant(bench, proxy)
            await proxy.cut()
        await database.close()


async def test_events_wait_for_the_database_in_sight_and_are_handled_in_order_afterwards(
    distant: Distant,
) -> None:
    bench = distant.bench
    await bench.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await bench.create("negotiation", score=0)
    await bench.change_fields(deal, "before", note="a")

    await distant.proxy.cut()
    await bench.client.field_changed(deal, {"contract": "f-1"}, event_id="e-0")
    [pending] = await eventually(
        lambda: distant.pending(deal), lambda found: any(one.attempt > 1 for one in found)
    )
    for number in range(1, 4):
        await bench.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")
    caller = asyncio.create_task(bench.client.move(deal, "won", event_id="e-4", actor=BOB))
    state = await eventually(lambda: bench.client.item(deal), lambda found: found["waiting"] == 4)
    line = await distant.waiting_line(deal)
    await distant.proxy.open()
    outcome = await caller

    assert pending.activity_type.name == "commit_event"
    assert "ConnectionRefusedError" in pending.last_failure.message
    trouble = "commit field_changed e-0 is retried since the database did not answer ("
    assert state["trouble"].startswith(trouble)
    assert line.startswith(f"**Waiting** {trouble}")
    assert outcome.verdict is Verdict.MOVED
    decided = await bench.decided(deal)
    assert [one.event_id for one in decided] == ["before", "e-0", "e-1", "e-2", "e-3", "e-4"]
    assert [one.to_stage for one in await bench.history(deal)] == ["negotiation", "contract-approval", "won"]
    assert (await bench.client.item(deal))["trouble"] is None
    assert await distant.waiting_line(deal) == "**Waiting** nothing"


async def test_a_workflow_that_starts_while_the_database_is_away_says_so_and_opens_its_item_later(
    distant: Distant,
) -> None:
    bench = distant.bench
    deal = await bench.create("negotiation")

    await distant.proxy.cut()
    await bench.client.field_changed(deal, {"note": "a"}, event_id="e")
    [pending] = await eventually(lambda: distant.pending(deal))
    line = await distant.waiting_line(deal)
    await distant.proxy.open()
    [entry] = await eventually(lambda: bench.decided(deal))

    assert pending.activity_type.name == "open_item"
    assert line.startswith(f"**Waiting** open {deal} is retried since the database did not answer (")
    assert (entry.event_id, entry.verdict) == ("e", Verdict.NO_TRIGGER_MATCHED)


async def test_a_commit_whose_answer_was_lost_is_done_once_and_is_no_duplicate(distant: Distant) -> None:
    bench = distant.bench
    await bench.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await bench.create("negotiation", contract=None)
    await bench.change_fields(deal, "before", contract=None)

    distant.proxy.drop_answers()
    caller = asyncio.create_task(bench.change_fields(deal, "upload", contract="f-1"))
    await eventually(lambda: bench.stage(deal), lambda stage: stage == "contract-approval")
    await eventually(lambda: distant.pending(deal))
    await distant.proxy.cut()
    await distant.proxy.open()
    outcome = await caller

    assert (outcome.verdict, outcome.duplicate) == (Verdict.MOVED, False)
    assert len(await bench.timeline(deal, "moved")) == 1
    assert (await bench.client.item(deal))["counters"] == {
        "handled": 2,
        "moved": 1,
        "rejected": 0,
        "duplicates": 0,
    }


async def test_a_large_message_waits_for_the_database_as_a_small_one_does(distant: Distant) -> None:
    bench = distant.bench
    deal = await bench.create("negotiation")
    await bench.change_fields(deal, "before", tags=[letter * 12_000 for letter in "abcde"])

    await distant.proxy.cut()
    caller = asyncio.create_task(
        bench.change_fields(deal, "large", tags=[digit * 12_000 for digit in "12345"])
    )
    [pending] = await eventually(lambda: distant.pending(deal))
    await distant.proxy.open()
    outcome = await caller

    assert pending.activity_type.name == "commit_event"
    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
