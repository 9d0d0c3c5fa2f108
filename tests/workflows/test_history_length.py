"""What an event adds to an item's history: at most 6 events for a move, 5 for none (design section 9)."""

from __future__ import annotations

from tests.support.histories import event_types, local_activities
from tests.support.polling import eventually
from tests.support.workbench import BOB, Workbench, watching

TASK = ["WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED"]


async def settled_types(sales: Workbench, deal: str, commits: int) -> list[str]:
    """The types of the history's events once that many commits are in it."""
    handle = sales.handle(deal)
    await eventually(lambda: local_activities(handle), lambda found: found["commit_event"] == commits)
    return await event_types(handle)


async def test_one_signal_alone_adds_five_events_and_six_when_it_moves(sales: Workbench) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation")
    await sales.client.field_changed(deal, {"note": "a"}, event_id="start")
    at_first = await settled_types(sales, deal, commits=1)

    await sales.client.field_changed(deal, {"note": "b"}, event_id="no move")
    after_no_move = await settled_types(sales, deal, commits=2)
    await sales.client.field_changed(deal, {"contract": "f-1"}, event_id="move")
    after_move = await settled_types(sales, deal, commits=3)

    assert after_no_move[len(at_first) :] == ["WORKFLOW_EXECUTION_SIGNALED", *TASK, "MARKER_RECORDED"]
    assert after_move[len(after_no_move) :] == [
        "WORKFLOW_EXECUTION_SIGNALED",
        *TASK,
        "MARKER_RECORDED",
        "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    ]


async def test_an_awaited_event_adds_two_more_for_being_accepted_and_answered(sales: Workbench) -> None:
    deal = await sales.create("negotiation")
    await sales.client.field_changed(deal, {"note": "a"}, event_id="start")
    at_first = await settled_types(sales, deal, commits=1)

    await sales.client.move(deal, "signing", event_id="by hand", actor=BOB)

    assert sorted((await settled_types(sales, deal, commits=2))[len(at_first) :]) == sorted(
        [
            *TASK,
            "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
            "MARKER_RECORDED",
            "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
            "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
        ]
    )


async def test_events_that_wait_together_share_a_workflow_task(bench: Workbench) -> None:
    deal = await bench.create("new", score=0)
    for number in range(1, 11):
        await bench.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")

    async with bench.worker():
        types = await settled_types(bench, deal, commits=10)

    assert types.count("WORKFLOW_TASK_COMPLETED") == 1
    # One to open the item, one to fetch what the score was, and the commits.
    assert types.count("MARKER_RECORDED") == 12


async def test_a_duplicate_from_memory_adds_no_commit(sales: Workbench) -> None:
    deal = await sales.create("negotiation")
    await sales.client.field_changed(deal, {"note": "a"}, event_id="once")
    at_first = await settled_types(sales, deal, commits=1)

    await sales.client.field_changed(deal, {"note": "a"}, event_id="once")
    await eventually(lambda: sales.client.item(deal), lambda state: state["counters"]["duplicates"] == 1)

    assert (await event_types(sales.handle(deal)))[len(at_first) :] == ["WORKFLOW_EXECUTION_SIGNALED", *TASK]
