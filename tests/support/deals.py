"""The pipeline that most tests use: deals in `deal:sales`, and three users."""

from __future__ import annotations

from typing import Any

from crm.automations import Automation, Trigger, TriggerState
from crm.fields import Field, FieldType
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.automations import Automations
from storage.database import Database
from storage.portal import Portal, User

ANNA, BORIS, CLARA = 5, 7, 9
"""Users; Boris is inactive."""

DEAL = ItemType(
    code="deal",
    title="Deal",
    fields=(
        Field(code="contract", type=FieldType.FILE),
        Field(code="amount", type=FieldType.MONEY),
        Field(code="note", type=FieldType.STRING),
    ),
)

SALES = Pipeline(
    item_type="deal",
    code="sales",
    title="Sales",
    stages=(
        Stage(code="new"),
        Stage(code="negotiation"),
        Stage(code="approval"),
        Stage(code="won", semantics=Semantics.WON),
        Stage(code="lost", semantics=Semantics.LOST),
    ),
)


async def define_deals(database: Database) -> Automation:
    """Define the users, the type and the pipeline; answers with revision 1."""
    portal = Portal(database)
    await portal.define_users([User(ANNA, "Anna"), User(BORIS, "Boris", active=False), User(CLARA, "Clara")])
    await portal.define_item_type(DEAL)
    return await portal.define_pipeline(SALES)


def field_trigger(trigger_id: str, stage: str, field: str, **others: Any) -> Trigger:
    """An enabled trigger that watches one field."""
    return Trigger(
        id=trigger_id,
        kind="field_changed",
        stage=stage,
        settings={"fields": [{"field": field}]},
        **{"state": TriggerState.ENABLED, **others},
    )


async def publish_triggers(database: Database, *triggers: Trigger) -> Automation:
    """Publish the triggers as the next revision of `deal:sales`."""
    automations = Automations(database)
    current = await automations.current("deal", "sales")
    assert current is not None
    changed = current.model_copy(update={"triggers": triggers})
    return await automations.publish(changed, current.revision, ANNA)
