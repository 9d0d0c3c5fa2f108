"""`crm-triggers pipeline ...`: pipelines and their stages as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from crm.errors import Refused
from crm.pipelines import Pipeline
from starter.cli.connections import open_database
from starter.cli.definitions import Author, Change, Yes, change_as_json, require_agreement, tell_saved
from starter.cli.failures import CommandRefused
from starter.cli.files import FileArgument, read_text
from starter.cli.lookups import Lookups
from starter.cli.loop import run_async
from starter.cli.options import AsJson, DatabaseUrl, PipelineArgument
from starter.cli.screen import printable, say, say_json, show_table
from starter.definition_changes import pipeline_changes, removed_stages
from starter.pipeline_file import read_pipeline_file, write_pipeline_file
from starter.yaml_files import YamlUnreadable
from storage.automations import Automations
from storage.census import Census
from storage.portal import Portal

app = typer.Typer(help="Read and save the stages of a pipeline.", no_args_is_help=True)


@app.command("list")
def list_pipelines(
    item_type: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="Only those of this type, as deal.")
    ] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List the pipelines with their stages and how many items stand in each.

    Example: crm-triggers pipeline list deal
    """

    async def read() -> list[tuple[Pipeline, int | None, Mapping[str, int]]]:
        async with open_database(database_url) as database:
            if item_type is not None:
                await Lookups(database).item_type(item_type)
            census, automations = Census(database), Automations(database)
            items = await census.by_stage(item_type)
            return [
                (one, await automations.current_revision(one.item_type, one.code), items)
                for one in await Portal(database).pipelines(item_type)
            ]

    found = run_async(read())
    if as_json:
        say_json([_listed(pipeline, revision, items) for pipeline, revision, items in found])
        return
    show_table(
        ("Pipeline", "Title", "Revision", "Stages, with their items"),
        [
            (
                pipeline.reference,
                printable(pipeline.title),
                str(revision),
                ", ".join(
                    f"{stage.code} ({items[reference]:,})" if reference in items else stage.code
                    for stage, reference in zip(pipeline.stages, pipeline.stage_references, strict=True)
                ),
            )
            for pipeline, revision, items in found
        ],
    )


@app.command()
def show(pipeline: PipelineArgument, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Print a pipeline's stages in the form that `pipeline save` takes.

    Example: crm-triggers pipeline show deal:sales > sales-stages.yaml
    """

    async def read() -> Pipeline:
        async with open_database(database_url) as database:
            return (await Lookups(database).automation(pipeline)).pipeline

    found = run_async(read())
    say_json(found) if as_json else typer.echo(write_pipeline_file(found), nl=False)


@app.command()
def save(
    file: FileArgument,
    yes: Yes = False,
    author: Author = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Save a pipeline with all its stages; one that is not there yet is a new one.

    A stage that is not in the file is removed: its items stay on it, and no trigger moves them until they
    are moved by hand. Triggers that name it, in other pipelines too, are disabled.

    Example: crm-triggers pipeline save sales-stages.yaml --author 1
    """
    pipeline = _read(file)
    before, change = run_async(_look(pipeline, author, database_url))
    if before != pipeline:
        require_agreement(change, yes, may_ask=not as_json)
        run_async(_define(pipeline, author, change, database_url))
    if as_json:
        say_json(change_as_json(change))
    elif before == pipeline:
        say(f"nothing to save: {pipeline.reference} is like this already")
    else:
        tell_saved(change)


def _listed(pipeline: Pipeline, revision: int | None, items: Mapping[str, int]) -> dict[str, object]:
    stages = [
        {**stage.model_dump(), "items": items.get(reference, 0)}
        for stage, reference in zip(pipeline.stages, pipeline.stage_references, strict=True)
    ]
    return {
        "pipeline": pipeline.reference,
        "title": pipeline.title,
        "revision": revision,
        "stages": stages,
    }


def _read(file: Path) -> Pipeline:
    try:
        return read_pipeline_file(read_text(file))
    except (Refused, YamlUnreadable) as error:
        raise CommandRefused(f"{file}: nothing was saved\n{error}") from error


async def _look(
    pipeline: Pipeline, author: int | None, database_url: str | None
) -> tuple[Pipeline | None, Change]:
    """The pipeline as it is now, and what saving it changes."""
    async with open_database(database_url) as database:
        lookups, portal = Lookups(database), Portal(database)
        await lookups.require_users([author])
        await lookups.item_type(pipeline.item_type)
        plan = await portal.plan_pipeline(pipeline)
        before = {one.code: one for one in await portal.pipelines(pipeline.item_type)}.get(pipeline.code)
        items = await Census(database).by_stage(pipeline.item_type, pipeline.code)
    reference = pipeline.reference
    if before is None:
        return None, Change(f"{reference}, a new pipeline", pipeline_changes(None, pipeline, {}), plan)
    standing = {
        stage.code: f"{items[there]:,} {'item stands' if items[there] == 1 else 'items stand'} there"
        for stage, there in zip(before.stages, before.stage_references, strict=True)
        if there in items
    }
    doubts = [
        f"{standing[stage.code]}, on {stage.code}; to move: "
        f"`crm-triggers item move-all {reference}/{stage.code} STAGE`"
        if stage.code in standing
        else f"no item stands on {stage.code}, and none can be moved there"
        for stage in removed_stages(before, pipeline)
    ]
    return before, Change(reference, pipeline_changes(before, pipeline, standing), plan, doubts)


async def _define(pipeline: Pipeline, author: int | None, change: Change, database_url: str | None) -> None:
    async with open_database(database_url) as database:
        await Portal(database).define_pipeline(pipeline, author, change.plan)
