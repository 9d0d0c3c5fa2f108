"""Messages to items that do not exist: a clear error, a record, and no workflow left running."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from crm import contract
from crm.decisions import Verdict
from crm.items import ItemRef
from starter.client import ItemNotFound
from storage.new_items import NewItem
from tests.support.databases import query
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, Workbench, unused_number


async def status(sales: Workbench, item: str) -> WorkflowExecutionStatus | None:
    return (await sales.handle(item).describe()).status


async def test_a_caller_learns_that_there_is_no_such_item_and_the_attempt_is_recorded(
    sales: Workbench,
) -> None:
    ghost = f"deal:{unused_number()}"

    with pytest.raises(ItemNotFound, match=f"^there is no item {ghost}$"):
        await sales.change_fields(ghost, "e-1", note="a")
    with pytest.raises(ItemNotFound, match=f"^there is no item {ghost}$"):
        await sales.client.move(ghost, "won", event_id="e-2", actor=BOB)

    assert [(one.event_id, one.verdict, one.reason, one.actor) for one in await sales.decided(ghost)] == [
        ("e-1", Verdict.REJECTED, f"there is no item {ghost}", ANN),
        ("e-2", Verdict.REJECTED, f"there is no item {ghost}", BOB),
    ]
    await eventually(lambda: status(sales, ghost), lambda found: found is WorkflowExecutionStatus.COMPLETED)


async def test_signals_are_recorded_as_rejected_and_the_workflow_ends(sales: Workbench) -> None:
    ghost = f"deal:{unused_number()}"

    for number in range(3):
        await sales.client.field_changed(ghost, {"note": "a"}, event_id=f"e-{number}", actor=ANN)

    await sales.handle(ghost).result()
    await eventually(lambda: sales.decided(ghost), lambda found: len(found) == 3)
    assert [(one.event_id, one.cause_user, one.text) for one in await sales.timeline(ghost)] == [
        (f"e-{number}", ANN, f"there is no item {ghost}") for number in range(3)
    ]


async def test_an_item_that_is_created_later_works(sales: Workbench) -> None:
    number = unused_number()
    ghost = f"deal:{number}"
    with pytest.raises(ItemNotFound):
        await sales.change_fields(ghost, "too early", note="a")

    await sales.items.create(NewItem(item_type="deal", item_id=number, pipeline="sales", responsible=ANN))
    in_time = await sales.change_fields(ghost, "in time", note="a")
    again = await sales.change_fields(ghost, "too early", note="a")

    assert in_time.verdict is Verdict.NO_TRIGGER_MATCHED
    assert (again.verdict, again.duplicate) == (Verdict.REJECTED, True)
    assert (await sales.client.item(ghost))["item"] == ghost


async def test_an_item_that_is_deleted_while_its_workflow_runs_is_missed_at_its_next_event(
    sales: Workbench,
) -> None:
    deal = await sales.create()
    await sales.change_fields(deal, "warm-up", note="a")
    for table in ("stage_history", "items"):
        await query(
            sales.database_url, f"delete from {table} where item_id = $1", ItemRef.parse(deal).item_id
        )

    with pytest.raises(ItemNotFound, match=f"^there is no item {deal}$"):
        await sales.change_fields(deal, "e", note="b")

    await sales.handle(deal).result()


async def test_a_workflow_whose_id_is_no_items_fails_and_says_why(sales: Workbench) -> None:
    for workflow_id in ("crm-item:deal:042", "crm-item:nobody", "deal:1"):
        handle = await sales.temporal.start_workflow(
            contract.WORKFLOW_TYPE,
            id=workflow_id,
            task_queue=contract.TASK_QUEUE,
            start_signal=contract.SIGNAL_ITEM_EVENT,
            start_signal_args=[{"event_id": "e"}],
        )

        with pytest.raises(WorkflowFailureError) as failure:
            await handle.result()

        cause = failure.value.cause
        assert isinstance(cause, ApplicationError)
        assert cause.type == contract.ERROR_ITEM_NOT_FOUND
        assert repr(workflow_id.removeprefix("crm-item:")) in cause.message
