"""What a local stack needs between its servers and its workers, and when its workers are there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from crm import contract
from starter.examples import write_examples
from starter.local.stack import StackAddresses
from starter.temporal import ensure_search_attributes
from storage.database import Database
from storage.migrate import migrate
from workflows.runtime import DATA_CONVERTER

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Prepared:
    """The migrations that were applied, and whether the examples were written."""

    migrations: Sequence[str]
    examples: bool


async def prepare_stack(addresses: StackAddresses) -> Prepared:
    """Migrations, search attributes, and the examples at the first start."""
    migrations = await asyncio.to_thread(migrate, addresses.database_url)
    database = await Database.connect(addresses.database_url, max_size=2)
    try:
        written = await write_examples(database)
    finally:
        await database.close()
    await ensure_search_attributes(await connect_to(addresses))
    return Prepared(migrations, written)


async def connect_to(addresses: StackAddresses) -> Client:
    """A client of this stack's Temporal, whatever this process's environment names."""
    return await Client.connect(
        addresses.temporal_address, namespace=addresses.temporal_namespace, data_converter=DATA_CONVERTER
    )


async def wait_for_workers(client: Client, count: int) -> None:
    """Return when so many workers ask for items; the caller sets the deadline."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=contract.TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    while True:
        answer = await client.workflow_service.describe_task_queue(request)
        if len({poller.identity for poller in answer.pollers}) >= count:
            return
        await asyncio.sleep(POLL_SECONDS)
