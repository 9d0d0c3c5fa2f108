"""An event on its way: checked against the database, sent to the item, its outcome told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import typer

from crm.commits import Outcome
from crm.decisions import Verdict
from crm.items import ItemRef
from crm.values import Json
from starter.cli.connections import open_client, open_database
from starter.cli.event_ids import new_event_id
from starter.cli.exit import FAILED
from starter.cli.lookups import Lookups
from starter.cli.loop import run_async
from starter.cli.outcome_words import tell
from starter.cli.screen import say, say_json
from starter.client import EventOptions, ItemClient, message
from storage.database import Database
from storage.decisions import Decisions
from storage.records import LedgerEntry

RECENT = 50
"""Among so many of the item's newest decisions that of the event just handled is looked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened: the signal and the kind that say so, and the data of that kind."""

    signal: str
    kind: str
    data: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an event is sent, and how its outcome is told."""

    actor: int | None
    event_id: str | None
    suppress: bool
    wait: bool
    as_json: bool
    database_url: str | None
    temporal_address: str | None

    def options(self) -> EventOptions:
        """The envelope of the message, but for its id."""
        options = EventOptions(occurred_at=datetime.now(UTC))
        if self.actor is None:
            options["source"] = "command-line"
        else:
            options["actor"] = self.actor
        if self.suppress:
            options["automation"] = "suppress"
        return options


def deliver(item: str, delivery: Delivery, tell_what: Callable[[Lookups], Awaitable[Told]]) -> None:
    """Send what `tell_what` makes of the database; a rejected event ends the command with a failure."""
    ref = ItemRef.parse(item)
    if run_async(_deliver(ref, delivery, tell_what)) is Verdict.REJECTED:
        raise typer.Exit(FAILED)


async def _deliver(
    ref: ItemRef, delivery: Delivery, tell_what: Callable[[Lookups], Awaitable[Told]]
) -> Verdict | None:
    event_id = delivery.event_id or new_event_id()
    async with open_database(delivery.database_url) as database:
        lookups = Lookups(database)
        await lookups.item(ref)
        await lookups.require_users([delivery.actor])
        told = await tell_what(lookups)
        client = await open_client(delivery.temporal_address)
        if not delivery.as_json:
            say((f"event {event_id}", "dim"))
        if not delivery.wait:
            await _signal(client, ref, told, delivery, event_id)
            return None
        outcome = await client.submit(str(ref), told.kind, told.data, event_id=event_id, **delivery.options())
        await _tell(outcome, database, ref, as_json=delivery.as_json)
        return outcome.verdict


async def _signal(client: ItemClient, ref: ItemRef, told: Told, delivery: Delivery, event_id: str) -> None:
    content = {**message(event_id, told.data, **delivery.options()), "kind": told.kind}
    await client.signal(str(ref), told.signal, content)
    if delivery.as_json:
        say_json({"event_id": event_id, "sent": True})
    else:
        say(f"Sent to {ref}; `crm-triggers item decisions {ref}` tells what became of it.")


async def _tell(outcome: Outcome, database: Database, ref: ItemRef, *, as_json: bool) -> None:
    entry = await _entry_of(outcome.event_id, database, ref)
    if as_json:
        say_json({"outcome": outcome, "considered": entry.considered if entry else None})
        return
    lookups = Lookups(database)
    pipeline = await lookups.pipeline_of(await lookups.item(ref))
    tell(outcome, entry, pipeline, await lookups.user_names())


async def _entry_of(event_id: str, database: Database, ref: ItemRef) -> LedgerEntry | None:
    recent = await Decisions(database).of_item(ref, RECENT)
    return next((entry for entry in recent if entry.event_id == event_id), None)
