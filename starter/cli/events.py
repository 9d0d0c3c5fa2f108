"""`crm-triggers event ...`: tell an item what happened to it, and be told what became of it."""

from __future__ import annotations

from typing import Annotated

import typer

from crm import contract
from crm.kinds.documents import STEPS
from crm.kinds.items import FIELD_CHANGED, RESPONSIBLE_CHANGED
from crm.values import Json
from starter.cli.any_event import send
from starter.cli.delivery import Delivery, Told, deliver
from starter.cli.lookups import Lookups, nearest
from starter.cli.options import (
    Actor,
    AsJson,
    DatabaseUrl,
    EventId,
    ItemArgument,
    NoWait,
    Suppress,
    TemporalAddress,
)
from starter.cli.values import read_values, split_assignments, users_in
from starter.client import Changed, field_changes

NOBODY = "nobody"

app = typer.Typer(help="Tell an item what happened to it.", no_args_is_help=True)
app.command("send")(send)


@app.command("field-changed")
def field_changed(
    item: ItemArgument,
    changes: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="The new values; nothing or null is empty.")
    ],
    was: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="A field's old value; default: what the item has."),
    ] = None,
    actor: Actor = None,
    event_id: EventId = None,
    suppress: Suppress = False,
    no_wait: NoWait = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """One save changed these fields.

    Example: crm-triggers event field-changed deal:42 contract=file-17 amount="1200 EUR" --actor 5
    """
    new_texts, old_texts = split_assignments(changes), split_assignments(was or ())
    for code in old_texts:
        if code not in new_texts:
            raise typer.BadParameter(f"--was names {code!r}, which this save does not change")
    item_type = item.partition(":")[0]

    async def tell_what(lookups: Lookups) -> Told:
        fields = (await lookups.item_type(item_type)).field_map()
        new, old = read_values(new_texts, fields), read_values(old_texts, fields)
        await lookups.require_users(users_in(new, fields))
        saved = {
            code: Changed(old=old[code], new=value) if code in old else value for code, value in new.items()
        }
        return Told(contract.SIGNAL_FIELD_CHANGED, FIELD_CHANGED.code, {"changes": field_changes(saved)})

    deliver(
        item,
        Delivery(actor, event_id, suppress, not no_wait, as_json, database_url, temporal_address),
        tell_what,
    )


@app.command("responsible-changed")
def responsible_changed(
    item: ItemArgument,
    new: Annotated[str, typer.Argument(metavar="USER", help="The new responsible user, as 5, or nobody.")],
    actor: Actor = None,
    event_id: EventId = None,
    suppress: Suppress = False,
    no_wait: NoWait = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """The responsible person was replaced.

    Example: crm-triggers event responsible-changed deal:43 5
    """
    if new != NOBODY and not (new.isascii() and new.isdecimal()):
        raise typer.BadParameter(f"{new!r} is no user; write the id, as 5, or {NOBODY}")
    user = None if new == NOBODY else int(new)

    async def tell_what(lookups: Lookups) -> Told:
        await lookups.require_users([user])
        return Told(contract.SIGNAL_RESPONSIBLE_CHANGED, RESPONSIBLE_CHANGED.code, {"new": user})

    deliver(
        item,
        Delivery(actor, event_id, suppress, not no_wait, as_json, database_url, temporal_address),
        tell_what,
    )


@app.command("document-executed")
def document_executed(
    item: ItemArgument,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The document's id.")],
    step: Annotated[
        str, typer.Option(metavar="STEP", help=f"The step that it went through: {', '.join(STEPS)}.")
    ] = "executed",
    template: Annotated[str | None, typer.Option(help="The template that it was made from.")] = None,
    actor: Actor = None,
    event_id: EventId = None,
    suppress: Suppress = False,
    no_wait: NoWait = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """A document of the item was executed, or went through another step.

    Example: crm-triggers event document-executed deal:44 contract-44
    """
    if step not in STEPS:
        raise typer.BadParameter(f"there is no step {step!r}{nearest(step, STEPS)}")

    async def tell_what(lookups: Lookups) -> Told:
        data: dict[str, Json] = {"document": document, "template": template, "step": step}
        return Told(contract.SIGNAL_DOCUMENT_EXECUTED, STEPS[step].code, data)

    deliver(
        item,
        Delivery(actor, event_id, suppress, not no_wait, as_json, database_url, temporal_address),
        tell_what,
    )
