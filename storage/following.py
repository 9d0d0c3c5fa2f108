"""Which automations follow a definition, and how (R21). For the modules of `storage` alone.

Of one transaction: the plan is made while definitions are locked, and then written. A definition that others
make meanwhile, and a publish, wait; so the plan is still right when it is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm.automations import Automation
from crm.errors import Problem, Refused
from crm.kinds import CATALOGUE
from crm.pipelines import ItemType, Pipeline
from crm.upkeep import Followed, follow
from storage.database import Connection
from storage.revisions import (
    lock_automation,
    read_automation,
    read_item_type,
    read_pipelines,
    read_stage_references,
    read_user_ids,
    write_revision,
)

_NAMING_STAGES = [kind.code for kind in CATALOGUE.values() if kind.stages]


async def plan_item_type(connection: Connection, item_type: ItemType) -> tuple[Followed, ...]:
    """The automations of the type's pipelines that its fields change."""
    users, stages = await read_user_ids(connection), await read_stage_references(connection)
    found: list[Followed | None] = []
    for pipeline in await read_pipelines(connection, item_type.code):
        current = await read_automation(connection, pipeline.item_type, pipeline.code)
        assert current is not None, "a pipeline has a revision from the beginning"
        found.append(follow(current, pipeline, item_type.fields, users, stages))
    return _in_order(found)


async def plan_pipeline(connection: Connection, pipeline: Pipeline) -> tuple[Followed, ...]:
    """The pipeline's own automation, if it changes, and those whose triggers name a stage that goes.

    Raises `Refused` where the pipeline's item type is not defined.
    """
    item_type = await read_item_type(connection, pipeline.item_type)
    if item_type is None:
        raise Refused([Problem("item_type", f"there is no item type {pipeline.item_type!r}")])
    users, before = await read_user_ids(connection), await read_stage_references(connection)
    others = [stage for stage in before if not stage.startswith(f"{pipeline.reference}/")]
    stages = (*others, *pipeline.stage_references)
    current = await read_automation(connection, pipeline.item_type, pipeline.code)
    if current is None:
        first = Automation(pipeline=pipeline, fields=item_type.fields, revision=1)
        return (Followed(None, first),)
    found = [follow(current, pipeline, item_type.fields, users, stages)]
    if not set(before).issubset(stages):
        for row in await connection.fetch("automations_with_kinds", _NAMING_STAGES):
            other = Automation.model_validate(row["content"])
            if other.pipeline.reference != pipeline.reference:
                found.append(follow(other, other.pipeline, other.fields, users, stages))
    return _in_order(found)


async def lock_followed(connection: Connection, plan: Sequence[Followed]) -> None:
    """Keep commits under the revisions before the plan away until the transaction ends (R13)."""
    for followed in plan:
        await lock_automation(connection, followed.after.pipeline)


async def write_followed(
    connection: Connection, plan: Sequence[Followed], author: int | None, reason: str
) -> None:
    """Write the revisions of a plan, the triggers that each disables in its comment."""
    for followed in plan:
        disabled = ", ".join(trigger.id for trigger in followed.disabled)
        comment = f"{reason}; disabled: {disabled}" if disabled else reason
        await write_revision(connection, followed.after, author, comment if followed.before else "")


def _in_order(found: Sequence[Followed | None]) -> tuple[Followed, ...]:
    """In the one order in which pipelines are locked, so that none waits for one that waits for it."""
    followed = [one for one in found if one is not None]
    return tuple(sorted(followed, key=lambda one: one.after.pipeline.reference))
