"""The old value of a field: as the event says, else as it is known (R15)."""

from __future__ import annotations

from crm.decisions import Verdict
from tests.support.histories import local_activities
from tests.support.polling import eventually
from tests.support.workbench import BOB, Workbench, trigger


async def test_an_old_value_that_neither_the_event_nor_the_copy_has_is_fetched(sales: Workbench) -> None:
    deal = await sales.create("negotiation", note="as it was", score=3)
    await sales.client.responsible_changed(deal, BOB, event_id="warm-up")
    assert (
        "note"
        not in (await eventually(lambda: sales.client.item(deal), lambda found: found["known"]))["known"][
            "fields"
        ]
    )

    same = await sales.change_fields(deal, "same", note="as it was", score=3)
    other = await sales.change_fields(deal, "other", note="else")

    assert (same.verdict, same.reason) == (Verdict.NO_CHANGE, "the save left every value as it was")
    assert other.verdict is Verdict.NO_TRIGGER_MATCHED
    # Once for the workflow, and once for both fields, which are known from then on.
    assert (await local_activities(sales.handle(deal)))["open_item"] == 2


async def test_an_old_value_that_the_event_brings_is_not_fetched(sales: Workbench) -> None:
    deal = await sales.create("negotiation", note="as it was")

    outcome = await sales.client.submit(
        deal, "field_changed", {"changes": {"note": {"old": "other", "new": "as it was"}}}, event_id="e"
    )

    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    assert (await local_activities(sales.handle(deal)))["open_item"] == 1


async def test_a_move_from_one_value_to_another_takes_the_known_value_as_the_old_one(
    sales: Workbench,
) -> None:
    closed_directly = trigger(
        "closed-directly",
        "field_changed",
        "won",
        settings={"fields": [{"field": "status", "was": "open", "becomes": "done"}]},
    )
    await sales.publish(closed_directly)
    detour = await sales.create("new", status="open")
    straight = await sales.create("new", status="open")

    await sales.change_fields(detour, "1", status="pending")
    by_detour = await sales.change_fields(detour, "2", status="done")
    at_once = await sales.change_fields(straight, "1", status="done")

    assert (by_detour.verdict, at_once.verdict) == (Verdict.NO_TRIGGER_MATCHED, Verdict.MOVED)
