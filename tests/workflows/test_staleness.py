"""The database has the last word: what a decision rests on must still be so (R13, design section 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from crm.decisions import Verdict
from crm.pipelines import Pipeline, Stage
from starter.client import Changed
from tests.support.databases import query
from tests.support.histories import event_types, local_activities
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, SALES, Workbench, trigger, watching

UPLOADED = watching("uploaded", "contract-approval", "contract")
UPLOADED_WITH_SCORE = watching(
    "uploaded",
    "contract-approval",
    "contract",
    condition=({"field": "score", "operator": "=", "value": 7},),
)


async def save(sales: Workbench, deal: str, /, **columns: Any) -> int:
    """Another hand saves the item in the database; the version that it leaves. `fields` are merged."""
    item_type, item_id = deal.split(":")
    [(version,)] = await query(
        sales.database_url,
        "update items as i set version = i.version + 1, fields = i.fields || coalesce(saved.fields, '{}'), "
        "pipeline = coalesce(saved.pipeline, i.pipeline), stage = coalesce(saved.stage, i.stage), "
        "responsible = coalesce(saved.responsible, i.responsible) "
        "from jsonb_to_record($3::text::jsonb) as saved "
        "(fields jsonb, pipeline text, stage text, responsible bigint) "
        "where item_type = $1 and item_id = $2 returning i.version",
        item_type,
        int(item_id),
        to_json(columns).decode(),
    )
    return int(version)


# ------------------------------------------------------------------------- the automation moved on


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


async def test_a_newly_read_field_is_fetched_when_a_revision_begins_to_read_it(sales: Workbench) -> None:
    deal = await sales.create("negotiation", score=7)
    await sales.change_fields(deal, "e-1", note="a")
    await sales.publish(UPLOADED_WITH_SCORE)

    outcome = await sales.change_fields(deal, "e-2", contract="f-1")

    assert (outcome.verdict, outcome.revision) == (Verdict.MOVED, 2)


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


# ------------------------------------------------------------------------------- the item moved on


async def test_a_decision_stands_when_what_it_read_is_still_so(sales: Workbench) -> None:
    await sales.publish(UPLOADED_WITH_SCORE)
    deal = await sales.create("negotiation", score=7, note="a")
    await sales.client.start(deal)
    await eventually(lambda: sales.client.item(deal), lambda state: state["known"] is not None)
    await save(sales, deal, fields={"note": "by another hand"})

    outcome = await sales.change_fields(deal, "e", contract="f-1")

    assert outcome.verdict is Verdict.MOVED
    assert (await local_activities(sales.handle(deal)))["commit_event"] == 1
    stored = (await sales.stored(deal)).item
    assert (stored.version, stored.fields["note"]) == (3, "by another hand")
    assert (await sales.client.item(deal))["known"]["version"] == 3


async def test_an_event_is_decided_again_when_a_value_that_it_read_was_changed(sales: Workbench) -> None:
    await sales.publish(UPLOADED_WITH_SCORE)
    becomes_true = await sales.create("negotiation", score=1)
    becomes_false = await sales.create("negotiation", score=7)
    for deal, score in ((becomes_true, 7), (becomes_false, 1)):
        await sales.change_fields(deal, "warm-up", note="a")
        await save(sales, deal, fields={"score": score})

    moved = await sales.change_fields(becomes_true, "e", contract="f-1")
    stays = await sales.change_fields(becomes_false, "e", contract="f-1")

    assert (moved.verdict, stays.verdict) == (Verdict.MOVED, Verdict.NO_TRIGGER_MATCHED)
    assert (await sales.client.decisions(becomes_false))[-1]["considered"][0]["false_rows"] == [
        "score = 7 is false: the item has 1"
    ]
    assert (await local_activities(sales.handle(becomes_true)))["commit_event"] == 3


async def test_an_event_is_decided_on_the_stage_to_which_another_hand_moved_the_item(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "warm-up", note="a")
    await save(sales, deal, stage="signing")

    outcome = await sales.change_fields(deal, "e", contract="f-1")

    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    assert (await sales.client.decisions(deal))[-1]["considered"][0]["reason"] == "not allowed backward"


async def test_a_move_is_made_in_the_name_of_whom_another_hand_made_responsible(sales: Workbench) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation", responsible=ANN)
    await sales.change_fields(deal, "warm-up", note="a")
    await save(sales, deal, responsible=BOB)

    outcome = await sales.change_fields(deal, "e", contract="f-1")

    assert (outcome.verdict, outcome.author) == (Verdict.MOVED, BOB)


async def test_an_item_that_another_hand_put_into_another_pipeline_follows_that_automation(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    await sales.portal.define_pipeline(
        Pipeline(
            item_type="deal", code="service", title="Service", stages=(Stage(code="open"), Stage(code="busy"))
        )
    )
    service = await sales.automations.current("deal", "service")
    assert service is not None
    noted = service.model_copy(update={"triggers": (watching("noted", "busy", "note"),)})
    await sales.automations.publish(noted, service.revision, ANN)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "warm-up", score=1)
    await save(sales, deal, pipeline="service", stage="open")

    contract = await sales.change_fields(deal, "e-1", contract="f-1")
    note = await sales.change_fields(deal, "e-2", note="a")

    assert (contract.verdict, note.verdict, note.to_stage) == (
        Verdict.NO_TRIGGER_MATCHED,
        Verdict.MOVED,
        "busy",
    )


async def test_an_event_that_is_stale_again_and_again_waits_a_moment_between_tries(
    bench: Workbench, limit: Callable[[str, int], None]
) -> None:
    limit("STALE_IN_A_ROW", 1)
    deal = await bench.create("negotiation")

    async with bench.worker():
        await bench.change_fields(deal, "warm-up", note="a")
        await bench.publish(UPLOADED)
        outcome = await bench.change_fields(deal, "e", contract="f-1")
        types = await event_types(bench.handle(deal))

    assert outcome.verdict is Verdict.MOVED
    assert types.count("TIMER_FIRED") == 1


# ------------------------------------------------------------------------- what the producer has saved


async def test_a_save_that_the_database_has_already_is_not_written_again(sales: Workbench) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "warm-up", note="a")
    version = await save(sales, deal, fields={"contract": "f-1"})

    await sales.client.field_changed(
        deal, {"contract": Changed(old=None, new="f-1")}, event_id="e", item_version=version
    )

    _, entry = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 2)
    assert (entry.verdict, entry.changes) == (Verdict.MOVED, None)
    assert (await sales.stored(deal)).item.version == version + 1


async def test_an_event_of_an_older_save_does_not_overwrite_a_newer_one(sales: Workbench) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    older = await save(sales, deal, fields={"contract": "f-1"})
    await save(sales, deal, fields={"contract": "f-2"})

    await sales.client.field_changed(
        deal, {"contract": Changed(old=None, new="f-1")}, event_id="e", item_version=older
    )

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "contract-approval")
    assert (await sales.stored(deal)).item.fields["contract"] == "f-2"


async def test_a_save_that_the_database_does_not_have_yet_is_written_under_its_version(
    sales: Workbench,
) -> None:
    deal = await sales.create("negotiation")

    await sales.client.field_changed(deal, {"note": "a"}, event_id="e", item_version=12)

    await eventually(lambda: sales.decided(deal))
    stored = (await sales.stored(deal)).item
    assert (stored.version, stored.fields["note"]) == (12, "a")
    assert (await sales.client.item(deal))["known"]["version"] == 12


# ------------------------------------------------------------------------ what the item's copy lacks


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
