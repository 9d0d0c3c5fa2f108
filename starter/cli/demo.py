"""`crm-triggers demo`: three stories on a stack of its own, told, checked, and gone afterwards."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import typer

from crm.items import ItemRef
from crm.pipelines import Pipeline
from starter.cli.exit import FAILED, INTERRUPTED
from starter.cli.lookups import Lookups, name_of
from starter.cli.loop import run_async
from starter.cli.outcome_words import sentence, stage_title
from starter.cli.screen import moment, say, show_table
from starter.client import ItemClient
from starter.demo.stories import STORIES, Story
from starter.demo.theatre import Theatre
from starter.local.errors import StartInterrupted
from starter.local.preparation import connect_to, prepare_stack, wait_for_workers
from starter.local.stack import LocalStack, StackAddresses, StackOptions
from storage.database import Database


def demo() -> None:
    """Watch triggers move deals: three stories on a stack of its own, which is gone afterwards.

    Exit status 0 only if every step ended as it must.

    Example: crm-triggers demo
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crm-triggers-demo-") as directory:
        try:
            wrong = run_async(_play_all(Path(directory)))
        except StartInterrupted:
            wrong = None
    if wrong is None:
        say("Interrupted. The stack and its data are gone.")
        raise typer.Exit(INTERRUPTED)
    say("")
    seconds = f"{time.monotonic() - began:.0f} s"
    if wrong:
        say((f"{wrong} of the steps did not end as they must", "bold red"), f" ({seconds}).")
        raise typer.Exit(FAILED)
    say(
        ("Every step ended as it must", "bold green"),
        f" ({seconds}). The stack is stopped, its data is gone.",
    )


async def _play_all(directory: Path) -> int | None:
    """How many steps went wrong; None if Ctrl-C came first."""
    say("Starting PostgreSQL, Temporal and a worker in a temporary directory ...")

    async def prepare(addresses: StackAddresses) -> None:
        await prepare_stack(addresses)

    async with LocalStack(StackOptions(data_dir=directory, durable=False), prepare) as stack:
        playing = asyncio.create_task(_play(stack.addresses))
        ending = asyncio.create_task(stack.wait_for_end())
        try:
            await asyncio.wait({playing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if playing.done():
                return await playing
            await ending
            return None
        finally:
            playing.cancel()
            ending.cancel()
            await asyncio.gather(playing, ending, return_exceptions=True)


async def _play(addresses: StackAddresses) -> int:
    temporal = await connect_to(addresses)
    await wait_for_workers(temporal, 1)
    database = await Database.connect(addresses.database_url, max_size=2)
    try:
        lookups = Lookups(database)
        names = await lookups.user_names()
        pipeline = (await lookups.automation("deal:sales")).pipeline
        theatre = Theatre(database, ItemClient(temporal))
        wrong = 0
        for number, story in enumerate(STORIES, start=1):
            say("")
            say((f"{number}. {story.title}", "bold"))
            wrong += await _play_story(theatre, story, pipeline, names)
        return wrong
    finally:
        await database.close()


async def _play_story(theatre: Theatre, story: Story, pipeline: Pipeline, names: Mapping[int, str]) -> int:
    ref = await theatre.open(story)
    say(
        f'   {ref} "{story.deal}" stands on {stage_title(story.stage, pipeline)}; '
        f"responsible is {name_of(story.responsible, names)}."
    )
    wrong = 0
    for number, step in enumerate(story.steps, start=1):
        played = await theatre.play(ref, step, number)
        say(("   ▸ ", "cyan"), step.told)
        say(
            ("   ✗ ", "bold red") if played.wrong else ("   ✓ ", "green"),
            sentence(played.outcome, step.expected.stage, pipeline, names),
        )
        for difference in played.wrong:
            say((f"     {difference}", "red"))
        wrong += bool(played.wrong)
    await _show_records(theatre, ref, pipeline, names)
    return wrong


async def _show_records(theatre: Theatre, ref: ItemRef, pipeline: Pipeline, names: Mapping[int, str]) -> None:
    history, timeline = await theatre.records(ref)
    show_table(
        ("No.", "From", "To", "In the name of", "Trigger"),
        [
            (
                str(row.number),
                stage_title(row.from_stage, pipeline) if row.from_stage else "",
                stage_title(row.to_stage, pipeline),
                name_of(row.author, names),
                row.trigger_name or "",
            )
            for row in history
        ],
        title=f"Stage history of {ref}",
    )
    show_table(
        ("When", "What", "In the name of", "Caused by", "Event"),
        [
            (
                moment(record.at),
                record.kind,
                name_of(record.author, names),
                record.cause if record.cause_user is None else name_of(record.cause_user, names),
                record.event_id or "",
            )
            for record in timeline
        ],
        title=f"Timeline of {ref}",
    )
