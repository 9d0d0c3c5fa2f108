"""The situations whose histories are kept, each played on a fresh item `deal:1`.

A situation says what happens, and returns when all of it stands in the item's history.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from crm.commits import Outcome
from crm.items import ItemRef
from starter.client import ItemNotFound
from storage.new_items import NewItem
from tests.support.databases import query
from tests.support.polling import eventually
from tests.support.proxies import Proxy
from tests.support.raw_messages import json_text, signal_raw
from tests.support.workbench import ANN, BOB, Workbench, watching

DEAL = "deal:1"
BACKLOG = 30

MAX_EVENTS_PER_RUN = 60
"""When the server on which situations are played suggests a new run."""

UPLOADED = watching(
    "contract-uploaded",
    "contract-approval",
    "contract",
    name="Contract uploaded",
    condition=({"field": "score", "operator": ">=", "value": 3},),
)


@dataclass(frozen=True)
class Scene:
    """A workbench, and the road by which its worker reaches the database."""

    bench: Workbench
    road: Proxy

    async def create_deal(self) -> None:
        """`deal:1` on stage `negotiation`, Ann's, with a score of 3."""
        await self.bench.items.create(
            NewItem(
                item_type="deal", pipeline="sales", stage="negotiation", responsible=ANN, fields={"score": 3}
            )
        )

    async def upload(self, event_id: str, contract: str) -> Outcome:
        return await self.bench.change_fields(DEAL, event_id, contract=contract)

    async def end_with(self, event_id: str) -> None:
        """Send an event of before once more, and await the answer.

        A replay compares a workflow task's commands only with what comes after it in the history.
        """
        assert (await self.bench.change_fields(DEAL, event_id, note="again")).duplicate


async def no_move(scene: Scene) -> None:
    """Two signals that change a field that no trigger watches; the first lacks the old value."""
    await scene.create_deal()
    await scene.bench.client.field_changed(DEAL, {"note": "first"}, event_id="e-1", actor=ANN)
    await scene.bench.client.field_changed(DEAL, {"note": "second"}, event_id="e-2", actor=ANN)
    await scene.end_with("e-2")


async def move(scene: Scene) -> None:
    """A signal that moves the item."""
    await scene.bench.publish(UPLOADED)
    await scene.create_deal()
    await scene.bench.client.field_changed(DEAL, {"contract": "file-17"}, event_id="upload", actor=BOB)
    await scene.end_with("upload")


async def stale_automation(scene: Scene) -> None:
    """A publish between two events, which the second commit finds."""
    await scene.create_deal()
    await scene.upload("e-1", "file-1")
    await scene.bench.publish(UPLOADED)
    await scene.upload("e-2", "file-2")
    await scene.end_with("e-2")


async def stale_item(scene: Scene) -> None:
    """Another hand changes, between two events, what the second one's decision reads."""
    await scene.bench.publish(UPLOADED)
    await scene.create_deal()
    await scene.bench.change_fields(DEAL, "e-1", note="a note")
    await query(
        scene.bench.database_url,
        """update items set version = version + 1, fields = fields || '{"score": 1}' where item_id = $1""",
        ItemRef.parse(DEAL).item_id,
    )
    await scene.upload("e-2", "file-2")
    await scene.end_with("e-2")


async def rejected_messages(scene: Scene) -> None:
    """A signal that is no object, one of an unknown kind, and one that the database can't keep."""
    await scene.create_deal()
    await signal_raw(scene.bench.temporal, DEAL, "item_event", json_text("[]"))
    await scene.bench.client.event(DEAL, "sneezed", {}, event_id="e-1")
    await scene.bench.client.field_changed(DEAL, {"note": "a\x00b"}, event_id="e-2")
    await scene.end_with("e-2")


async def updates(scene: Scene) -> None:
    """An awaited event that moves, a move by hand, and a duplicate."""
    await scene.bench.publish(UPLOADED)
    await scene.create_deal()
    await scene.upload("upload", "file-1")
    await scene.bench.client.move(DEAL, "negotiation", event_id="back", actor=BOB)
    await scene.end_with("upload")


async def missing_item(scene: Scene) -> None:
    """An awaited event for an item that does not exist; the workflow ends."""
    try:
        await scene.upload("upload", "file-1")
    except ItemNotFound:
        await scene.bench.handle(DEAL).result()


async def continue_as_new(scene: Scene) -> None:
    """More events than one run takes; in the second run a move, and an event of the first again."""
    await scene.bench.publish(UPLOADED)
    await scene.create_deal()
    await scene.bench.client.field_changed(DEAL, {"contract": "file-1"}, event_id="upload")
    for number in range(MAX_EVENTS_PER_RUN // 6):
        await scene.bench.change_fields(DEAL, f"e-{number}", note=f"note {number}")
    await eventually(lambda: scene.bench.client.item(DEAL), lambda state: state["runs"] == 2)
    await scene.bench.client.move(DEAL, "negotiation", event_id="back", actor=BOB)
    await scene.end_with("upload")


async def database_away(scene: Scene) -> None:
    """A commit that finds no database, and another message that comes meanwhile."""
    await scene.bench.publish(UPLOADED)
    await scene.create_deal()
    await scene.bench.change_fields(DEAL, "e-1", note="a note")
    await scene.road.cut()
    await scene.bench.client.field_changed(DEAL, {"contract": "file-1"}, event_id="upload")
    await eventually(lambda: _is_pending(scene.bench))
    await scene.bench.client.responsible_changed(DEAL, BOB, event_id="handover")
    await scene.road.open()
    await scene.end_with("handover")


async def backlog(scene: Scene) -> None:
    """Signals that waited for the database: more than one workflow task takes."""
    await scene.create_deal()
    await scene.bench.change_fields(DEAL, "e-1", note="a note")
    await scene.road.cut()
    await scene.bench.client.field_changed(DEAL, {"score": 0}, event_id="e-2")
    await eventually(lambda: _is_pending(scene.bench))
    for number in range(1, BACKLOG + 1):
        await scene.bench.client.signal(DEAL, "item_event", {"event_id": f"b-{number}"})
    await scene.road.open()
    await scene.end_with("e-2")


async def _is_pending(bench: Workbench) -> bool:
    return len((await bench.handle(DEAL).describe()).raw_description.pending_activities) > 0


SITUATIONS: Mapping[str, Callable[[Scene], Awaitable[None]]] = {
    situation.__name__.replace("_", "-"): situation
    for situation in (
        no_move,
        move,
        stale_automation,
        stale_item,
        rejected_messages,
        updates,
        missing_item,
        continue_as_new,
        database_away,
        backlog,
    )
}
