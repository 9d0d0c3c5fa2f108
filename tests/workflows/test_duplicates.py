"""An event id that was handled before changes nothing and gets the first outcome (R8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from crm.decisions import Verdict
from tests.support.polling import eventually
from tests.support.raw_messages import json_text, signal_raw
from tests.support.workbench import BOB, Workbench, watching

UPLOADED = watching("uploaded", "contract-approval", "contract")


async def test_the_same_event_five_times_at_once_moves_once_and_gets_five_equal_answers(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")

    answers = await asyncio.gather(*(sales.change_fields(deal, "upload", contract="f-1") for _ in range(5)))

    assert sorted(one.duplicate for one in answers) == [False, True, True, True, True]
    [first] = [one for one in answers if not one.duplicate]
    assert first.verdict is Verdict.MOVED
    assert {replace(one, duplicate=False) for one in answers} == {first}
    assert len(await sales.timeline(deal, "moved")) == 1
    assert len(await sales.decided(deal)) == 1


async def test_duplicates_are_counted_and_not_recorded_again(sales: Workbench) -> None:
    deal = await sales.create()

    await sales.change_fields(deal, "once", note="a")
    for _ in range(3):
        await sales.client.field_changed(deal, {"note": "b"}, event_id="once")
    await sales.change_fields(deal, "other", score=1)

    assert [one.event_id for one in await sales.decided(deal)] == ["once", "other"]
    assert [one["event_id"] for one in await sales.client.decisions(deal)] == ["once", "other"]
    counters = (await sales.client.item(deal))["counters"]
    assert counters == {"handled": 2, "moved": 0, "rejected": 0, "duplicates": 3}
    assert (await sales.stored(deal)).item.fields["note"] == "a"


async def test_an_id_counts_whatever_the_message_says_the_second_time(sales: Workbench) -> None:
    deal = await sales.create("new")

    first = await sales.change_fields(deal, "e", note="a")
    moved = await sales.client.move(deal, "won", event_id="e", actor=BOB)
    await signal_raw(sales.temporal, deal, "hello", json_text('{"event_id": "e", "kind": "sneezed"}'))
    unknown = await sales.client.submit(deal, "sneezed", {}, event_id="e")

    assert moved == unknown == replace(first, duplicate=True)
    assert await sales.stage(deal) == "new"
    assert (await sales.client.item(deal))["counters"]["duplicates"] == 3


async def test_a_rejected_event_id_stays_rejected_though_it_is_sent_again_in_good_order(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")

    first = await sales.client.submit(deal, "sneezed", {}, event_id="e")
    again = await sales.change_fields(deal, "e", contract="f-1")

    assert (first.verdict, first.duplicate) == (Verdict.REJECTED, False)
    assert again == replace(first, duplicate=True)
    assert await sales.stage(deal) == "negotiation"


@pytest.mark.parametrize("kind", ["field_changed", "sneezed"], ids=["an event", "a rejected one"])
async def test_what_the_workflow_has_forgotten_the_ledger_remembers(
    bench: Workbench, limit: Callable[[str, int], None], kind: str
) -> None:
    limit("REMEMBERED_EVENTS", 2)
    deal = await bench.create()
    data = {"changes": {"note": {"new": "a"}}}

    async with bench.worker():
        first = await bench.client.submit(deal, kind, data, event_id="e-0")
        for number in range(1, 4):
            await bench.change_fields(deal, f"e-{number}", score=number)
        from_the_ledger = await bench.client.submit(deal, kind, data, event_id="e-0")
        from_memory = await bench.client.submit(deal, kind, data, event_id="e-0")
        counters = (await bench.client.item(deal))["counters"]

    assert from_the_ledger == from_memory == replace(first, duplicate=True)
    assert (counters["handled"], counters["duplicates"]) == (4, 2)
    assert len(await bench.decided(deal)) == 4


async def test_an_event_that_another_hand_wrote_to_the_ledger_is_a_duplicate(sales: Workbench) -> None:
    """A workflow that was terminated and started anew knows nothing, and does nothing twice."""
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    first = await sales.change_fields(deal, "upload", contract="f-1")
    await sales.handle(deal).terminate("to begin anew")

    again = await sales.change_fields(deal, "upload", contract="f-1")

    assert again == replace(first, duplicate=True)
    assert len(await sales.timeline(deal, "moved")) == 1
    state = await sales.client.item(deal)
    assert state["counters"] == {"handled": 0, "moved": 0, "rejected": 0, "duplicates": 1}
    assert state["known"]["stage"] == "contract-approval"


async def test_an_event_sent_again_while_it_waits_is_handled_once(bench: Workbench) -> None:
    await bench.publish(UPLOADED)
    deal = await bench.create("negotiation")
    for _ in range(3):
        await bench.client.field_changed(deal, {"contract": "f-1"}, event_id="upload")

    async with bench.worker():
        await eventually(lambda: bench.client.item(deal), lambda state: state["counters"]["duplicates"] == 2)

    assert len(await bench.decided(deal)) == 1
