"""Plays stories on a running stack, and holds what is in the database against what must be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.commits import Outcome
from crm.items import ItemRef
from crm.messages import MOVE_BY_HAND
from starter.client import EventOptions, ItemClient
from starter.demo.stories import Expected, Step, Story
from storage.database import Database
from storage.items import Items, NewItem
from storage.records import StageChange, TimelineRecord


@dataclass(frozen=True, slots=True)
class Played:
    """A step's outcome, and a sentence for everything that is not as it must be."""

    outcome: Outcome
    wrong: Sequence[str]


class Theatre:
    """A story's deal from its creation on."""

    def __init__(self, database: Database, client: ItemClient) -> None:
        self._items = Items(database)
        self._client = client

    async def open(self, story: Story) -> ItemRef:
        """Create the deal and start its workflow."""
        item = await self._items.create(
            NewItem(
                item_type="deal",
                title=story.deal,
                stage=story.stage,
                responsible=story.responsible,
                source="demo",
            )
        )
        await self._client.start(str(item.ref))
        return item.ref

    async def play(self, ref: ItemRef, step: Step, number: int) -> Played:
        """Let the step happen, and check what it left behind."""
        outcome = await self._tell(ref, step, f"demo-{ref.item_id}-{number}")
        stored = await self._items.load(ref)
        assert stored is not None, "items are never deleted"
        history = await self._items.history(ref)
        timeline = await self._items.timeline(ref)
        return Played(outcome, _differences(step.expected, outcome, stored.item.stage, history, timeline))

    async def records(self, ref: ItemRef) -> tuple[Sequence[StageChange], Sequence[TimelineRecord]]:
        """The deal's stage history and its timeline."""
        return await self._items.history(ref), await self._items.timeline(ref)

    async def _tell(self, ref: ItemRef, step: Step, event_id: str) -> Outcome:
        cause: EventOptions = {"source": "client"} if step.actor is None else {"actor": step.actor}
        if step.kind == MOVE_BY_HAND:
            return await self._client.move(str(ref), str(step.data["stage"]), event_id=event_id, **cause)
        return await self._client.submit(str(ref), step.kind, step.data, event_id=event_id, **cause)


def _differences(
    expected: Expected,
    outcome: Outcome,
    stage: str,
    history: Sequence[StageChange],
    timeline: Sequence[TimelineRecord],
) -> list[str]:
    pairs: list[tuple[str, object, object]] = [
        ("the verdict", expected.verdict.value, outcome.verdict.value),
        ("the stage", expected.stage, stage),
        ("rows of stage history", expected.history_rows, len(history)),
        ("timeline records", expected.timeline_records, len(timeline)),
    ]
    if expected.author is not None:
        pairs += [
            ("the author in the stage history", expected.author, history[-1].author),
            ("the author in the timeline", expected.author, timeline[-1].author),
        ]
    return [f"{what}: {wanted} expected, {found} found" for what, wanted, found in pairs if wanted != found]
