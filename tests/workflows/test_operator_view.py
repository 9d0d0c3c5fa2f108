"""What an operator sees of an item in the Temporal UI."""

from __future__ import annotations

from typing import Any

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle

from tests.support.histories import event_types
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, SALES, Workbench, trigger, watching
from workflows.operator_view import (
    ITEM_TYPE,
    LAST_MOVE_AT,
    PIPELINE,
    RESPONSIBLE,
    STAGE,
    STAGE_SEMANTICS,
)


async def details(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """The current details, line by line."""
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return [line.strip() for line in metadata.current_details.splitlines() if line.strip()]


async def search_attributes(handle: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    """The six of the contract, but for the time of the last move only whether there is one."""
    found = (await handle.describe()).typed_search_attributes
    keys = (ITEM_TYPE, PIPELINE, STAGE, STAGE_SEMANTICS, RESPONSIBLE)
    return {**{key.name: found.get(key) for key in keys}, "moved": found.get(LAST_MOVE_AT) is not None}


AT_THE_START = {
    "CrmItemType": "deal",
    "CrmPipeline": "deal:sales",
    "CrmStage": "deal:sales/negotiation",
    "CrmStageSemantics": "in_progress",
    "CrmResponsible": "5",
    "moved": False,
}


async def test_search_attributes_follow_stage_and_responsible_person(sales: Workbench) -> None:
    await sales.publish(trigger("signed", "document_executed", "won"))
    deal = await sales.create("negotiation", responsible=ANN)
    handle = sales.handle(deal)

    await sales.client.start(deal)
    await eventually(lambda: search_attributes(handle), lambda found: found == AT_THE_START)

    await sales.client.submit(deal, "responsible_changed", {"new": BOB}, event_id="1")
    assert await search_attributes(handle) == {**AT_THE_START, "CrmResponsible": "7"}

    outcome = await sales.client.submit(deal, "document_executed", {"document": "d"}, event_id="2")
    won = {"CrmStage": "deal:sales/won", "CrmStageSemantics": "won", "CrmResponsible": "7", "moved": True}
    assert await search_attributes(handle) == {**AT_THE_START, **won}
    moved_at = (await handle.describe()).typed_search_attributes.get(LAST_MOVE_AT)
    assert moved_at is not None
    assert outcome.decided_at is not None
    # The server keeps milliseconds or better.
    assert abs((moved_at - outcome.decided_at).total_seconds()) < 0.001

    await sales.client.submit(deal, "responsible_changed", {"new": None}, event_id="3")
    assert (await search_attributes(handle))["CrmResponsible"] is None


async def test_search_attributes_are_written_only_when_they_change(sales: Workbench) -> None:
    deal = await sales.create("negotiation")

    for number in range(3):
        await sales.change_fields(deal, f"e-{number}", score=number)

    types = await event_types(sales.handle(deal))
    assert types.count("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") == 1


async def test_the_stage_of_an_item_that_its_pipeline_no_longer_has_has_no_semantics(
    sales: Workbench,
) -> None:
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "1", note="a")
    stages = tuple(stage for stage in SALES.stages if stage.code != "negotiation")
    await sales.portal.define_pipeline(SALES.model_copy(update={"stages": stages}))

    await sales.change_fields(deal, "2", note="b")

    assert await search_attributes(sales.handle(deal)) == {**AT_THE_START, "CrmStageSemantics": None}


async def test_current_details_say_where_the_item_stands_and_what_happened(sales: Workbench) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract", name="Contract uploaded"))
    deal = await sales.create("new", responsible=ANN)

    await sales.client.move(deal, "negotiation", event_id="by hand", actor=BOB)
    await sales.change_fields(deal, "upload", contract="f-1")
    await sales.client.submit(deal, "sneezed", {}, event_id="odd")
    await sales.change_fields(deal, "upload", contract="f-1")

    assert await eventually(
        lambda: details(sales.handle(deal)), lambda lines: "1 duplicates" in lines[3]
    ) == [
        "**Stage** `deal:sales/contract-approval` (Contract approval)",
        "**Responsible** user 5",
        "**Automation** revision 2",
        "**Events** 3 handled, 2 moved, 1 rejected, 1 duplicates",
        "**Waiting** nothing",
        "**Last decisions**",
        "- `odd` rejected: unknown kind 'sneezed'",
        "- `upload` moved negotiation → contract-approval in the name of user 5, trigger *Contract uploaded*",
        "- `by hand` moved new → negotiation in the name of user 7, by hand",
    ]


async def test_current_details_show_the_last_five_decisions(sales: Workbench) -> None:
    deal = await sales.create("new", responsible=None)

    for number in range(7):
        await sales.change_fields(deal, f"e-{number}", score=number + 1)

    lines = await details(sales.handle(deal))
    assert lines[1] == "**Responsible** nobody"
    assert lines[-5:] == [f"- `e-{number}` no trigger matched" for number in (6, 5, 4, 3, 2)]


async def test_the_summary_of_a_workflow_is_the_items_reference(sales: Workbench) -> None:
    deal = await sales.create()

    await sales.client.start(deal)

    description = await sales.handle(deal).describe()
    assert await description.static_summary() == deal
    assert await description.static_details() == (
        f"Item **{deal}**: its triggers are evaluated here, one event at a time."
    )
