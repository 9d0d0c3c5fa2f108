"""`crm-triggers import` and `crm-triggers real-log`: a real event log, imported whole."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from starter.cli.connections import open_database
from starter.cli.exit import FAILED, INTERRUPTED
from starter.cli.import_words import tell_summary
from starter.cli.loop import run_async
from starter.cli.options import AsJson, DatabaseUrl, TemporalAddress
from starter.cli.screen import errors, say, say_json
from starter.importing.job import Job, read_job, run_job
from starter.importing.summary import Summary
from starter.local.errors import StartInterrupted
from starter.local.preparation import connect_to
from starter.local.signals import handle_stop_signals
from starter.local.stack import LocalStack, StackAddresses, StackOptions
from starter.temporal import connect, ensure_search_attributes
from storage.database import Database
from storage.migrate import migrate

MAPPING = Path("examples/permits.yaml")
REAL_LOG = Path("../shared/data/receipt.csv")

Suppress = Annotated[
    bool, typer.Option("--suppress", help="Record the events and what they change, but fire nothing.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Hold the result against decide() alone; status 1 if they differ.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_log)
    app.command("real-log")(real_log)


def import_log(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The log, a CSV file in UTF-8.")],
    mapping: Annotated[
        Path, typer.Option(help="How its rows become items and events, as examples/permits.yaml.")
    ],
    suppress: Suppress = False,
    check: Check = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """Import an event log: its cases become items, its rows their events, in the order of time.

    Imported again, nothing is done twice; stopped with Ctrl-C, the same command goes on from there.

    Example: crm-triggers import --mapping examples/permits.yaml ../shared/data/receipt.csv
    """
    job = read_job(mapping, file, suppress=suppress)
    try:
        summary = run_async(_import(job, database_url, temporal_address, check))
    except asyncio.CancelledError:
        raise typer.Exit(INTERRUPTED) from None
    if not summary.complete:
        errors().print("The same command goes on from here.")
    _tell(summary, as_json)


def real_log(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The log.")] = REAL_LOG,
    mapping: Annotated[Path, typer.Option(help="How its rows become items and events.")] = MAPPING,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Each uses about one core.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Import a real log into a fresh stack of its own, and compute the same without any server.

    Status 1 if the two differ. The stack is gone afterwards.

    Example: crm-triggers real-log ../shared/data/receipt.csv --workers 2
    """
    if not file.exists():
        say(("skipped: ", "bold yellow"), f"there is no {file}; name the log as `crm-triggers real-log FILE`")
        return
    job = read_job(mapping, file)
    try:
        summary = run_async(_import_into_fresh_stack(job, workers))
    except StartInterrupted:
        raise typer.Exit(INTERRUPTED) from None
    _tell(summary, as_json)


async def _import(job: Job, database_url: str | None, temporal_address: str | None, check: bool) -> Summary:
    stop = asyncio.Event()
    work = asyncio.current_task()
    assert work is not None

    def ask_to_stop() -> None:
        """Items that were begun are finished; asked again, nothing is waited for."""
        if stop.is_set():
            work.cancel()
        stop.set()

    # Both are asked before either is changed.
    client = await connect(temporal_address)
    async with open_database(database_url) as database:
        with handle_stop_signals(ask_to_stop):
            return await run_job(job, database, client, errors(), stopped=stop.is_set, check=check)


async def _import_into_fresh_stack(job: Job, workers: int) -> Summary:
    console = errors()
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as directory:
        options = StackOptions(data_dir=Path(directory), workers=workers, durable=False)
        console.print("Starting a PostgreSQL, a Temporal server and workers ...")
        async with LocalStack(options, _prepare) as stack:
            ending = asyncio.create_task(stack.wait_for_end())
            database = await Database.connect(stack.addresses.database_url)
            client = await connect_to(stack.addresses)
            try:
                summary = await run_job(job, database, client, console, stopped=ending.done, check=True)
                if ending.done():
                    await ending
                return summary
            finally:
                ending.cancel()
                await asyncio.gather(ending, return_exceptions=True)
                await database.close()


async def _prepare(addresses: StackAddresses) -> None:
    await asyncio.to_thread(migrate, addresses.database_url)
    await ensure_search_attributes(await connect_to(addresses))


def _tell(summary: Summary, as_json: bool) -> None:
    """Say what was done; end with a status of its own where it was stopped or both ways differ."""
    if as_json:
        say_json(summary)
    else:
        tell_summary(summary)
    if not summary.complete:
        raise typer.Exit(INTERRUPTED)
    if summary.rejected_rows or (summary.comparison is not None and summary.comparison.differences):
        raise typer.Exit(FAILED)
