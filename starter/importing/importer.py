"""Sends the plan's messages to the items: in order within an item, many items at a time.

All but an item's last message are signals, the last is an update: its answer tells that all before it
are decided too, because an item handles its messages in the order in which it received them (R8). That
is much quicker than asking for each outcome; the outcomes are read from the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from temporalio.service import RPCError

from crm.decisions import Verdict
from starter.client import ItemClient, NotAnswered
from starter.importing.errors import ImportFailed
from starter.importing.plan import Plan, PlannedItem
from starter.importing.progress import Advance
from starter.importing.target import Target
from storage.decisions import Decisions
from storage.errors import StorageError

ITEMS_AT_ONCE = 64
ALL_EVENTS = 1_000_000
"""More than any item has."""

Stopped = Callable[[], bool]
"""Whether the import was asked to stop."""


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item whose messages are all decided: the verdicts on those that this import sent."""

    planned: PlannedItem
    verdicts: tuple[Verdict, ...]

    @property
    def handled_before(self) -> int:
        """How many of its messages the item had handled already, in an earlier import."""
        return len(self.planned.messages) - len(self.verdicts)


class Importer:
    """Sends messages; what an earlier import has sent already is left out."""

    def __init__(self, client: ItemClient, decisions: Decisions, advance: Advance) -> None:
        self._client = client
        self._decisions = decisions
        self._advance = advance

    async def run(self, plan: Plan, target: Target, stopped: Stopped) -> tuple[ImportedItem, ...]:
        """Import the items, in the order of the plan; once `stopped`, no other is begun.

        Answers with the items that are done. Raises `ImportFailed` where servers or workers don't answer.
        """
        done: list[ImportedItem] = []
        waiting = iter(plan.items)

        async def import_one_after_another() -> None:
            for planned in waiting:
                if stopped():
                    return
                is_new = planned.ref.item_id in target.created
                done.append(await self._import_item(planned, is_new))

        try:
            async with asyncio.TaskGroup() as lanes:
                for _ in range(ITEMS_AT_ONCE):
                    lanes.create_task(import_one_after_another())
        except ExceptionGroup as failures:
            first = failures.exceptions[0]
            if not isinstance(first, (NotAnswered, RPCError, StorageError)):
                raise first from None
            raise ImportFailed(
                f"{_sentence(first)}. {len(done):,} of {len(plan.items):,} items are imported; "
                "the same command goes on where this one stopped"
            ) from first
        return tuple(done)

    async def _import_item(self, planned: PlannedItem, is_new: bool) -> ImportedItem:
        handled = {} if is_new else await self._verdicts(planned)
        messages = [one for one in planned.messages if one.event_id not in handled]
        self._advance(len(planned.messages) - len(messages))
        if not messages:
            return ImportedItem(planned, ())
        item = str(planned.ref)
        *told, asked = messages
        for one in told:
            await self._client.event(item, one.kind, one.data, event_id=one.event_id, **one.options)
        await self._client.submit(item, asked.kind, asked.data, event_id=asked.event_id, **asked.options)
        self._advance(len(messages))
        verdicts = await self._verdicts(planned)
        return ImportedItem(planned, tuple(verdicts[one.event_id] for one in messages))

    async def _verdicts(self, planned: PlannedItem) -> dict[str, Verdict]:
        """The verdicts on those of the item's messages that it has handled, by event id."""
        sent = {one.event_id for one in planned.messages}
        entries = await self._decisions.of_item(planned.ref, limit=ALL_EVENTS)
        return {entry.event_id: entry.verdict for entry in entries if entry.event_id in sent}


def _sentence(error: Exception) -> str:
    match error:
        case RPCError():
            return f"the Temporal server does not do it: {error.message}"
        case StorageError():
            return f"the database does not do it: {error}"
        case _:
            return str(error)
