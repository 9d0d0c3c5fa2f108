"""What both sides work on: deals that go to and fro between two stages, as a field says whose turn it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from crm.automations import Trigger, TriggerState
from crm.fields import Field, FieldType
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.automations import Automations
from storage.database import Database
from storage.items import Items, NewItem
from storage.portal import Portal, User

ANNA = 5
"""The user who is responsible for every deal, and who makes every change."""


class Turn(StrEnum):
    """The values of the field `turn`, and the codes of the stages that they lead to."""

    OURS = "ours"
    THEIRS = "theirs"


DEAL = ItemType(
    code="deal",
    fields=(
        Field(code="turn", type=FieldType.STRING, title="Whose turn it is"),
        Field(code="note", type=FieldType.STRING, title="Note"),
    ),
)
PIPELINE = Pipeline(
    item_type="deal",
    code="bench",
    stages=(
        Stage(code=Turn.OURS, title="Our turn"),
        Stage(code=Turn.THEIRS, title="Their turn"),
        Stage(code="won", title="Won", semantics=Semantics.WON),
    ),
)
TRIGGERS = tuple(
    Trigger(
        id=f"turn-is-{turn}",
        name=f"The turn is {turn}",
        kind="field_changed",
        stage=turn,
        settings={"fields": [{"field": "turn", "becomes": turn}]},
        allow_previous_stage=turn is Turn.OURS,
        state=TriggerState.ENABLED,
    )
    for turn in Turn
)


async def define_scene(database: Database) -> None:
    """Define the user, the deals' fields and pipeline, and publish the two triggers."""
    portal = Portal(database)
    await portal.define_users([User(ANNA, "Anna")])
    await portal.define_item_type(DEAL)
    first = await portal.define_pipeline(PIPELINE)
    await Automations(database).publish(first.model_copy(update={"triggers": TRIGGERS}), first.revision, ANNA)


async def create_deals(database: Database, count: int) -> range:
    """Create deals that wait for the first move, which makes it their turn; answers with their numbers."""
    new = NewItem(item_type="deal", responsible=ANNA, fields={"turn": Turn.OURS})
    created = await Items(database).create_many([new] * count)
    return range(created[0].item_id, created[-1].item_id + 1)


def deal(item_id: int) -> ItemRef:
    return ItemRef("deal", item_id)


def event_id(number: int) -> str:
    """The id of a deal's event number `number`, from 1; the same length for all of a run."""
    return f"bench-{number:06d}"


def moving_message(number: int) -> dict[str, Any]:
    """An event that moves the deal, if all before it did too."""
    return _message(number, "turn", (Turn.OURS, Turn.THEIRS))


def idle_message(number: int) -> dict[str, Any]:
    """An event that changes the deal and moves nothing."""
    return _message(number, "note", ("even", "odd"))


def _message(number: int, field: str, values: tuple[str, str]) -> dict[str, Any]:
    """The field goes to and fro between two values; the first event brings the second."""
    old, new = values if number % 2 else reversed(values)
    return {
        "event_id": event_id(number),
        "occurred_at": "2026-11-21T10:00:00+01:00",
        "actor": ANNA,
        "data": {"changes": {field: {"old": str(old), "new": str(new)}}},
    }
