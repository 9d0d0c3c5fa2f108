"""A workbench on real servers: a fresh database, the session's Temporal server, and a worker when wanted."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from crm.automations import Automation, Trigger, TriggerState
from crm.commits import Outcome
from crm.fields import Field, FieldType
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from crm.values import Json
from starter.client import ItemClient
from starter.relay import run_relay
from starter.settings import read_settings
from storage.automations import Automations
from storage.database import Database
from storage.decisions import Decisions
from storage.items import Items
from storage.new_items import NewItem
from storage.portal import Portal, User
from storage.records import LedgerEntry, StageChange, StoredItem, TimelineRecord
from worker import build_worker

ANN, BOB, LEA, GONE = 5, 7, 9, 6
"""Users: two sales people, the lawyer, and one who is inactive."""

USERS = (User(ANN, "Ann"), User(BOB, "Bob"), User(LEA, "Lea, the lawyer"), User(GONE, "Old", active=False))

DEAL = ItemType(
    code="deal",
    title="Deal",
    fields=(
        Field(code="contract", type=FieldType.FILE),
        Field(code="amount", type=FieldType.MONEY),
        Field(code="note", type=FieldType.STRING),
        Field(code="status", type=FieldType.ENUMERATION, options=("open", "pending", "done")),
        Field(code="score", type=FieldType.INTEGER),
        Field(code="tags", type=FieldType.STRING, multiple=True),
    ),
)

SALES = Pipeline(
    item_type="deal",
    code="sales",
    title="Sales",
    stages=(
        Stage(code="new", title="New"),
        Stage(code="in-progress", title="In progress"),
        Stage(code="negotiation", title="Negotiation"),
        Stage(code="contract-approval", title="Contract approval"),
        Stage(code="signing", title="Signing"),
        Stage(code="won", title="Won", semantics=Semantics.WON),
        Stage(code="lost", title="Lost", semantics=Semantics.LOST),
    ),
)

# Items of different tests share a Temporal server, so no two may have the same number.
_numbers = itertools.count(os.getpid() * 100_000 + 1)


def unused_number() -> int:
    """A number that no other test gives an item."""
    return next(_numbers)


def trigger(trigger_id: str, kind: str, stage: str, **particulars: Any) -> Trigger:
    """An enabled trigger."""
    return Trigger(id=trigger_id, kind=kind, stage=stage, **{"state": TriggerState.ENABLED, **particulars})


def watching(trigger_id: str, stage: str, *fields: str, **particulars: Any) -> Trigger:
    """An enabled field-changed trigger that watches the fields."""
    settings = {"fields": [{"field": field} for field in fields]}
    return trigger(trigger_id, "field_changed", stage, settings=settings, **particulars)


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a test needs at hand. `deal:sales` is defined and has no triggers."""

    database: Database
    database_url: str
    temporal: Client
    client: ItemClient
    items: Items
    automations: Automations
    portal: Portal
    ledger: Decisions

    async def publish(
        self, *triggers: Trigger, author: int = ANN, item_type: str = "deal", pipeline: str = "sales"
    ) -> Automation:
        """Make these the triggers of a pipeline."""
        current = await self.automations.current(item_type, pipeline)
        assert current is not None
        wanted = current.model_copy(update={"triggers": triggers})
        return await self.automations.publish(wanted, current.revision, author, "by a test")

    async def create(self, stage: str = "new", responsible: int | None = ANN, **fields: Json) -> str:
        """A deal; its reference."""
        new = NewItem(
            item_type="deal",
            item_id=unused_number(),
            title="A deal",
            pipeline="sales",
            stage=stage,
            responsible=responsible,
            fields=fields,
        )
        return str((await self.items.create(new)).ref)

    async def change_fields(self, item: str, event_id: str, /, actor: int = ANN, **fields: Json) -> Outcome:
        """A save of these fields, told and awaited."""
        changes = {code: {"new": value} for code, value in fields.items()}
        return await self.client.submit(
            item, "field_changed", {"changes": changes}, event_id=event_id, actor=actor
        )

    async def stored(self, item: str) -> StoredItem:
        stored = await self.items.load(ItemRef.parse(item))
        assert stored is not None
        return stored

    async def stage(self, item: str) -> str:
        return (await self.stored(item)).item.stage

    async def history(self, item: str) -> Sequence[StageChange]:
        return await self.items.history(ItemRef.parse(item))

    async def timeline(self, item: str, kind: str | None = None) -> Sequence[TimelineRecord]:
        """The item's timeline, or its records of one kind."""
        records = await self.items.timeline(ItemRef.parse(item), 1_000)
        return [record for record in records if kind in (None, record.kind)]

    async def decided(self, item: str) -> Sequence[LedgerEntry]:
        """The item's ledger, newest last."""
        return await self.ledger.of_item(ItemRef.parse(item), 100_000)

    def handle(self, item: str) -> WorkflowHandle[Any, Any]:
        return self.client.handle(item)

    @asynccontextmanager
    async def worker(self, *, cached_items: int = 2_000, **settings: Any) -> AsyncIterator[Worker]:
        """A worker in this process, as worker.py builds it."""
        built = build_worker(
            self.temporal,
            self.database,
            read_settings(database_url=self.database_url, cached_items=cached_items, **settings),
        )
        async with built:
            yield built

    @asynccontextmanager
    async def relay(self) -> AsyncIterator[None]:
        """A relay in this process, with the bench's client."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as beside:
            beside.create_task(run_relay(read_settings(database_url=self.database_url), self.client, stop))
            try:
                yield
            finally:
                stop.set()


@asynccontextmanager
async def workbench(database_url: str, temporal: Client) -> AsyncIterator[Workbench]:
    """A workbench with users and `deal:sales`; workflows that a test leaves running are terminated."""
    database = await Database.connect(database_url)
    try:
        portal = Portal(database)
        await portal.define_users(USERS)
        await portal.define_item_type(DEAL)
        await portal.define_pipeline(SALES)
        yield Workbench(
            database=database,
            database_url=database_url,
            temporal=temporal,
            client=ItemClient(temporal),
            items=Items(database),
            automations=Automations(database),
            portal=portal,
            ledger=Decisions(database),
        )
        async for execution in temporal.list_workflows('ExecutionStatus = "Running"'):
            handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
            await handle.terminate("the test is over")
    finally:
        await database.close()
