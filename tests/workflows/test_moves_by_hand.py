"""Moves by hand: anywhere in the pipeline, in the name of the mover (R5, R10)."""

from __future__ import annotations

import pytest

from crm.decisions import Verdict
from tests.support.workbench import BOB, GONE, Workbench, watching


@pytest.mark.parametrize("stage", ["signing", "deal:sales/signing"], ids=["its code", "with its pipeline"])
async def test_an_item_is_moved_in_the_name_of_the_mover(sales: Workbench, stage: str) -> None:
    deal = await sales.create("new")

    outcome = await sales.client.move(deal, stage, event_id="m", actor=BOB)

    assert (outcome.verdict, outcome.from_stage, outcome.to_stage) == (Verdict.MOVED, "new", "signing")
    assert (outcome.author, outcome.trigger, outcome.arrival) == (BOB, None, 2)
    [moved] = await sales.timeline(deal, "moved")
    assert (moved.author, moved.cause, moved.cause_user, moved.trigger) == (BOB, "user", BOB, None)


async def test_a_closed_item_can_be_moved_anywhere_by_hand(sales: Workbench) -> None:
    deal = await sales.create("won")

    for number, stage in enumerate(["lost", "new", "won", "negotiation"]):
        moved = await sales.client.move(deal, stage, event_id=f"m-{number}", actor=BOB)
        assert moved.verdict is Verdict.MOVED

    assert [one.to_stage for one in await sales.history(deal)] == ["won", "lost", "new", "won", "negotiation"]


async def test_a_move_to_where_the_item_is_changes_nothing(sales: Workbench) -> None:
    deal = await sales.create("signing")

    outcome = await sales.client.move(deal, "signing", event_id="m", actor=BOB)

    assert (outcome.verdict, outcome.reason) == (Verdict.NO_CHANGE, "the item is on stage signing already")
    assert (await sales.stored(deal)).item.version == 1
    assert await sales.timeline(deal, "moved") == []


async def test_a_move_to_a_stage_that_the_pipeline_does_not_have_is_rejected(sales: Workbench) -> None:
    deal = await sales.create("signing")

    for stage in ("sing", "deal:other/signing", "lead:sales/signing", ""):
        outcome = await sales.client.move(deal, stage, event_id=f"to {stage}", actor=BOB)
        assert outcome.verdict is Verdict.REJECTED
        assert outcome.reason == (
            f"pipeline deal:sales has no stage '{stage}'; its stages are "
            "new, in-progress, negotiation, contract-approval, signing, won, lost"
        )

    assert await sales.stage(deal) == "signing"
    assert len(await sales.timeline(deal, "rejected")) == 4


async def test_the_system_stands_in_for_a_mover_who_is_inactive(sales: Workbench) -> None:
    deal = await sales.create("new")

    outcome = await sales.client.move(deal, "signing", event_id="m", actor=GONE)

    assert (outcome.author, outcome.author_note) == (
        None,
        "user 6 is inactive or unknown: the system stands in",
    )


async def test_a_move_by_hand_fires_no_trigger_and_the_next_event_starts_from_the_new_stage(
    sales: Workbench,
) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await sales.create("new")

    await sales.client.move(deal, "signing", event_id="m", actor=BOB)
    later = await sales.change_fields(deal, "upload", contract="f-1")

    assert later.verdict is Verdict.NO_TRIGGER_MATCHED
    assert len(await sales.timeline(deal, "moved")) == 1
