"""What a transaction on an automation reads and writes. For the modules of `storage` alone."""

from __future__ import annotations

from crm.automations import Automation, TriggerState
from crm.pipelines import ItemType, Pipeline
from storage.database import Connection


async def lock_automation(connection: Connection, pipeline: Pipeline) -> None:
    """Keep commits and other publishes away until the transaction ends (R13)."""
    await connection.execute("lock_automation", pipeline.item_type, pipeline.code)


async def read_pipelines(
    connection: Connection, item_type: str | None = None, code: str | None = None
) -> tuple[Pipeline, ...]:
    """Pipelines with their stages, in order."""
    rows = await connection.fetch("all_pipelines", item_type, code)
    return tuple(
        Pipeline(item_type=row["item_type"], code=row["code"], title=row["title"], stages=row["stages"])
        for row in rows
    )


async def read_stage_references(connection: Connection) -> tuple[str, ...]:
    """The stages of all pipelines, each with its pipeline (R21)."""
    return tuple(stage for one in await read_pipelines(connection) for stage in one.stage_references)


async def read_user_ids(connection: Connection) -> tuple[int, ...]:
    """The ids of all users, inactive ones included."""
    return tuple(row["id"] for row in await connection.fetch("user_ids"))


async def read_item_type(connection: Connection, code: str) -> ItemType | None:
    """A type with its fields, in order; None where there is no such type."""
    row = await connection.fetch_row("all_item_types", code)
    return None if row is None else ItemType.model_validate(dict(row))


async def read_automation(connection: Connection, item_type: str, pipeline: str) -> Automation | None:
    """The current automation of a pipeline; None where there is no such pipeline."""
    content = await connection.fetch_value("current_automation", item_type, pipeline)
    return None if content is None else Automation.model_validate(content)


async def write_revision(
    connection: Connection, automation: Automation, author: int | None, comment: str
) -> None:
    """Write the automation under its revision's number and make that the current one.

    With it goes the list of the kinds of its enabled triggers, which the routing of events reads (R18).
    """
    names = (automation.pipeline.item_type, automation.pipeline.code)
    await connection.execute("insert_revision", *names, automation.revision, automation, author, comment)
    await connection.execute("set_current_revision", *names, automation.revision)
    kinds = {one.kind for one in automation.triggers if one.state is TriggerState.ENABLED}
    await connection.execute("replace_automation_kinds", *names, sorted(kinds))
