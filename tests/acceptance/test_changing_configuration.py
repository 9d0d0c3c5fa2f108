"""Stages, fields and types change while items run (R21)."""

from __future__ import annotations

import asyncio
from functools import partial

from crm.automations import TriggerState
from crm.decisions import Verdict
from crm.fields import Field, FieldType
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from starter.client import EventOptions, ItemClient
from starter.mass_moves import MassMover
from storage.census import Census
from storage.items import NewItem
from tests.acceptance.records import MoveMade, decision, moves
from tests.support.invoices import BILLING, create_invoice, define_invoices
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, DEAL, SALES, Workbench, trigger, unused_number, watching

PROCUREMENT = ItemType(
    code="procurement",
    title="Procurement",
    fields=(Field(code="cost", type=FieldType.MONEY), Field(code="arrived_on", type=FieldType.DATE)),
)
PURCHASING = Pipeline(
    item_type="procurement",
    code="purchasing",
    stages=(
        Stage(code="requested"),
        Stage(code="ordered"),
        Stage(code="delivered", semantics=Semantics.WON),
    ),
)


def without(pipeline: Pipeline, *codes: str) -> Pipeline:
    stages = tuple(stage for stage in pipeline.stages if stage.code not in codes)
    return pipeline.model_copy(update={"stages": stages})


async def test_a_trigger_whose_field_is_deleted_is_disabled_and_the_others_fire(sales: Workbench) -> None:
    """Scenario 15."""
    on_score = watching("on-score", "negotiation", "score")
    on_note = watching("on-note", "signing", "note")
    await sales.publish(on_score, on_note)
    deal = await sales.create("new")
    await sales.change_fields(deal, "before", status="open")

    fields = tuple(field for field in DEAL.fields if field.code != "score")
    await sales.portal.define_item_type(DEAL.model_copy(update={"fields": fields}))

    current = await sales.automations.current("deal", "sales")
    assert current is not None
    assert (current.triggers[0].state, current.triggers[1]) == (TriggerState.DISABLED, on_note)
    assert current.triggers[0].disabled_because == "settings.fields[0].field: unknown field 'score'"

    rejected = await sales.change_fields(deal, "on-the-deleted", score=7)
    assert (rejected.verdict, await sales.stage(deal)) == (Verdict.REJECTED, "new")
    moved = await sales.change_fields(deal, "on-another", note="told")
    assert (moved.verdict, moved.revision) == (Verdict.MOVED, current.revision)
    assert await moves(sales, deal) == [MoveMade("new", "signing", "on-note", ANN)]


async def test_a_value_that_does_not_fit_the_field_s_new_type_counts_as_empty(sales: Workbench) -> None:
    await sales.publish(
        watching("noted", "signing", "status", condition=({"field": "note", "operator": "empty"},))
    )
    deal = await sales.create("new", note="not a number")
    outcome = await sales.change_fields(deal, "as-text", status="open")
    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED

    fields = tuple(
        field.model_copy(update={"type": FieldType.INTEGER}) if field.code == "note" else field
        for field in DEAL.fields
    )
    await sales.portal.define_item_type(DEAL.model_copy(update={"fields": fields}))

    outcome = await sales.change_fields(deal, "as-number", status="done")
    assert (outcome.verdict, outcome.to_stage) == (Verdict.MOVED, "signing")
    assert (await sales.stored(deal)).item.fields["note"] == "not a number"


async def test_stages_that_are_added_renamed_and_reordered_count_from_the_next_event_on(
    sales: Workbench,
) -> None:
    await sales.publish(watching("noted", "signing", "note"))
    deal = await sales.create("contract-approval")
    await sales.change_fields(deal, "before", score=1)

    # Signing stands before contract approval now: to move there is to move back.
    new, progress, negotiation, approval, signing, *closed = SALES.stages
    renamed = negotiation.model_copy(update={"title": "Haggling"})
    stages = (new, progress, Stage(code="offer"), renamed, signing, approval, *closed)
    followed = await sales.portal.define_pipeline(SALES.model_copy(update={"stages": stages}))
    outcome = await sales.change_fields(deal, "after", note="told")
    assert (outcome.verdict, outcome.revision) == (Verdict.NO_TRIGGER_MATCHED, followed.revision)

    await sales.client.move(deal, "offer", event_id="to-the-new-one", actor=ANN)
    await sales.change_fields(deal, "from-the-new-one", note="told again")
    assert await moves(sales, deal) == [
        MoveMade("contract-approval", "offer", None, ANN),
        MoveMade("offer", "signing", "noted", ANN),
    ]


