"""The whole measurement: one stack for both sides, one worker at a time, the sides in turn."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from temporalio.client import Client

from benchmarks.load import JOB, Job
from benchmarks.observer import record_commit_times
from benchmarks.scene import create_deals, define_scene
from benchmarks.sides import SIDES, Side
from starter.local.environment import worker_environment
from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from starter.local.processes import ChildProcess, running
from starter.local.stack import LocalStack, StackAddresses, StackOptions
from starter.temporal import ensure_search_attributes
from storage.database import Database
from storage.migrate import migrate

WORKER_GRACE_SECONDS = 20.0

Figures = dict[str, float]
"""Numbers of one side in one repetition, by name; the names are those of `report.TITLES`."""

_FIGURES = TypeAdapter(Figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How many deals and measured events a measure takes."""

    deals: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured, by measure, and how often."""

    repetitions: int
    amounts: dict[str, Amount]


Progress = Callable[[str], None]
"""Told what is measured next."""


async def run_campaign(plan: Plan, data_dir: Path, progress: Progress) -> list[dict[str, Figures]]:
    """Each repetition's figures by side. Everything lies in `data_dir` and has ended afterwards."""
    progress("starting PostgreSQL and Temporal")
    await _prepare_postgres(data_dir)
    options = StackOptions(data_dir=data_dir, workers=0, durable=False, handle_signals=False)
    async with LocalStack(options, _prepare) as stack:
        return [
            {
                side.name: await _measure_side(side, stack.addresses, plan, data_dir / f"{number}", progress)
                for side in SIDES.values()
            }
            for number in range(1, plan.repetitions + 1)
        ]


async def _prepare_postgres(data_dir: Path) -> None:
    """Make the database's directory, with a setting that counts from the next start."""
    postgres = EmbeddedPostgres(
        data_dir / "postgres",
        await claim_port(0, "--postgres-port"),
        log_file=data_dir / "logs" / "postgres.log",
        durable=False,
    )
    async with running(postgres):
        await record_commit_times(postgres.url)


async def _prepare(addresses: StackAddresses) -> None:
    await asyncio.to_thread(migrate, addresses.database_url)
    async with _connected(addresses) as database:
        await define_scene(database)
    await ensure_search_attributes(
        await Client.connect(addresses.temporal_address, namespace=addresses.temporal_namespace)
    )


@asynccontextmanager
async def _connected(addresses: StackAddresses) -> AsyncIterator[Database]:
    database = await Database.connect(addresses.database_url)
    try:
        yield database
    finally:
        await database.close()


async def _measure_side(
    side: Side, addresses: StackAddresses, plan: Plan, directory: Path, progress: Progress
) -> Figures:
    """All measures of one side, on one worker that has ended afterwards, each with deals of its own."""
    environment = worker_environment(
        addresses.database_url, addresses.temporal_address, addresses.temporal_namespace
    )
    # As an installed worker has them: without compiled files the sandbox compiles the workflow for each item.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    worker = _module(side.worker_module, (), directory / f"{side.name}.log", environment)
    figures: Figures = {}
    try:
        await worker.start()
        for measure, amount in plan.amounts.items():
            progress(f"{measure} of the {side.name}")
            async with _connected(addresses) as database:
                deals = await create_deals(database, amount.deals)
            job = Job(
                measure=measure,
                side=side.name,
                first_deal=deals.start,
                deals=amount.deals,
                events=amount.events,
                worker_pid=worker.pid,
                figures_file=directory / f"{side.name}-{measure}.json",
            )
            await _run_load(job, worker, environment)
            figures |= _FIGURES.validate_json(job.figures_file.read_bytes())
    finally:
        await worker.stop(WORKER_GRACE_SECONDS)
    return figures


async def _run_load(job: Job, worker: ChildProcess, environment: dict[str, str]) -> None:
    """Let the load do its job; raises ChildDied if it fails or the worker ends before it."""
    load = _module(
        "benchmarks.load", (JOB.dump_json(job).decode(),), job.figures_file.with_suffix(".log"), environment
    )
    try:
        await load.start()
        await asyncio.wait({load.exited, worker.exited}, return_when=asyncio.FIRST_COMPLETED)
        if worker.exited.done():
            raise worker.death()
        await load.finish()
    finally:
        await load.stop(grace_seconds=0)


def _module(
    name: str, arguments: tuple[str, ...], log_file: Path, environment: dict[str, str]
) -> ChildProcess:
    # -P: what has the same name in the current directory is not meant.
    return ChildProcess(
        name, [sys.executable, "-P", "-m", name, *arguments], log_file, environment=environment
    )
