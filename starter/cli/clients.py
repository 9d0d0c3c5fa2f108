"""`crm-triggers client ...`: contacts and companies, and events that are addressed to them."""

from __future__ import annotations

from typing import Annotated

import typer

from crm.clients import ClientKind, ClientRef
from starter.cli.client_events import event
from starter.cli.connections import open_database, settings_with
from starter.cli.failures import CommandRefused
from starter.cli.loop import run_async
from starter.cli.options import AsJson, DatabaseUrl
from starter.cli.screen import printable, say, say_json
from storage.clients import Client, Clients, NewClient
from storage.links import Links

app = typer.Typer(help="Create clients, look at them, tell what they did.", no_args_is_help=True)
app.command("event")(event)


@app.command()
def create(
    kind: Annotated[ClientKind, typer.Argument(metavar="contact|company", help="What it is.")],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    phone: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER", help="A phone number, as +39 02 1234567.")
    ] = None,
    email: Annotated[list[str] | None, typer.Option(metavar="ADDRESS", help="An e-mail address.")] = None,
    company: Annotated[
        list[str] | None, typer.Option(metavar="COMPANY", help="A company of the contact, as company:3.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--id", help="Its number; default: the next one.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a contact or a company; prints its reference.

    Example: crm-triggers client create contact --name "Anna Bianchi" --phone "+39 02 1234567"
    """

    async def create_client() -> Client:
        async with open_database(database_url) as database:
            clients = Clients(database, settings_with(database_url).phone_region)
            if number is not None and await clients.get(ClientRef(kind, number)):
                raise CommandRefused(f"there is {kind}:{number} already")
            return await clients.define(
                NewClient(
                    kind=kind,
                    number=number,
                    name=name,
                    phones=phone or (),
                    emails=email or (),
                    companies=company or (),
                )
            )

    client = str(run_async(create_client()).ref)
    say_json({"client": client}) if as_json else say(client)


@app.command()
def show(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's reference, as contact:7.")],
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Show a client: phone numbers, e-mail addresses, companies, linked items.

    Example: crm-triggers client show contact:7
    """
    ref = ClientRef.parse(client)

    async def show_client() -> None:
        async with open_database(database_url) as database:
            found = await Clients(database).get(ref)
            if found is None:
                raise CommandRefused(f"there is no {ref}; `crm-triggers client create {ref.kind}` makes one")
            items = [str(item) for item in await Links(database).of_client(ref)]
        companies = [str(company) for company in found.companies]
        if as_json:
            say_json(
                {
                    "client": str(ref),
                    "name": found.name,
                    "phones": found.phones,
                    "emails": found.emails,
                    "companies": companies,
                    "items": items,
                }
            )
            return
        say((f"{ref} ", "bold"), printable(found.name))
        for head, content in (
            ("Phones   ", found.phones),
            ("E-mails  ", found.emails),
            ("Companies", companies),
            ("Items    ", items),
        ):
            if content:
                say((f"  {head}  ", "dim"), printable(", ".join(content)))

    run_async(show_client())
