"""One import from end to end: files read and checked, servers asked, everything sent, the result told."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from temporalio.client import Client

from crm import contract
from starter.client import ItemClient
from starter.importing.check import compare
from starter.importing.errors import ImportFailed, LogRefused
from starter.importing.importer import Importer, Stopped
from starter.importing.mapping_file import MappingFile, read_mapping
from starter.importing.plan import Plan, make_plan
from starter.importing.progress import show_progress
from starter.importing.rows import Log, read_log
from starter.importing.summary import Summary, summarise
from starter.importing.target import prepare
from starter.local.preparation import wait_for_workers
from storage.database import Database
from storage.decisions import Decisions

ANSWER_TIMEOUT_SECONDS = 120.0
"""An item's last message waits behind all that were sent before it, of many items."""

WORKER_TIMEOUT_SECONDS = 10.0
SHOWN_REJECTED_ROWS = 5


@dataclass(frozen=True, slots=True)
class Job:
    """What to import, read and checked without any server."""

    file: MappingFile
    log_name: str
    log: Log
    plan: Plan


def read_job(mapping: Path, log: Path, *, suppress: bool = False) -> Job:
    """Read both files and plan the import; raises `MappingRefused`, `LogRefused`."""
    file = read_mapping(mapping)
    read = read_log(log, file.mapping)
    if not read.rows:
        reasons = "\n".join(f"{log}:{one.line}: {one.reason}" for one in read.rejected[:SHOWN_REJECTED_ROWS])
        raise LogRefused(f"{log}: none of its {len(read.rejected):,} rows fits the mapping:\n{reasons}")
    return Job(file, str(log), read, make_plan(file, read, suppress=suppress))


async def run_job(
    job: Job, database: Database, client: Client, console: Console, *, stopped: Stopped, check: bool
) -> Summary:
    """Import what was read; with `check`, hold the result against `decide()` alone.

    Raises `MappingRefused` and `ImportFailed`; a job that was `stopped` is not checked.
    """
    await _find_worker(client)
    target = await prepare(database, job.file, job.plan)
    started_at = time.monotonic()
    with show_progress(job.plan.number_of_messages, console) as advance:
        items = ItemClient(client, answer_timeout_seconds=ANSWER_TIMEOUT_SECONDS)
        imported = await Importer(items, Decisions(database), advance).run(job.plan, target, stopped)
    seconds = time.monotonic() - started_at
    summary = await summarise(database, job.log_name, job.log, job.plan, target, imported, seconds)
    if check and summary.complete:
        summary = replace(summary, comparison=await compare(database, job.plan, target))
    return summary


async def _find_worker(client: Client) -> None:
    try:
        async with asyncio.timeout(WORKER_TIMEOUT_SECONDS):
            await wait_for_workers(client, 1)
    except TimeoutError as error:
        raise ImportFailed(
            f"no worker asks for work from the task queue {contract.TASK_QUEUE}: start one with "
            "`crm-triggers worker`. Nothing was changed"
        ) from error
