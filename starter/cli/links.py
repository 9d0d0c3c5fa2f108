"""`crm-triggers item link` and `item unlink`: what an item belongs to."""

from __future__ import annotations

from typing import Annotated

import typer

from crm.clients import ClientKind, ClientRef
from crm.items import ItemRef
from starter.cli.connections import open_database
from starter.cli.loop import run_async
from starter.cli.options import DatabaseUrl, ItemArgument
from starter.cli.screen import say
from storage.links import Links

Other = Annotated[
    str, typer.Argument(metavar="OTHER", help="Another item, as invoice:7, or a client, as contact:7.")
]

app = typer.Typer()


@app.command()
def link(item: ItemArgument, other: Other, database_url: DatabaseUrl = None) -> None:
    """Link an item to another item, both ways, or to a client.

    Example: crm-triggers item link deal:42 contact:7
    """
    ref, linked = ItemRef.parse(item), _read(other)

    async def make_link() -> bool:
        async with open_database(database_url) as database:
            return await Links(database).link(ref, linked)

    say(f"{ref} is linked to {linked}{'' if run_async(make_link()) else ' already'}.")


@app.command()
def unlink(item: ItemArgument, other: Other, database_url: DatabaseUrl = None) -> None:
    """Undo the link of an item to another item or to a client.

    Example: crm-triggers item unlink deal:42 contact:7
    """
    ref, linked = ItemRef.parse(item), _read(other)

    async def undo_link() -> bool:
        async with open_database(database_url) as database:
            return await Links(database).unlink(ref, linked)

    say(f"{ref} is {'no longer' if run_async(undo_link()) else 'not'} linked to {linked}.")


def _read(other: str) -> ItemRef | ClientRef:
    kind, _, _ = other.partition(":")
    return ClientRef.parse(other) if kind in list(ClientKind) else ItemRef.parse(other)
