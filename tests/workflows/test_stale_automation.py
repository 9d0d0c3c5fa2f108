"""What was published before an event is decided counts for it (R13)."""

from __future__ import annotations

from collections.abc import Callable

from crm.decisions import Verdict
from tests.support.histories import event_types, local_activities
from tests.support.workbench import BOB, SALES, Workbench, watching

UPLOADED = watching("uploaded", "contract-approval", "contract")
UPLOADED_WITH_SCORE = watching(
    "uploaded",
    "contract-approval",
    "contract",
    condition=({"field": "score", "operator": "=", "value": 7},),
)


async def test_an_edited_trigger_counts_from_the_first_event_after_the_publish(sales: Workbench) -> None:
    deal = await sales.create("negotiation")
    await sales.publish(UPLOADED)
    before = await sales.change_fields(deal, "e-1", note="a")
    await sales.publish(watching("uploaded", "contract-approval", "note"))

    contract = await sales.change_fields(deal, "e-2", contract="f-1")
    note = await sales.change_fields(deal, "e-3", note="b")

    assert (before.verdict, before.revision) == (Verdict.NO_TRIGGER_MATCHED, 2)
    assert (contract.verdict, contract.revision) == (Verdict.NO_TRIGGER_MATCHED, 3)
    assert (note.verdict, note.revision) == (Verdict.MOVED, 3)


async def test_a_stale_automation_costs_one_more_commit_and_only_for_the_first_event(
    sales: Workbench,
) -> None:
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "e-1", note="a")
    await sales.publish(UPLOADED)

    await sales.change_fields(deal, "e-2", note="b")
    await sales.change_fields(deal, "e-3", note="c")

    assert await local_activities(sales.handle(deal)) == {"open_item": 2, "commit_event": 4}
    assert [one.revision for one in await sales.decided(deal)] == [1, 2, 2]


async def test_a_stale_answer_brings_the_fields_that_the_new_revision_reads(sales: Workbench) -> None:
    deal = await sales.create("negotiation", score=7)
    await sales.change_fields(deal, "e-1", note="a")
    await sales.publish(UPLOADED_WITH_SCORE)

    changes = {"contract": {"old": None, "new": "f-1"}}
    outcome = await sales.client.submit(deal, "field_changed", {"changes": changes}, event_id="e-2")

    assert (outcome.verdict, outcome.revision) == (Verdict.MOVED, 2)
    assert await local_activities(sales.handle(deal)) == {"open_item": 2, "commit_event": 3}


async def test_on_a_stage_that_was_deleted_the_change_applies_and_no_trigger_is_considered(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "e-1", note="a")
    stages = tuple(stage for stage in SALES.stages if stage.code != "negotiation")
    await sales.portal.define_pipeline(SALES.model_copy(update={"stages": stages}))

    outcome = await sales.change_fields(deal, "e-2", contract="f-1")

    assert (outcome.verdict, outcome.reason) == (
        Verdict.STAGE_NOT_IN_PIPELINE,
        "there is no stage deal:sales/negotiation",
    )
    stored = (await sales.stored(deal)).item
    assert (stored.stage, stored.fields["contract"]) == ("negotiation", "f-1")
    assert (await sales.client.move(deal, "signing", event_id="by hand", actor=BOB)).verdict is Verdict.MOVED


async def test_an_event_that_is_stale_again_and_again_waits_a_moment_between_tries(
    bench: Workbench, limit: Callable[[str, int], None]
) -> None:
    limit("STALE_IN_A_ROW", 1)
    deal = await bench.create("negotiation")

    async with bench.worker():
        await bench.change_fields(deal, "warm-up", note="a")
        await bench.publish(watching("noted", "contract-approval", "note"))
        outcome = await bench.change_fields(deal, "e", note="b")
        types = await event_types(bench.handle(deal))

    assert outcome.verdict is Verdict.MOVED
    assert types.count("TIMER_FIRED") == 1