async def test_a_trigger_of_another_pipeline_that_names_a_deleted_stage_no_longer_fires(
    bench: Workbench,
) -> None:
    await define_invoices(bench.database)
    await bench.publish(
        trigger("paid", "linked_item_moved", "won", settings={"stage": "invoice:billing/paid"}),
        trigger("sent", "linked_item_moved", "signing", settings={"stage": "invoice:billing/sent"}),
    )
    deal = await bench.create("negotiation")
    invoice = str(await create_invoice(bench.database, ItemRef.parse(deal), item_id=unused_number()))

    async with bench.worker(), bench.relay():
        await bench.portal.define_pipeline(without(BILLING, "paid"))
        refused = await bench.client.move(invoice, "paid", event_id="m-1", actor=BOB)
        assert refused.verdict is Verdict.REJECTED
        await bench.client.move(invoice, "sent", event_id="m-2", actor=BOB)
        await eventually(partial(bench.stage, deal), "signing".__eq__)

    current = await bench.automations.current("deal", "sales")
    assert current is not None
    assert [one.state for one in current.triggers] == [TriggerState.DISABLED, TriggerState.ENABLED]
    assert await moves(bench, deal) == [MoveMade("negotiation", "signing", "sent", ANN)]


async def test_a_smart_process_works_at_once_on_workers_that_run(sales: Workbench) -> None:
    deal = await sales.create("new")
    await sales.change_fields(deal, "the-worker-is-busy", note="told")

    await sales.portal.define_item_type(PROCUREMENT)
    await sales.portal.define_pipeline(PURCHASING)
    published = await sales.publish(
        watching(
            "arrived", "delivered", "arrived_on", condition=({"field": "cost", "operator": "not empty"},)
        ),
        item_type="procurement",
        pipeline="purchasing",
    )
    cost = {"amount": "12.50", "currency": "EUR"}
    new = NewItem(item_type="procurement", item_id=unused_number(), responsible=BOB, fields={"cost": cost})
    item = str((await sales.items.create(new)).ref)

    outcome = await sales.change_fields(item, "arrival", arrived_on="2026-11-21")

    assert (outcome.verdict, outcome.revision) == (Verdict.MOVED, published.revision)
    assert await moves(sales, item) == [MoveMade("requested", "delivered", "arrived", BOB)]
    assert (await decision(sales, item, "arrival")).pipeline == "purchasing"


async def test_all_items_of_a_deleted_stage_are_moved_by_hand_each_once(bench: Workbench) -> None:
    deals = [await bench.create("negotiation") for _ in range(40)]
    elsewhere = await bench.create("new")
    followed = await bench.portal.define_pipeline(without(SALES, "negotiation"))
    census = Census(bench.database)
    done: list[int] = []

    def mover() -> MassMover:
        return MassMover(bench.client, census, followed, "in-progress", EventOptions(actor=BOB))

    async with bench.worker():
        one, other = await asyncio.gather(
            mover().run("negotiation", done.append), mover().run("negotiation", done.append)
        )

    # Two commands at once: where both told an item, it answered both with the one move.
    assert one.failed == other.failed == []
    assert one.moved + other.moved == sum(done) >= len(deals)
    assert await census.stranded() == ()
    for deal in deals:
        assert await moves(bench, deal) == [MoveMade("negotiation", "in-progress", None, BOB)]
    assert await moves(bench, elsewhere) == []


async def test_without_a_worker_a_mass_move_gives_up_after_the_first_item(bench: Workbench) -> None:
    for _ in range(3):
        await bench.create("negotiation")
    automation = await bench.automations.current("deal", "sales")
    assert automation is not None
    impatient = ItemClient(bench.temporal, answer_timeout_seconds=1)

    mover = MassMover(impatient, Census(bench.database), automation, "signing", EventOptions(actor=BOB))
    result = await mover.run("negotiation", lambda count: None)

    assert (result.tried, len(result.failed), result.given_up) == (1, 1, True)
    assert "is a worker running?" in result.failed[0].reason
