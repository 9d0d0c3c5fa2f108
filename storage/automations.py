"""Automations at their revisions: read, published."""

from __future__ import annotations

from crm.automations import Automation, check
from storage.database import Database
from storage.errors import RevisionMoved, UnknownPipeline
from storage.revisions import (
    lock_automation,
    read_automation,
    read_item_type,
    read_pipelines,
    read_stage_references,
    read_user_ids,
    write_revision,
)


class Automations:
    """Reads and publishes automations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, item_type: str, pipeline: str) -> Automation | None:
        """The automation that counts now; None where there is no such pipeline."""
        async with self._database.connection() as connection:
            return await read_automation(connection, item_type, pipeline)

    async def current_revision(self, item_type: str, pipeline: str) -> int | None:
        """The number of the revision that counts now; None where there is no such pipeline."""
        revision: int | None = await self._database.fetch_value("current_revision", item_type, pipeline)
        return revision

    async def at(self, item_type: str, pipeline: str, revision: int) -> Automation | None:
        """The automation as it was at a revision; None where there is no such revision."""
        content = await self._database.fetch_value("automation_at", item_type, pipeline, revision)
        return None if content is None else Automation.model_validate(content)

    async def publish(
        self, automation: Automation, based_on: int, author: int | None, comment: str = ""
    ) -> Automation:
        """Make the automation's triggers the next revision; answers with it once it counts (R13, R22).

        Stages and fields are taken from the tables, not from `automation`. Raises `RevisionMoved`
        where `based_on` is not the current revision, `Refused` with every problem (R21),
        `UnknownPipeline`.
        """
        item_type, pipeline = automation.pipeline.item_type, automation.pipeline.code
        async with self._database.transaction() as connection:
            # No stage that a trigger names is deleted between our look at it and our commit.
            await connection.execute("share_definitions")
            await lock_automation(connection, automation.pipeline)
            current = await connection.fetch_value("current_revision", item_type, pipeline)
            if current is None:
                raise UnknownPipeline(automation.pipeline.reference)
            if current != based_on:
                raise RevisionMoved(automation.pipeline.reference, based_on, current)
            [stored_pipeline] = await read_pipelines(connection, item_type, pipeline)
            stored_type = await read_item_type(connection, item_type)
            assert stored_type is not None, "a pipeline has a foreign key to its item type"
            published = automation.model_copy(
                update={"pipeline": stored_pipeline, "fields": stored_type.fields, "revision": current + 1}
            )
            check(published, await read_user_ids(connection), await read_stage_references(connection))
            await write_revision(connection, published, author, comment)
        return published
