"""Short forms of what is recorded of an item."""

from __future__ import annotations

from typing import NamedTuple

from crm.decisions import Reason
from storage.records import LedgerEntry
from tests.support.workbench import Workbench


class MoveMade(NamedTuple):
    """A stage change as the stage history has it; `trigger` is null by hand, `author` null for the system."""

    from_stage: str | None
    to_stage: str
    trigger: str | None
    author: int | None


async def moves(bench: Workbench, item: str) -> list[MoveMade]:
    """The item's stage changes since its creation, which must be those on its timeline."""
    history = (await bench.history(item))[1:]
    made = [MoveMade(one.from_stage, one.to_stage, one.trigger, one.author) for one in history]
    shown = [
        (one.from_stage, one.to_stage, one.trigger, one.author) for one in await bench.timeline(item, "moved")
    ]
    assert shown == made, "timeline and stage history disagree"
    return made


async def decision(bench: Workbench, item: str, event_id: str) -> LedgerEntry:
    """What the ledger has of an event; fails where it has none."""
    entries = [one for one in await bench.decided(item) if one.event_id == event_id]
    assert len(entries) == 1, f"the ledger has {len(entries)} entries for {event_id}"
    return entries[0]


async def reasons(bench: Workbench, item: str, event_id: str) -> dict[str, Reason]:
    """Why each trigger that was considered for the event did or did not fire, by trigger."""
    entry = await decision(bench, item, event_id)
    return {one.trigger: one.reason for one in entry.considered}
