"""`crm-triggers item ...`: create an item, look at it, move it by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from crm.decisions import Verdict
from crm.items import ItemRef
from crm.values import describe
from starter.cli import links, mass_moves
from starter.cli.connections import open_client, open_database
from starter.cli.event_ids import new_event_id
from starter.cli.exit import FAILED
from starter.cli.failures import CommandRefused
from starter.cli.lookups import Lookups, name_of, nearest
from starter.cli.loop import run_async
from starter.cli.options import Actor, AsJson, DatabaseUrl, EventId, ItemArgument, Limit, TemporalAddress
from starter.cli.outcome_words import sentence, stage_title, tell, tell_considered
from starter.cli.screen import moment, printable, say, say_json, show_table
from starter.cli.stage_bar import stage_bar
from starter.cli.temporal_ui import workflow_link
from starter.cli.values import read_values, split_assignments, users_in
from storage.decisions import Decisions
from storage.items import Items, NewItem
from storage.records import TimelineRecord

app = typer.Typer(help="Create items, look at them, move them by hand.", no_args_is_help=True)
app.add_typer(links.app)
app.add_typer(mass_moves.app)


@app.command()
def create(
    item_type: Annotated[str, typer.Argument(metavar="TYPE", help="deal, lead, or another item type.")],
    values: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE...", help="The values of its fields.")
    ] = None,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    pipeline: Annotated[str | None, typer.Option(help="Its pipeline; default: the type's first.")] = None,
    stage: Annotated[str | None, typer.Option(help="Its stage; default: the pipeline's first.")] = None,
    responsible: Annotated[
        int | None, typer.Option(metavar="USER", help="The responsible user; default: nobody.")
    ] = None,
    item_id: Annotated[
        int | None, typer.Option("--id", help="Its number; default: the type's next.", show_default=False)
    ] = None,
    actor: Actor = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """Create an item and start its workflow; prints its reference.

    Example: crm-triggers item create deal --title "Spare parts" --responsible 5 amount="1200 EUR"
    """
    texts = split_assignments(values or ())

    async def create_item() -> str:
        client = await open_client(temporal_address)
        async with open_database(database_url) as database:
            lookups = Lookups(database)
            fields = (await lookups.item_type(item_type)).field_map()
            given = read_values(texts, fields)
            await lookups.require_users([responsible, actor, *users_in(given, fields)])
            item = await Items(database).create(
                NewItem(
                    item_type=item_type,
                    item_id=item_id,
                    title=title,
                    pipeline=pipeline,
                    stage=stage,
                    responsible=responsible,
                    fields=given,
                    created_by=actor,
                    source=None if actor else "command-line",
                )
            )
        await client.start(str(item.ref))
        return str(item.ref)

    reference = run_async(create_item())
    say_json({"item": reference}) if as_json else say(reference)


@app.command()
def show(
    item: ItemArgument,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """Show an item: its stage among the pipeline's, responsible person, fields, version.

    Example: crm-triggers item show deal:42
    """
    ref = ItemRef.parse(item)

    async def show_item() -> None:
        async with open_database(database_url) as database:
            lookups = Lookups(database)
            stored = await lookups.item(ref)
            if as_json:
                say_json(stored)
                return
            pipeline = await lookups.pipeline_of(stored)
            fields = (await lookups.item_type(ref.item_type)).fields
            names = await lookups.user_names()
        known = stored.item
        rows = [("Responsible", name_of(known.responsible, names, "nobody"))]
        if stored.observers:
            rows.append(("Observers", "; ".join(name_of(one, names) for one in stored.observers)))
        rows += [
            (field.title or field.code, describe(known.fields.get(field.code)))
            for field in fields
            if known.fields.get(field.code) is not None
        ]
        if known.executed_documents:
            rows.append(("Executed documents", ", ".join(known.executed_documents)))
        rows.append(("Version", f"{known.version}, of {moment(stored.modified_at)}"))
        link = await workflow_link(ref, temporal_address)
        if link:
            rows.append(("Workflow", link))
        say((f"{ref} ", "bold"), printable(stored.title))
        say(stage_bar(pipeline, known.stage))
        width = max(len(head) for head, _ in rows)
        for head, content in rows:
            say((f"  {head:<{width}}  ", "dim"), printable(content))

    run_async(show_item())


@app.command()
def timeline(
    item: ItemArgument, limit: Limit = 100, as_json: AsJson = False, database_url: DatabaseUrl = None
) -> None:
    """Show what happened to an item, in whose name and why.

    Example: crm-triggers item timeline deal:42
    """
    ref = ItemRef.parse(item)

    async def show_timeline() -> None:
        async with open_database(database_url) as database:
            lookups = Lookups(database)
            records = await Items(database).timeline(ref, limit)
            if as_json:
                say_json(records)
                return
            pipeline = await lookups.pipeline_of(await lookups.item(ref))
            names = await lookups.user_names()
        show_table(
            ("When", "What", "In the name of", "Caused by", "Trigger", "Event"),
            [
                (
                    moment(one.at),
                    printable(_what(one, lambda code: stage_title(code, pipeline))),
                    printable(_author(one, names)),
                    printable(f"{one.cause}{f' {one.cause_user}' if one.cause_user else ''}"),
                    printable(one.trigger_name or ""),
                    printable(one.event_id or ""),
                )
                for one in records
            ],
        )

    run_async(show_timeline())


@app.command()
def decisions(
    item: ItemArgument, limit: Limit = 20, as_json: AsJson = False, database_url: DatabaseUrl = None
) -> None:
    """Explain what each event did, and why each trigger did or did not fire.

    Example: crm-triggers item decisions deal:42 --limit 3
    """
    ref = ItemRef.parse(item)

    async def show_decisions() -> None:
        async with open_database(database_url) as database:
            lookups = Lookups(database)
            entries = await Decisions(database).of_item(ref, limit)
            if as_json:
                say_json(entries)
                return
            pipeline = await lookups.pipeline_of(await lookups.item(ref))
            names = await lookups.user_names()
        if not entries:
            say(f"{ref} has had no event yet.")
        for number, entry in enumerate(entries):
            if number:
                say("")
            heading = f"{moment(entry.decided_at)}  {entry.kind}  {printable(entry.event_id)}"
            say((heading, "dim"))
            say(sentence(entry.outcome, entry.stage, pipeline, names))
            tell_considered(entry, pipeline)

    run_async(show_decisions())


@app.command()
def move(
    item: ItemArgument,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The stage, as won or deal:sales/won.")],
    actor: Actor = None,
    event_id: EventId = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """Move an item by hand, in the name of the user who does it.

    Example: crm-triggers item move deal:42 won --actor 5
    """
    ref = ItemRef.parse(item)

    async def move_item() -> Verdict:
        async with open_database(database_url) as database:
            lookups = Lookups(database)
            pipeline = await lookups.pipeline_of(await lookups.item(ref))
            names = await lookups.user_names()
            await lookups.require_users([actor])
        codes = [one.code for one in pipeline.stages]
        if stage.removeprefix(f"{pipeline.reference}/") not in codes:
            raise CommandRefused(f"{pipeline.reference} has no stage {stage!r}{nearest(stage, codes)}")
        client = await open_client(temporal_address)
        sender = {"actor": actor} if actor is not None else {"source": "command-line"}
        outcome = await client.move(item, stage, event_id=event_id or new_event_id(), **sender)
        say_json(outcome) if as_json else tell(outcome, None, pipeline, names)
        return outcome.verdict

    if run_async(move_item()) is Verdict.REJECTED:
        raise typer.Exit(FAILED)


def _what(record: TimelineRecord, title_of: Callable[[str | None], str]) -> str:
    if record.to_stage is None:
        return f"{record.kind}: {record.text}" if record.text else record.kind
    if record.from_stage is None:
        return f"{record.kind} on {title_of(record.to_stage)}"
    return f"{record.kind} from {title_of(record.from_stage)} to {title_of(record.to_stage)}"


def _author(record: TimelineRecord, names: Mapping[int, str]) -> str:
    author = name_of(record.author, names)
    return f"{author} ({record.author_note})" if record.author_note else author
