"""Which events a trigger answers to."""

from __future__ import annotations

from typing import Any

import pytest

from crm.decisions import Reason, Verdict
from crm.errors import Refused
from crm.fields import Field, FieldType
from starter.client import Changed
from tests.acceptance.records import MoveMade, decision, moves, reasons
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, DEAL, Workbench, trigger, watching


async def test_a_trigger_answers_only_to_the_field_that_it_watches_also_after_it_was_edited(
    sales: Workbench,
) -> None:
    """Scenario 10: watching the note, then the score, without a restart."""
    deal = await sales.create("new", note="first", score=1)
    await sales.publish(watching("watcher", "negotiation", "note"))

    assert (await sales.change_fields(deal, "score-2", score=2)).verdict is Verdict.NO_TRIGGER_MATCHED
    assert await reasons(sales, deal, "score-2") == {"watcher": Reason.SETTINGS_DID_NOT_MATCH}
    assert (await sales.change_fields(deal, "note-2", note="second")).verdict is Verdict.MOVED
    await sales.client.move(deal, "new", event_id="back", actor=ANN)
    assert (await sales.change_fields(deal, "note-same", note="second")).verdict is Verdict.NO_CHANGE

    await sales.publish(watching("watcher", "negotiation", "score"))

    assert (await sales.change_fields(deal, "note-3", note="third")).verdict is Verdict.NO_TRIGGER_MATCHED
    assert (await sales.change_fields(deal, "score-3", score=3)).verdict is Verdict.MOVED
    assert await moves(sales, deal) == [
        MoveMade("new", "negotiation", "watcher", ANN),
        MoveMade("negotiation", "new", None, ANN),
        MoveMade("new", "negotiation", "watcher", ANN),
    ]


async def test_a_step_from_one_value_to_another_is_not_made_by_way_of_a_third(sales: Workbench) -> None:
    """Scenario 11: the old value is the known one where the event does not say it."""
    settings = {"fields": [{"field": "status", "was": "open", "becomes": "done"}]}
    await sales.publish(trigger("finished", "field_changed", "signing", settings=settings))
    detour, direct = await sales.create("new", status="open"), await sales.create("new", status="open")

    assert (await sales.change_fields(detour, "a", status="pending")).verdict is Verdict.NO_TRIGGER_MATCHED
    assert (await sales.change_fields(detour, "b", status="done")).verdict is Verdict.NO_TRIGGER_MATCHED
    assert await reasons(sales, detour, "b") == {"finished": Reason.SETTINGS_DID_NOT_MATCH}
    assert (await sales.change_fields(direct, "a", status="done")).verdict is Verdict.MOVED


async def test_a_step_from_one_value_to_another_is_told_by_the_old_value_of_the_event(
    sales: Workbench,
) -> None:
    """Scenario 11, the event saying what was."""
    settings = {"fields": [{"field": "status", "was": "open", "becomes": "done"}]}
    await sales.publish(trigger("finished", "field_changed", "signing", settings=settings))
    deal = await sales.create("new")

    for event_id, old, new in [("a", "open", "pending"), ("b", "pending", "done"), ("c", "open", "done")]:
        await sales.client.field_changed(deal, {"status": Changed(old=old, new=new)}, event_id=event_id)

    entries = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 3)
    assert [(one.event_id, one.verdict) for one in entries] == [
        ("a", Verdict.NO_TRIGGER_MATCHED),
        ("b", Verdict.NO_TRIGGER_MATCHED),
        ("c", Verdict.MOVED),
    ]


async def test_of_one_save_the_second_event_sees_the_stage_that_the_first_left(sales: Workbench) -> None:
    """Scenario 13: fields and the responsible person; both moves in the new one's name."""
    await sales.publish(
        watching("fields-first", "negotiation", "contract"),
        trigger("same-stage", "responsible_changed", "negotiation"),
        trigger("then-responsible", "responsible_changed", "signing"),
    )
    deal = await sales.create("new", responsible=ANN)

    await sales.client.saved(deal, {"contract": "file-17"}, BOB, save_id="save-9", actor=ANN)

    entries = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 2)
    assert [(one.event_id, one.stage, one.verdict) for one in entries] == [
        ("save-9:fields", "new", Verdict.MOVED),
        ("save-9:responsible", "negotiation", Verdict.MOVED),
    ]
    assert await reasons(sales, deal, "save-9:responsible") == {
        "same-stage": Reason.ON_CURRENT_STAGE,
        "then-responsible": Reason.WON,
    }
    assert await moves(sales, deal) == [
        MoveMade("new", "negotiation", "fields-first", BOB),
        MoveMade("negotiation", "signing", "then-responsible", BOB),
    ]


async def test_of_one_save_the_responsible_person_counts_though_the_fields_were_rejected(
    sales: Workbench,
) -> None:
    """Scenario 13, with a field that the deal does not have."""
    await sales.publish(trigger("handed-over", "responsible_changed", "in-progress"))
    deal = await sales.create("new", responsible=ANN)

    await sales.client.saved(deal, {"contrat": "file-17"}, BOB, save_id="save-9")

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "in-progress")
    rejected = await decision(sales, deal, "save-9:fields")
    assert (rejected.verdict, rejected.reason) == (
        Verdict.REJECTED,
        "unknown field 'contrat'; did you mean 'contract'?",
    )


@pytest.mark.parametrize(
    ("wrong", "place", "message"),
    [
        pytest.param(
            {"condition": ({"field": "budget", "operator": "=", "value": 1},)},
            "triggers[1].condition[0].field",
            "there is no field 'budget'",
            id="unknown field",
        ),
        pytest.param(
            {"condition": ({"field": "due", "operator": ">", "value": "soon"},)},
            "triggers[1].condition[0].value",
            "'soon'",
            id="no date",
        ),
        pytest.param(
            {"condition": ({"field": "contract", "operator": "contains", "value": "pdf"},)},
            "triggers[1].condition[0].operator",
            "contains is not for the file field contract",
            id="operator that the type does not allow",
        ),
        pytest.param(
            {"settings": {"fields": []}},
            "triggers[1].settings.fields",
            "at least 1 item",
            id="nothing watched",
        ),
        pytest.param(
            {"settings": {"fields": [{"field": "note"}, {"field": "stage"}]}},
            "triggers[1].settings.fields[1].field",
            "'stage' is no field",
            id="stage watched as a field",
        ),
    ],
)
async def test_what_can_never_match_is_refused_at_save_with_its_place(
    bench: Workbench, wrong: dict[str, Any], place: str, message: str
) -> None:
    """Scenario 14."""
    due = Field(code="due", type=FieldType.DATE)
    await bench.portal.define_item_type(DEAL.model_copy(update={"fields": (*DEAL.fields, due)}))
    right = await bench.publish(watching("right", "negotiation", "note"))
    settings = {"fields": [{"field": "due"}]}

    with pytest.raises(Refused) as refusal:
        await bench.publish(
            *right.triggers,
            trigger("wrong", "field_changed", "signing", **{"settings": settings, **wrong}),
        )

    [problem] = refusal.value.problems
    assert problem.place == place
    assert message in problem.message
    assert await bench.automations.current("deal", "sales") == right
