"""Sends the plan's messages to the items: in order within an item, many items at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from temporalio.client import Client

from crm.commits import Outcome
from starter.client import ItemClient
from starter.importing.plan import Plan, PlannedItem, PlannedMessage
from starter.importing.progress import Advance
from storage.decisions import Decisions

ITEMS_AT_ONCE = 64
MODE = "mixed"

class Importer:
    def __init__(self, client: ItemClient, decisions: Decisions, advance: Advance, stop: asyncio.Event, created: Collection[int]) -> None:
        self.c=client; self.d=decisions; self.a=advance; self.stop=stop; self.created=created

    async def run(self, plan: Plan) -> None:
        q = iter(plan.items)
        async def lane() -> None:
            for one in q:
                if self.stop.is_set(): return
                await self.send(one)
        async with asyncio.TaskGroup() as g:
            for _ in range(ITEMS_AT_ONCE): g.create_task(lane())

    async def send(self, one: PlannedItem) -> None:
        ref=str(one.ref)
        last = one.messages[-1]
        if MODE=="updates":
            for m in one.messages:
                await self.c.submit(ref, m.kind, m.data, event_id=m.event_id, **m.options)
        else:
            for m in one.messages[:-1]:
                await self.c.event(ref, m.kind, m.data, event_id=m.event_id, **m.options)
            await self.c.submit(ref, last.kind, last.data, event_id=last.event_id, **last.options)
            if MODE=="mixed+ledger":
                await self.d.of_item(one.ref, 1000)
        self.a(len(one.messages))
