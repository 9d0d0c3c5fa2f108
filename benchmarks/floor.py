"""The floor: the least that Temporal can do for the same visible work (design section 9).

    python -m benchmarks.floor

A bare workflow, the default JSON converter, no sandbox. It knows nothing of fields, triggers or
revisions: the commit that it writes is ready-made, but for the item's and the event's names.
"""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import asyncpg
from pydantic_core import from_json, to_json
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.envconfig import ClientConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from benchmarks.scene import ANNA, PIPELINE, Turn, idle_message, moving_message
from benchmarks.sides import FLOOR
from crm import contract
from crm.commits import commit_of
from crm.compiled import CompiledAutomation
from crm.decide import decide
from crm.events import read_event
from crm.items import Item
from starter.cli.exit import OK, end_process
from starter.local.signals import handle_stop_signals
from starter.settings import Settings, read_settings
from storage.automations import Automations
from storage.database import Database
from storage.queries import QUERIES

STAGE = SearchAttributeKey.for_keyword(contract.SEARCH_STAGE)


@dataclass
class Step:
    """What the commit of one event needs; the change of the field says which of the ready-made ones it is."""

    item: str
    event_id: str
    known_version: int
    field: str
    value: str


@workflow.defn(name=FLOOR.workflow_type, sandboxed=False)
class FloorItem:
    """Enqueue, commit in one local activity, show the stage."""

    def __init__(self) -> None:
        self._inbox: deque[dict[str, Any]] = deque()

    @workflow.signal(name=contract.SIGNAL_FIELD_CHANGED)
    def field_changed(self, message: dict[str, Any]) -> None:
        self._inbox.append(message)

    @workflow.run
    async def run(self) -> None:
        item = workflow.info().workflow_id.partition(":")[2]
        for version in count(1):
            await workflow.wait_condition(lambda: bool(self._inbox))
            message = self._inbox.popleft()
            [(field, change)] = message["data"]["changes"].items()
            stage = await workflow.execute_local_activity_method(
                FloorActivities.commit_event,
                Step(item, message["event_id"], version, field, change["new"]),
                start_to_close_timeout=timedelta(seconds=2),
            )
            if stage is not None:
                workflow.upsert_search_attributes([STAGE.value_set(stage)])


class FloorActivities:
    """One statement in one round trip, by the driver alone."""

    def __init__(self, pool: Any, ready_made: Mapping[tuple[str, str], dict[str, Any]]) -> None:
        self._pool = pool
        self._ready_made = ready_made

    @activity.defn
    async def commit_event(self, step: Step) -> str | None:
        """The stage that the item was moved to, if it was."""
        commit = {
            **self._ready_made[step.field, step.value],
            "item": step.item,
            "event_id": step.event_id,
            "commit_id": f"{step.item}:{step.event_id}",
            "known_version": step.known_version,
        }
        answer = json.loads(await self._pool.fetchval(QUERIES["commit_event"], json.dumps(commit)))
        if answer["answer"]["answer"] != "committed":
            raise RuntimeError(f"{step} is not committed: {answer}")
        stage: str | None = commit["to_stage"]
        return stage


def make_commits(automation: CompiledAutomation) -> dict[tuple[str, str], dict[str, Any]]:
    """The commits that the product would write, by the field that changes and its new value."""
    commits: dict[tuple[str, str], dict[str, Any]] = {}
    for message_of in (moving_message, idle_message):
        for number, stage in ((1, Turn.OURS), (2, Turn.THEIRS)):
            message = message_of(number)
            [(field, change)] = message["data"]["changes"].items()
            event = read_event(contract.SIGNAL_FIELD_CHANGED, message)
            item = Item(
                item_type="deal", item_id=1, pipeline=PIPELINE.code, stage=stage, responsible=ANNA, fields={}
            )
            decision = decide(item, automation, event)
            commit = commit_of(item, decision, event.envelope, commit_id="")
            commits[field, change["new"]] = from_json(to_json(commit))
    return commits


async def read_automation(database_url: str) -> CompiledAutomation:
    """The automation as it counts now."""
    database = await Database.connect(database_url)
    try:
        current = await Automations(database).current(PIPELINE.item_type, PIPELINE.code)
    finally:
        await database.close()
    assert current is not None, "the scene is defined before a worker starts"
    return CompiledAutomation(current)


async def _keep_session(connection: Any) -> None:
    """Saves the round trip by which the pool would reset a connection, as the product does."""


async def run_worker(settings: Settings) -> None:
    """Run until a stop is asked, with the settings that the product's worker has."""
    ready_made = make_commits(await read_automation(settings.database_url))
    stop = asyncio.Event()
    async with asyncpg.create_pool(
        settings.database_url, min_size=1, max_size=settings.database_connections, reset=_keep_session
    ) as pool:
        activities = FloorActivities(pool, ready_made)
        worker = Worker(
            await Client.connect(**ClientConfig.load_client_connect_config()),
            task_queue=FLOOR.task_queue,
            workflows=[FloorItem],
            activities=[activities.commit_event],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=settings.cached_items,
            max_concurrent_workflow_tasks=settings.concurrent_workflow_tasks,
            max_concurrent_local_activities=settings.concurrent_commits,
            max_concurrent_activities=settings.concurrent_commits,
            graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_seconds),
        )
        with handle_stop_signals(stop.set):
            async with worker:
                await stop.wait()


if __name__ == "__main__":
    asyncio.run(run_worker(read_settings()))
    end_process(OK)
