"""A long life in several runs: nothing lost, nothing twice, and nobody left without an answer."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from temporalio.client import Client

from crm.decisions import Verdict
from starter.local.ports import claim_port
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from starter.temporal import connect, ensure_search_attributes
from tests.support.databases import query
from tests.support.histories import event_types
from tests.support.polling import eventually
from tests.support.raw_messages import binary, json_text, signal_raw
from tests.support.workbench import BOB, Workbench, watching, workbench
from workflows.operator_view import LAST_MOVE_AT, STAGE


@pytest.fixture(scope="module")
async def hasty_temporal() -> AsyncIterator[Client]:
    """A client of a server that suggests a new run after 60 events of a history, or 18 updates."""
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as name:
        limits = {"limit.historyCount.suggestContinueAsNew": 60, "history.maxTotalUpdates": 20}
        log_file = Path(name) / "temporal.log"
        server = DevServer(None, await claim_port(0, "--port"), log_file=log_file, dynamic_config=limits)
        async with running(server):
            client = await connect(server.address)
            await ensure_search_attributes(client)
            yield client


@pytest.fixture(params=[pytest.param(2_000, id="cached"), pytest.param(0, id="uncached")])
async def hasty(
    database_url: str, hasty_temporal: Client, request: pytest.FixtureRequest
) -> AsyncIterator[Workbench]:
    """A workbench on that server, with a running worker."""
    async with workbench(database_url, hasty_temporal) as bench, bench.worker(cached_items=request.param):
        yield bench


async def test_what_an_item_knows_goes_on_from_run_to_run(hasty: Workbench) -> None:
    await hasty.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await hasty.create("negotiation", score=0)
    await hasty.change_fields(deal, "upload", contract="f-1")
    await hasty.client.submit(deal, "sneezed", {}, event_id="odd")
    for number in range(1, 31):
        await hasty.change_fields(deal, f"e-{number}", score=number)
    await hasty.change_fields(deal, "e-30", score=0)

    state = await eventually(lambda: hasty.client.item(deal), lambda found: found["known"]["fields"] != {})
    assert state["runs"] >= 3
    assert state["counters"] == {"handled": 32, "moved": 1, "rejected": 1, "duplicates": 1}
    decisions = await hasty.client.decisions(deal)
    assert [one["event_id"] for one in decisions] == [f"e-{number}" for number in range(11, 31)]
    description = await hasty.handle(deal).describe()
    assert description.typed_search_attributes.get(STAGE) == "deal:sales/contract-approval"
    assert description.typed_search_attributes.get(LAST_MOVE_AT) is not None


async def test_an_event_of_an_earlier_run_is_remembered_without_asking_the_ledger(hasty: Workbench) -> None:
    deal = await hasty.create("negotiation", score=0)
    first = await hasty.change_fields(deal, "e-0", note="a")
    for number in range(1, 31):
        await hasty.change_fields(deal, f"e-{number}", score=number)
    await query(hasty.database_url, "delete from ledger where event_id = 'e-0'")

    again = await hasty.change_fields(deal, "e-0", note="a")

    assert (await hasty.client.item(deal))["runs"] > 1
    assert (again.decided_at, again.duplicate) == (first.decided_at, True)


async def test_callers_and_signals_that_never_let_up_are_all_handled_once(hasty: Workbench) -> None:
    deal = await hasty.create("new", score=0)

    async def call(caller: int) -> list[str]:
        outcomes = [
            await hasty.change_fields(deal, f"{caller}-{number}", score=number) for number in range(12)
        ]
        return [one.event_id for one in outcomes]

    async def tell(teller: int) -> None:
        for number in range(12):
            await hasty.client.field_changed(deal, {"note": f"{number}"}, event_id=f"told-{teller}-{number}")

    answered = await asyncio.gather(
        *(call(caller) for caller in range(4)), *(tell(teller) for teller in range(2))
    )

    expected = [[f"{caller}-{number}" for number in range(12)] for caller in range(4)]
    assert answered == [*expected, None, None]
    decided = await eventually(lambda: hasty.decided(deal), lambda found: len(found) == 72)
    ids = [one.event_id for one in decided]
    for caller in range(4):
        assert [one for one in ids if one.startswith(f"{caller}-")] == expected[caller]
    for teller in range(2):
        assert [one for one in ids if one.startswith(f"told-{teller}-")] == [
            f"told-{teller}-{number}" for number in range(12)
        ]
    state = await hasty.client.item(deal)
    assert (state["runs"] > 2, state["counters"]["handled"]) == (True, 72)


async def test_a_publish_counts_for_the_first_event_of_the_next_run(hasty: Workbench) -> None:
    deal = await hasty.create("negotiation", score=0)
    for number in range(1, 20):
        await hasty.change_fields(deal, f"e-{number}", score=number)
    await hasty.publish(watching("uploaded", "contract-approval", "contract"))

    outcome = await hasty.change_fields(deal, "upload", contract="f-1")

    assert (outcome.verdict, outcome.revision) == (Verdict.MOVED, 2)


async def test_a_run_ends_after_so_many_events_though_the_server_does_not_suggest_it(
    bench: Workbench, limit: Callable[[str, int], None]
) -> None:
    limit("EVENTS_PER_RUN", 5)
    deal = await bench.create("new", score=0)

    async with bench.worker():
        for number in range(1, 12):
            await bench.change_fields(deal, f"e-{number}", score=number)
        state = await eventually(lambda: bench.client.item(deal), lambda found: found["runs"] == 3)

    assert state["counters"]["handled"] == 11


@pytest.mark.parametrize("cached_items", [pytest.param(2_000, id="cached"), pytest.param(0, id="uncached")])
async def test_under_a_flood_waiting_messages_of_every_sort_go_on_in_order(
    bench: Workbench, limit: Callable[[str, int], None], cached_items: int
) -> None:
    limit("RECEIVED_PER_RUN", 5)
    deal = await bench.create("new", score=0)
    deep = f"{'[' * 197}{']' * 197}"
    for number in range(1, 9):
        await bench.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")
    await signal_raw(bench.temporal, deal, "item_event")
    await signal_raw(bench.temporal, deal, "item_event", binary(b"\xff"))
    await signal_raw(bench.temporal, deal, "item_event", json_text('{"event_id": "1 of 2"}'), json_text("7"))
    viewed = f'{{"event_id": "deep", "kind": "document_viewed", "data": {{"document": "d", "x": {deep}}}}}'
    await signal_raw(bench.temporal, deal, "item_event", json_text(viewed))
    await bench.client.field_changed(deal, {"note": "ü" * 1_000}, event_id="last")

    async with bench.worker(cached_items=cached_items):
        decided = await eventually(lambda: bench.decided(deal), lambda found: len(found) == 13)
        state = await eventually(lambda: bench.client.item(deal), lambda found: found["waiting"] == 0)
        types = await event_types(bench.handle(deal))

    assert [one.event_id for one in decided[:8]] == [f"e-{number}" for number in range(1, 9)]
    assert [one.reason for one in decided[8:11]] == [
        "the message has no content; it must be a JSON object",
        "the message is encoded as 'binary/plain'; it must be JSON",
        "the message came in 2 parts; it must be one JSON object",
    ]
    assert [(one.event_id, one.verdict) for one in decided[10:]] == [
        ("1 of 2", Verdict.REJECTED),
        ("deep", Verdict.NO_TRIGGER_MATCHED),
        ("last", Verdict.NO_TRIGGER_MATCHED),
    ]
    # The first run takes one of the 13, each of the others five.
    assert state["runs"] == 4
    assert state["counters"] == {"handled": 13, "moved": 0, "rejected": 3, "duplicates": 0}
    assert "WORKFLOW_EXECUTION_SIGNALED" not in types


async def test_a_caller_is_answered_by_the_run_that_a_flood_would_have_ended(
    bench: Workbench, limit: Callable[[str, int], None]
) -> None:
    limit("RECEIVED_PER_RUN", 5)
    deal = await bench.create("new", score=0)
    for number in range(1, 9):
        await bench.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")
    caller = asyncio.create_task(bench.client.move(deal, "signing", event_id="by hand", actor=BOB))

    async with bench.worker():
        outcome = await caller

    assert outcome.verdict is Verdict.MOVED
    assert len(await bench.decided(deal)) == 9


async def test_waiting_messages_that_are_too_much_to_carry_are_handled_first(
    bench: Workbench, limit: Callable[[str, int], None]
) -> None:
    limit("RECEIVED_PER_RUN", 5)
    limit("CARRIED_CHARACTERS", 180)
    deal = await bench.create("new", score=0)
    for number in range(1, 9):
        await bench.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")

    async with bench.worker():
        state = await eventually(
            lambda: bench.client.item(deal), lambda found: found["counters"]["handled"] == 8
        )

    # Each has 56 characters, so that the last three could be carried.
    assert state["runs"] == 2
    assert [one.event_id for one in await bench.decided(deal)] == [f"e-{number}" for number in range(1, 9)]
