"""`crm-triggers type ...`: item types and their fields as files; a new type is a smart process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from crm.errors import Refused
from crm.items import BUILT_IN_TYPES
from crm.pipelines import ItemType
from crm.upkeep import Followed, triggers_using
from starter.cli.connections import open_database
from starter.cli.definitions import Author, Change, Yes, change_as_json, require_agreement, tell_saved
from starter.cli.failures import CommandRefused
from starter.cli.files import FileArgument, read_text
from starter.cli.lookups import Lookups
from starter.cli.loop import run_async
from starter.cli.options import AsJson, DatabaseUrl
from starter.cli.screen import printable, say, say_json, show_table
from starter.definition_changes import removed_fields, retyped_fields, type_changes
from starter.type_file import read_type_file, write_type_file
from starter.yaml_files import YamlUnreadable
from storage.census import Census
from storage.portal import Portal

app = typer.Typer(help="Read and save item types, smart processes among them.", no_args_is_help=True)


@app.command("list")
def list_types(as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List the item types with their pipelines.

    Example: crm-triggers type list
    """

    async def read() -> tuple[tuple[ItemType, ...], dict[str, list[str]]]:
        async with open_database(database_url) as database:
            portal = Portal(database)
            types = await portal.item_types()
            pipelines: dict[str, list[str]] = {one.code: [] for one in types}
            for pipeline in await portal.pipelines():
                pipelines[pipeline.item_type].append(pipeline.reference)
            return types, pipelines

    types, pipelines = run_async(read())
    if as_json:
        say_json(
            [
                {**one.model_dump(), "smart_process": _is_smart(one), "pipelines": pipelines[one.code]}
                for one in types
            ]
        )
        return
    show_table(
        ("Type", "Title", "", "Fields", "Pipelines"),
        [
            (
                one.code,
                printable(one.title),
                "smart process" if _is_smart(one) else "built in",
                str(len(one.fields)),
                ", ".join(pipelines[one.code]),
            )
            for one in types
        ],
    )


@app.command()
def show(
    item_type: Annotated[str, typer.Argument(metavar="TYPE", help="The type's code, as deal.")],
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Print an item type in the form that `type save` takes.

    Example: crm-triggers type show deal > deal.yaml
    """

    async def read() -> ItemType:
        async with open_database(database_url) as database:
            return await Lookups(database).item_type(item_type)

    found = run_async(read())
    say_json(found) if as_json else typer.echo(write_type_file(found), nl=False)


@app.command()
def save(
    file: FileArgument,
    yes: Yes = False,
    author: Author = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Save an item type with all its fields; one with a new code is a new smart process.

    Items keep what they have in a field that is removed, but nothing reads it any more. What does not fit a
    field's new type counts as empty.

    Example: crm-triggers type save permit.yaml --author 1
    """
    item_type = _read(file)
    before, change = run_async(_look(item_type, author, database_url))
    if before != item_type:
        require_agreement(change, yes, may_ask=not as_json)
        run_async(_define(item_type, author, change, database_url))
    if as_json:
        say_json(change_as_json(change))
    elif before == item_type:
        say(f"nothing to save: {item_type.code} is like this already")
    else:
        tell_saved(change)
        if before is None:
            say(f"{item_type.code} needs stages: `crm-triggers pipeline save`")


def _is_smart(item_type: ItemType) -> bool:
    return item_type.code not in BUILT_IN_TYPES


def _read(file: Path) -> ItemType:
    try:
        return read_type_file(read_text(file))
    except (Refused, YamlUnreadable) as error:
        raise CommandRefused(f"{file}: nothing was saved\n{error}") from error


async def _look(
    item_type: ItemType, author: int | None, database_url: str | None
) -> tuple[ItemType | None, Change]:
    """The type as it is now, and what saving it changes."""
    async with open_database(database_url) as database:
        await Lookups(database).require_users([author])
        portal, census = Portal(database), Census(database)
        before = await portal.item_type(item_type.code)
        plan = await portal.plan_item_type(item_type)
        notes = {} if before is None else await _notes(before, item_type, census)
    if before is None:
        subject = f"{item_type.code}, a new {'smart process' if _is_smart(item_type) else 'type'}"
        return None, Change(subject, type_changes(None, item_type, notes), plan)
    sentences = type_changes(before, item_type, notes)
    return before, Change(item_type.code, sentences, plan, list(_doubts(before, item_type, plan)))


async def _define(item_type: ItemType, author: int | None, change: Change, database_url: str | None) -> None:
    async with open_database(database_url) as database:
        await Portal(database).define_item_type(item_type, author, change.plan)


async def _notes(before: ItemType, after: ItemType, census: Census) -> Mapping[str, str]:
    """What the change of a field means for the items that have a value in it."""
    notes: dict[str, str] = {}
    for field in removed_fields(before, after):
        if items := await census.with_value(after.code, field.code):
            notes[field.code] = f"{_items(items)} a value in it, which nothing reads any more"
    for field in retyped_fields(before, after):
        if items := await census.unfit(after.code, field):
            notes[field.code] = f"{_items(items)} a value that does not fit and counts as empty"
    return notes


def _items(number: int) -> str:
    return f"{number:,} {'item has' if number == 1 else 'items have'}"


def _doubts(before: ItemType, after: ItemType, plan: Sequence[Followed]) -> Iterator[str]:
    """The triggers that use a field of another type now, and go on."""
    for field in retyped_fields(before, after):
        for followed in plan:
            assert followed.before is not None, "the pipelines of a type that changes are there"
            disabled = {trigger.id for trigger in followed.disabled}
            using = [
                one.id for one in triggers_using(followed.before, {field.code}) if one.id not in disabled
            ]
            if using:
                reference = followed.after.pipeline.reference
                yield f"triggers of {reference} go on with another type of {field.code}: {', '.join(using)}"
