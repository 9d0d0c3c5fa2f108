"""`crm-triggers client event`: something that a client did, told to the items that it concerns (R18)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from crm.clients import AddressKind
from crm.decisions import Verdict
from crm.kinds import CATALOGUE
from crm.values import Json
from starter.cli.any_event import read_data
from starter.cli.connections import open_client, open_database, settings_with
from starter.cli.event_ids import new_event_id
from starter.cli.exit import FAILED
from starter.cli.failures import CommandRefused
from starter.cli.lookups import Lookups, nearest
from starter.cli.loop import run_async
from starter.cli.options import Actor, AsJson, DatabaseUrl, EventId, NoWait, Suppress, TemporalAddress
from starter.cli.outcome_words import tell
from starter.cli.screen import fail, printable, say, say_json
from starter.cli.values import split_assignments
from starter.client_events import ClientEventOptions, ClientEvents, SentClientEvent, SentToItem
from storage.client_events import ClientEventRouter


def event(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What happened: a kind that `crm-triggers kinds` lists.")
    ],
    data: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE...", help="Its data, as `crm-triggers kinds show KIND` explains."),
    ] = None,
    client: Annotated[
        str | None, typer.Option(metavar="CLIENT", help="Who did it, by reference, as contact:7.")
    ] = None,
    phone: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Who did it, by phone number, as +39 02 1234567.")
    ] = None,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Who did it, by e-mail address.")
    ] = None,
    actor: Actor = None,
    event_id: EventId = None,
    suppress: Suppress = False,
    no_wait: NoWait = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """A client did something; every item that it concerns is told, each once.

    Example: crm-triggers client event call_received --phone "+39 02 1234567" line=sales
    """
    given = {AddressKind.CLIENT: client, AddressKind.PHONE: phone, AddressKind.EMAIL: email}
    address: dict[str, Json] = {key.value: value for key, value in given.items() if value is not None}
    if len(address) != 1:
        raise typer.BadParameter("say who did it by one of --client, --phone and --email")
    if kind not in CATALOGUE:
        raise CommandRefused(f"there is no kind {kind!r}{nearest(kind, CATALOGUE)}")
    content = read_data(kind, split_assignments(data or ()))
    options = ClientEventOptions(occurred_at=datetime.now(UTC))
    if actor is not None:
        options["actor"] = actor
    if suppress:
        options["automation"] = "suppress"

    async def send() -> SentClientEvent:
        async with open_database(database_url) as database:
            lookups = Lookups(database)
            await lookups.require_users([actor])
            router = ClientEventRouter(database, settings_with(database_url).phone_region)
            events = ClientEvents(await open_client(temporal_address), router)
            sent = await events.send(
                kind, address, content, event_id=event_id or new_event_id(), wait=not no_wait, **options
            )
            if as_json:
                say_json(_as_json(sent))
            else:
                await _tell(sent, lookups)
            return sent

    if any(_is_failure(one) for one in run_async(send()).items):
        raise typer.Exit(FAILED)


async def _tell(sent: SentClientEvent, lookups: Lookups) -> None:
    say((f"event {printable(sent.event_id)}", "dim"))
    if sent.duplicate:
        say("Where it goes was recorded before; it goes nowhere new.")
    if not sent.items:
        who = ", ".join(str(client) for client in sent.clients)
        say(f"{who} has no item that it goes to." if who else "Nobody has this address.", " It was recorded.")
    for one in sent.items:
        await _tell_item(one, lookups)


async def _tell_item(sent: SentToItem, lookups: Lookups) -> None:
    if sent.failure is not None:
        fail(f"{sent.failure}\nSend it again with the same --event-id: nothing happens twice.")
    elif sent.outcome is None:
        say(f"Sent to {sent.item}; `crm-triggers item decisions {sent.item}` tells what became of it.")
    else:
        pipeline = await lookups.pipeline_of(await lookups.item(sent.item))
        tell(sent.outcome, None, pipeline, await lookups.user_names())


def _is_failure(sent: SentToItem) -> bool:
    rejected = sent.outcome is not None and sent.outcome.verdict is Verdict.REJECTED
    return rejected or sent.failure is not None


def _as_json(sent: SentClientEvent) -> dict[str, object]:
    return {
        "event_id": sent.event_id,
        "clients": [str(client) for client in sent.clients],
        "duplicate": sent.duplicate,
        "items": [
            {"item": str(one.item), "outcome": one.outcome, "failure": one.failure} for one in sent.items
        ],
    }
