"""Each item's events are handled in order, each once in effect, however close together they come."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from functools import partial

from tests.acceptance.records import MoveMade, moves
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, Workbench, trigger, watching

PAIRS = 20


async def test_five_equal_events_at_once_make_one_move_and_get_five_equal_answers(sales: Workbench) -> None:
    """Scenario 21, all five waiting for the answer."""
    await sales.publish(watching("contract-uploaded", "signing", "contract"))
    deal = await sales.create("new")

    answers = await asyncio.gather(
        *(sales.change_fields(deal, "upload", contract="file-17") for _ in range(5))
    )

    assert Counter(answer.duplicate for answer in answers) == {False: 1, True: 4}
    assert len({replace(answer, duplicate=False) for answer in answers}) == 1
    assert answers[0].to_stage == "signing"
    assert await moves(sales, deal) == [MoveMade("new", "signing", "contract-uploaded", ANN)]
    assert [one.event_id for one in await sales.decided(deal)] == ["upload"]


async def test_five_equal_events_at_once_make_one_move_however_they_come(sales: Workbench) -> None:
    """Scenario 21: three wait for the answer, two are only told."""
    await sales.publish(watching("contract-uploaded", "signing", "contract"))
    deal = await sales.create("new")

    told = [
        sales.client.field_changed(deal, {"contract": "file-17"}, event_id="upload", actor=ANN)
        for _ in range(2)
    ]
    asked = [sales.change_fields(deal, "upload", contract="file-17") for _ in range(3)]
    answers, _ = await asyncio.gather(asyncio.gather(*asked), asyncio.gather(*told))

    async def counted() -> dict[str, int]:
        counters: dict[str, int] = (await sales.client.item(deal))["counters"]
        return counters

    await eventually(
        counted,
        lambda counters: counters == {"handled": 1, "moved": 1, "rejected": 0, "duplicates": 4},
    )
    assert len({replace(answer, duplicate=False) for answer in answers}) == 1
    assert answers[0].to_stage == "signing"
    assert await moves(sales, deal) == [MoveMade("new", "signing", "contract-uploaded", ANN)]
    assert [one.event_id for one in await sales.decided(deal)] == ["upload"]


async def test_two_events_five_milliseconds_apart_are_handled_in_order(bench: Workbench) -> None:
    """Scenario 22: the other way round, the deal would be on the last stage after one move."""
    await bench.publish(
        watching("first", "negotiation", "note"), trigger("second", "responsible_changed", "signing")
    )
    deals = [await bench.create("new", responsible=ANN) for _ in range(PAIRS)]

    async def tell(deal: str) -> None:
        await bench.client.field_changed(deal, {"note": "told"}, event_id="first")
        await asyncio.sleep(0.005)
        await bench.client.responsible_changed(deal, BOB, event_id="second")

    # Without a cache the SDK cancels local activities as soon as several items have some at once.
    async with bench.worker():
        await asyncio.gather(*map(tell, deals))
        for deal in deals:
            await eventually(partial(bench.decided, deal), lambda entries: len(entries) == 2)

    for deal in deals:
        assert await moves(bench, deal) == [
            MoveMade("new", "negotiation", "first", ANN),
            MoveMade("negotiation", "signing", "second", BOB),
        ]
