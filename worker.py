"""Runs a worker: settings, connections, the workflow and its activities, and a relay beside them.

    python -m worker        (or: crm-triggers worker)

Several run side by side, on one machine or many; each uses about one core. SIGINT and SIGTERM let what
is under way finish, for at most CRM_TRIGGERS_SHUTDOWN_SECONDS.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from activities.automations import PackedAutomations
from activities.items import ItemActivities
from crm import contract
from crm.errors import CrmError
from starter.cli.exit import FAILED, end_process
from starter.client import ItemClient
from starter.relay import run_relay
from starter.settings import Settings, read_settings
from starter.temporal import connect, ensure_search_attributes
from storage.automations import Automations
from storage.commits import Commits
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.items import Items
from workflows.runtime import WORKFLOWS, workflow_runner

logger = logging.getLogger(__name__)


def build_worker(client: Client, database: Database, settings: Settings) -> Worker:
    """A worker for the contract's task queue; the one place where everything is put together."""
    activities = ItemActivities(Items(database), Commits(database), PackedAutomations(Automations(database)))
    return Worker(
        client,
        task_queue=contract.TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=[activities.open_item, activities.commit_event],
        workflow_runner=workflow_runner(),
        max_cached_workflows=settings.cached_items,
        max_concurrent_workflow_tasks=settings.concurrent_workflow_tasks,
        max_concurrent_local_activities=settings.concurrent_commits,
        max_concurrent_activities=settings.concurrent_commits,
        graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_seconds),
    )


async def run_worker(settings: Settings, stop: asyncio.Event) -> None:
    """Run until `stop` is set."""
    database = await Database.connect(
        settings.database_url,
        max_size=settings.database_connections,
        command_timeout_seconds=settings.database_timeout_seconds,
    )
    try:
        client = await connect()
        await ensure_search_attributes(client)
        async with asyncio.TaskGroup() as beside, build_worker(client, database, settings):
            if settings.relay:
                beside.create_task(run_relay(settings, ItemClient(client), stop))
            logger.info("worker handles items from task queue %s", contract.TASK_QUEUE)
            await stop.wait()
            logger.info("worker finishes what is under way")
    finally:
        await database.close()


async def run_until_signalled(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await run_worker(settings, stop)


def main() -> int:
    """Exit status 0 after a stop that was asked for."""
    settings = read_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    asyncio.run(run_until_signalled(settings))
    return 0


if __name__ == "__main__":
    try:
        status = main()
    except (CrmError, DatabaseUnavailable) as error:
        logger.error("the worker can't run: %s", error)
        status = FAILED
    end_process(status)
