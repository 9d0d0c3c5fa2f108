"""`crm-triggers item stranded` and `item move-all`: the items of a stage that was deleted, or of another."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from crm.pipelines import Pipeline
from starter.cli.connections import open_client, open_database
from starter.cli.exit import FAILED
from starter.cli.failures import CommandRefused
from starter.cli.lookups import Lookups, nearest
from starter.cli.loop import run_async
from starter.cli.options import Actor, AsJson, DatabaseUrl, TemporalAddress
from starter.cli.screen import errors, fail, printable, say, say_json, show_table
from starter.client import EventOptions
from starter.importing.progress import show_progress
from starter.mass_moves import MassMove, MassMover
from storage.census import Census, Crowd

MAX_LISTED = 20

_STAGE = re.compile(r"(?P<pipeline>[a-z][a-z0-9_]*:[a-z][a-z0-9-]*)/(?P<code>[a-z][a-z0-9-]*)")

app = typer.Typer()


@app.command()
def stranded(
    pipeline: Annotated[
        str | None, typer.Argument(metavar="[PIPELINE]", help="Only this pipeline, as deal:sales.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Name at most so many of each stage.")] = 10,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List the items whose stage is not in their pipeline (any more); no trigger moves them.

    Example: crm-triggers item stranded deal:sales
    """

    async def read() -> tuple[Crowd, ...]:
        async with open_database(database_url) as database:
            if pipeline is None:
                return await Census(database).stranded(first=limit)
            found = (await Lookups(database).automation(pipeline)).pipeline
            return await Census(database).stranded(found.item_type, found.code, limit)

    crowds = run_async(read())
    if as_json:
        say_json(
            [
                {"stage": one.stage, "items": one.items, "first": [str(ref) for ref in one.first]}
                for one in crowds
            ]
        )
        return
    if not crowds:
        say("Every item stands on a stage of its pipeline.")
        return
    show_table(
        ("Stage that is gone", "Items", "Which"),
        [(one.stage, f"{one.items:,}", _names(one)) for one in crowds],
    )
    say(f"To move them: `crm-triggers item move-all {crowds[0].stage} STAGE --actor USER`")


@app.command("move-all")
def move_all(
    stage: Annotated[str, typer.Argument(metavar="FROM", help="Where they stand, as deal:sales/old.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A stage of the same pipeline, as new.")],
    actor: Actor = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be moved, and move nothing.")
    ] = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """Move every item that stands on a stage by hand, be the stage still in the pipeline or not.

    What failed is tried again by the same command; nothing is moved twice.

    Example: crm-triggers item move-all deal:sales/negotiation in-progress --actor 5
    """
    parts = _STAGE.fullmatch(stage)
    if parts is None:
        raise typer.BadParameter(f"{stage!r} is no stage with its pipeline; write it as deal:sales/old")
    options = EventOptions(actor=actor) if actor is not None else EventOptions(source="command-line")

    async def move() -> MassMove:
        async with open_database(database_url) as database:
            lookups, census = Lookups(database), Census(database)
            automation = await lookups.automation(parts["pipeline"])
            pipeline = automation.pipeline
            to = _target(target, parts["code"], pipeline)
            await lookups.require_users([actor])
            total = (await census.by_stage(pipeline.item_type, pipeline.code)).get(stage, 0)
            result = MassMove()
            if dry_run:
                _tell_plan(stage, to, total, as_json)
                return result
            if total:
                mover = MassMover(await open_client(temporal_address), census, automation, to, options)
                with show_progress(total, errors(), "items") as advance:
                    result = await mover.run(parts["code"], advance)
        _tell(stage, to, result, max(total - result.tried, 0), as_json)
        return result

    if run_async(move()).failed:
        raise typer.Exit(FAILED)


def _target(target: str, left: str, pipeline: Pipeline) -> str:
    """The code of the stage to move to; raises `CommandRefused`."""
    code = target.removeprefix(f"{pipeline.reference}/")
    codes = [one.code for one in pipeline.stages]
    if code not in codes:
        raise CommandRefused(f"{pipeline.reference} has no stage {target!r}{nearest(target, codes)}")
    if code == left:
        raise CommandRefused(f"the items stand on {code} already")
    return code


def _tell_plan(stage: str, target: str, total: int, as_json: bool) -> None:
    if as_json:
        say_json({"from": stage, "to": target, "items": total})
    else:
        say(f"{_count(total)} would be moved from {stage} to {target}.")


def _tell(stage: str, target: str, result: MassMove, not_tried: int, as_json: bool) -> None:
    if as_json:
        failed = [{"item": str(one.item), "reason": one.reason} for one in result.failed]
        moved = {"moved": result.moved, "unchanged": result.unchanged, "failed": failed}
        say_json({"from": stage, "to": target, **moved, "not_tried": not_tried})
        return
    if not result.tried:
        say(f"No item stands on {stage}.")
        return
    say(f"{_count(result.moved)} moved from {stage} to {target}.")
    if result.unchanged:
        say(f"{_count(result.unchanged)} stood there already.")
    if not result.failed:
        return
    lines = [f"{_count(len(result.failed))} not moved:"]
    lines += [f"  {one.item}: {printable(one.reason)}" for one in result.failed[:MAX_LISTED]]
    if len(result.failed) > MAX_LISTED:
        lines.append(f"  and {len(result.failed) - MAX_LISTED:,} more")
    if result.given_up:
        lines.append(f"Nobody answers; {_count(not_tried)} not tried.")
    lines.append("The same command tries them again.")
    fail("\n".join(lines))


def _count(items: int) -> str:
    return f"{items:,} {'item' if items == 1 else 'items'}"


def _names(crowd: Crowd) -> str:
    names = ", ".join(str(ref) for ref in crowd.first)
    return f"{names}, ..." if crowd.items > len(crowd.first) else names
