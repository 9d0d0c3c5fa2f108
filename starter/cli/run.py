"""`crm-triggers run`: the local stack, what can be done with it, and every move as it happens."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import shutil
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.text import Text

from starter.cli.exit import INTERRUPTED
from starter.cli.lookups import Lookups, name_of
from starter.cli.loop import run_async
from starter.cli.screen import printable, say
from starter.cli.suggestions import TRIED_ITEMS, suggest
from starter.local.errors import StartInterrupted
from starter.local.ports import LOOPBACK
from starter.local.preparation import connect_to, prepare_stack, wait_for_workers
from starter.local.stack import LocalStack, StackAddresses, StackOptions
from starter.settings import DEFAULT_DATABASE_URL
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.feed import MoveFeed
from storage.items import Items

POSTGRES_PORT = urlsplit(DEFAULT_DATABASE_URL).port or 0
TEMPORAL_PORT = 7233
UI_PORT = 8233
POLL_SECONDS = 0.3


def run(
    data_dir: Annotated[Path, typer.Option(help="Where everything is kept between starts.")] = Path(".local"),
    postgres_port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = POSTGRES_PORT,
    temporal_port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = TEMPORAL_PORT,
    ui_port: Annotated[int, typer.Option(min=0, max=65535, help="Of the Temporal UI.")] = UI_PORT,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Each uses about one core.")] = 1,
) -> None:
    """Start the local stack: PostgreSQL, Temporal with its UI, workers, example data. Ctrl-C stops it.

    Example: crm-triggers run --workers 2
    """
    options = StackOptions(
        data_dir=data_dir,
        postgres_port=postgres_port,
        temporal_port=temporal_port,
        ui_port=ui_port,
        workers=workers,
    )
    try:
        run_async(_run(options))
    except StartInterrupted:
        say("Stopped before it was up.")
        raise typer.Exit(INTERRUPTED) from None
    say("Stopped. The next start goes on with what is kept in ", (str(data_dir), "bold"), ".")


async def _run(options: StackOptions) -> None:
    progress = _Progress()
    say("Starting PostgreSQL and Temporal ...")

    async def prepare(addresses: StackAddresses) -> None:
        progress.tell("PostgreSQL and Temporal")
        prepared = await prepare_stack(addresses)
        applied = f"migrated ({', '.join(prepared.migrations)})" if prepared.migrations else "up to date"
        progress.tell(f"database {applied}{', examples written' if prepared.examples else ''}")

    async with LocalStack(options, prepare) as stack:
        if not await _until_end(stack, _wait_for_workers(stack.addresses, options.workers)):
            count = f"{options.workers} workers" if options.workers > 1 else "worker"
            progress.tell(count)
            database = await Database.connect(stack.addresses.database_url, max_size=2)
            try:
                await _show_addresses(stack.addresses)
                await _show_suggestions(database, stack.addresses)
                say(("Moves appear here as they happen. Ctrl-C stops everything.", "bold"))
                await _until_end(stack, _follow(database))
            finally:
                await database.close()
        say("Stopping ...")


class _Progress:
    """A line for each part that is ready, with the time since the one before."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def tell(self, what: str) -> None:
        now = time.monotonic()
        say(("  ✓ ", "green"), f"{what} ... ready in {now - self._since:.1f} s")
        self._since = now


async def _until_end(stack: LocalStack, work: Coroutine[Any, Any, None]) -> bool:
    """Do `work` until it is done or the stack is to end; whether it is. Raises ChildDied."""
    working, ending = asyncio.create_task(work), asyncio.create_task(stack.wait_for_end())
    try:
        await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            await working
            return False
        await ending
        return True
    finally:
        for task in (working, ending):
            task.cancel()
        await asyncio.gather(working, ending, return_exceptions=True)


async def _wait_for_workers(addresses: StackAddresses, count: int) -> None:
    await wait_for_workers(await connect_to(addresses), count)


async def _show_addresses(addresses: StackAddresses) -> None:
    say("")
    say(("  PostgreSQL   ", "dim"), addresses.database_url)
    say(("  Temporal     ", "dim"), addresses.temporal_address)
    say(("  Temporal UI  ", "dim"), (f"{addresses.ui_url}/namespaces/{addresses.temporal_namespace}", "bold"))
    say("")


async def _show_suggestions(database: Database, addresses: StackAddresses) -> None:
    items = Items(database)
    tried = [stored for ref in TRIED_ITEMS if (stored := await items.load(ref)) is not None]
    if len(tried) < len(TRIED_ITEMS):
        return
    command = _command()
    say(("Three things to try in another terminal:", "bold"))
    usual = (DEFAULT_DATABASE_URL, f"{LOOPBACK}:{TEMPORAL_PORT}")
    if (addresses.database_url, addresses.temporal_address) != usual:
        say("  first, as the ports are not the usual ones:")
        say(
            (f"     export CRM_TRIGGERS_DATABASE_URL={addresses.database_url}", "cyan"),
            (f" TEMPORAL_ADDRESS={addresses.temporal_address}", "cyan"),
        )
    for number, one in enumerate(suggest(*tried), start=1):
        say(f"  {number}. {one.title}")
        if one.first is not None:
            say(("     It has moved on since; put it back first:", "dim"))
            say((f"     {command} {one.first}", "cyan"))
        say((f"     {command} {one.arguments}", "cyan"))
        say((f"     {one.happens}", "dim"))
    say("")


def _command() -> str:
    """How this program is called from here, so that what is shown can be copied."""
    program = Path(sys.executable).with_name("crm-triggers")
    found = shutil.which("crm-triggers")
    if not program.exists() or (found and Path(found).samefile(program)):
        return "crm-triggers"
    with contextlib.suppress(ValueError):
        program = program.relative_to(Path.cwd())
    return shlex.quote(str(program))


async def _follow(database: Database) -> None:
    """Tell every move; a database that is away for a while is waited for."""
    feed, lookups, names = MoveFeed(database), Lookups(database), dict[int, str]()
    started = False
    while True:
        with contextlib.suppress(DatabaseUnavailable):
            if not started:
                await feed.start()
                started = True
            news = await feed.poll()
            if any(record.author is not None and record.author not in names for _, record in news):
                names = await lookups.user_names()
            for ref, record in news:
                by = f'"{record.trigger_name}"' if record.trigger else "by hand"
                note = f" ({record.author_note})" if record.author_note else ""
                say(
                    (f"{record.at.astimezone():%H:%M:%S}  ", "dim"),
                    Text(f"{ref}  ", style="bold"),
                    f"{record.from_stage} → {record.to_stage}",
                    printable(f"  {by}  in the name of {name_of(record.author, names)}{note}"),
                )
        await asyncio.sleep(POLL_SECONDS)
