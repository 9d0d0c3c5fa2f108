"""A saved configuration counts once the save has returned: for every item, on every worker."""

from __future__ import annotations

import asyncio
from collections import Counter

from temporalio.api.enums.v1 import EventType, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from crm import contract
from crm.automations import TriggerState
from crm.decisions import Verdict
from tests.acceptance.records import decision
from tests.acceptance.worker_processes import WorkerProcesses
from tests.support.polling import eventually
from tests.support.workbench import Workbench, watching

ITEMS_PER_WORKER = 3
ROUNDS = 12


async def test_a_draft_does_not_fire_until_it_is_enabled_and_saved(sales: Workbench) -> None:
    """Scenario 16."""
    await sales.publish(watching("upload", "signing", "contract", state=TriggerState.DRAFT))
    deal = await sales.create("new")

    outcome = await sales.change_fields(deal, "first", contract="file-1")
    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    assert (await decision(sales, deal, "first")).considered == ()

    published = await sales.publish(watching("upload", "signing", "contract"))
    outcome = await sales.change_fields(deal, "second", contract="file-2")
    assert (outcome.verdict, outcome.revision) == (Verdict.MOVED, published.revision)


async def test_a_saved_trigger_fires_for_the_first_event_after_the_save_on_every_worker(
    bench: Workbench, worker_processes: WorkerProcesses
) -> None:
    """Scenario 16: two worker processes, and items that each of them holds since before the save."""
    await start_two(bench, worker_processes)
    worker_of: dict[str, str] = {}

    async def handle_another_item() -> Counter[str]:
        """How many items each worker holds."""
        deal = await bench.create("new")
        await bench.change_fields(deal, "before", note="before")
        worker_of[deal] = await latest_worker(bench, deal)
        return Counter(worker_of.values())

    await eventually(
        handle_another_item, lambda items: len(items) == 2 and min(items.values()) >= ITEMS_PER_WORKER
    )

    published = await bench.publish(watching("noted", "signing", "note"))
    outcomes = await asyncio.gather(*(bench.change_fields(deal, "after", note="after") for deal in worker_of))

    assert {(one.verdict, one.to_stage, one.revision) for one in outcomes} == {
        (Verdict.MOVED, "signing", published.revision)
    }
    assert {deal: await latest_worker(bench, deal) for deal in worker_of} == worker_of


async def test_while_events_pour_in_none_is_decided_under_a_revision_older_than_the_last_save(
    bench: Workbench, worker_processes: WorkerProcesses
) -> None:
    """Scenario 16, with saves in the midst of events."""
    await start_two(bench, worker_processes)
    saved = (await bench.publish(watching("upload", "signing", "contract"))).revision
    first = saved
    done = asyncio.Event()

    async def keep_asking(deal: str) -> int:
        """How many outcomes it saw, none of a revision older than the last one saved before it asked."""
        asked = 0
        while not done.is_set():
            asked += 1
            last_saved = saved
            outcome = await bench.change_fields(deal, f"score-{asked}", score=asked)
            assert outcome.revision is not None
            assert outcome.revision >= last_saved
        return asked

    deals = [await bench.create("new") for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        askers = [group.create_task(keep_asking(deal)) for deal in deals]
        for _ in range(ROUNDS):
            saved = (await bench.publish(watching("upload", "signing", "contract"))).revision
            outcome = await bench.change_fields(deals[0], f"saved-{saved}", note=f"revision {saved}")
            assert outcome.revision == saved
        done.set()

    assert saved == first + ROUNDS
    assert min(asker.result() for asker in askers) > 1


async def start_two(bench: Workbench, worker_processes: WorkerProcesses) -> None:
    """Two workers that both ask for work."""
    started = [await worker_processes.start() for _ in range(2)]
    request = DescribeTaskQueueRequest(
        namespace=bench.temporal.namespace,
        task_queue=TaskQueue(name=contract.TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )

    async def asking() -> set[int]:
        """The processes that ask for work."""
        described = await bench.temporal.workflow_service.describe_task_queue(request)
        return {int(poller.identity.partition("@")[0]) for poller in described.pollers}

    await eventually(asking, lambda pids: {process.pid for process in started} <= pids)


async def latest_worker(bench: Workbench, item: str) -> str:
    """Who completed the newest task of the item's workflow."""
    history = await bench.handle(item).fetch_history()
    completed = [
        event.workflow_task_completed_event_attributes.identity
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]
    return completed[-1]
