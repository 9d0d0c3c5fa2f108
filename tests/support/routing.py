"""Clients and items of all types, to route client events among (R18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from crm.automations import Trigger, TriggerState
from crm.clients import Address, AddressKind, ClientKind, ClientRef
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.automations import Automations
from storage.client_events import ClientEventRouter, RoutedEvent
from storage.clients import Clients, NewClient
from storage.database import Database
from storage.items import Items, NewItem
from storage.portal import Portal

KIND, OTHER_KIND = "document_viewed", "document_created"
TYPES = ("deal", "lead", "quote", "invoice", "procurement", "repair")
STAGES = (
    Stage(code="open"),
    Stage(code="late"),
    Stage(code="won", semantics=Semantics.WON),
    Stage(code="lost", semantics=Semantics.LOST),
)

BOTH = "02 1111111"
"""The number of contact:1 and contact:3."""
OFFICE = "02 2222222"
"""The number of contact:1 and of its company:1."""
RECEPTION = "02 3333333"
"""The number of contact:3 and of company:1, which have nothing to do with each other."""

CONTACT_1, COMPANY_1 = {"client": "contact:1"}, {"client": "company:1"}


class Placed(NamedTuple):
    """An item, last modified on a day of March, and whom it is linked to."""

    item: str
    clients: str
    day: int = 1
    stage: str = "open"
    pipeline: str = "main"


async def define_clients_and_pipelines(database: Database) -> None:
    """contact:1 works for company:1 and company:2, contact:2 for company:1, contact:3 for nobody.

    Each type has one pipeline `main`. Besides, `procurement` has `unwatched`, and both types of smart process
    have an enabled trigger of the kind in `main`, while in `unwatched` there are a draft and a
    disabled one, and an enabled one of another kind.
    """
    portal = Portal(database)
    for code in TYPES:
        await portal.define_item_type(ItemType(code=code))
        await portal.define_pipeline(Pipeline(item_type=code, code="main", stages=STAGES))
    await portal.define_pipeline(Pipeline(item_type="procurement", code="unwatched", stages=STAGES))
    for code in ("procurement", "repair"):
        await publish(database, code, "main", enabled(KIND))
    await publish(
        database,
        "procurement",
        "unwatched",
        Trigger(id="draft", kind=KIND, stage="late"),
        Trigger(id="off", kind=KIND, stage="late", state=TriggerState.DISABLED),
        enabled(OTHER_KIND),
    )
    clients = Clients(database, "IT")
    one_and_two = ("company:1", "company:2")
    for new in (
        NewClient(kind=ClientKind.COMPANY, phones=[OFFICE, RECEPTION]),
        NewClient(kind=ClientKind.COMPANY),
        NewClient(kind=ClientKind.CONTACT, phones=[BOTH, OFFICE], emails=["a@b.it"], companies=one_and_two),
        NewClient(kind=ClientKind.CONTACT, companies=["company:1"]),
        NewClient(kind=ClientKind.CONTACT, phones=[BOTH, RECEPTION]),
    ):
        await clients.define(new)


def enabled(kind: str) -> Trigger:
    return Trigger(id="on", kind=kind, stage="late", state=TriggerState.ENABLED)


async def publish(database: Database, item_type: str, pipeline: str, *triggers: Trigger) -> None:
    automations = Automations(database)
    current = await automations.current(item_type, pipeline)
    assert current is not None
    await automations.publish(current.model_copy(update={"triggers": triggers}), current.revision, None)


async def place(database: Database, *placed: Placed) -> None:
    """Create the items, in an order that is not that of their numbers."""
    await Items(database).create_many(
        [
            NewItem(
                item_type=(ref := ItemRef.parse(one.item)).item_type,
                item_id=ref.item_id,
                pipeline=one.pipeline,
                stage=one.stage,
                created_at=datetime(2026, 3, one.day, tzinfo=UTC),
                clients=[ClientRef.parse(client) for client in one.clients.split()],
            )
            for one in reversed(placed)
        ]
    )


async def route(database: Database, address: dict[str, str], event_id: str = "e-1") -> RoutedEvent:
    [(kind, value)] = address.items()
    router = ClientEventRouter(database, "IT")
    return await router.route(event_id, KIND, Address(AddressKind(kind), value), {"event_id": event_id})


def names(refs: Sequence[ItemRef | ClientRef]) -> list[str]:
    return [str(ref) for ref in refs]
