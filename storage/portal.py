"""The portal: its users, its item types with their fields, its pipelines with their stages.

Defining is repeatable: what is there already is brought to what is given, and what is equal is
left alone. Fields and stages that are no longer given are deleted (R21).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crm.automations import Automation
from crm.errors import Problem, Refused
from crm.pipelines import ItemType, Pipeline
from storage.database import Connection, Database
from storage.revisions import (
    lock_automation,
    read_automation,
    read_item_type,
    read_pipelines,
    write_revision,
)
from storage.upkeep import disable_broken


@dataclass(frozen=True, slots=True)
class User:
    """A person in whose name things happen, as long as `active` (R6)."""

    id: int
    name: str = ""
    active: bool = True


class Portal:
    """Defines and reads what automations and items refer to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def define_users(self, users: Iterable[User]) -> None:
        """Write the users; others stay as they are."""
        rows = sorted((user.id, user.name, user.active) for user in users)
        async with self._database.transaction() as connection:
            await connection.execute_many("upsert_user", rows)

    async def users(self) -> tuple[User, ...]:
        """Every user, by id."""
        return tuple(User(**row) for row in await self._database.fetch("all_users"))

    async def define_item_type(self, item_type: ItemType, author: int | None = None) -> None:
        """Write a type with all its fields; changed fields are a new revision of each of its pipelines."""
        async with self._database.transaction() as connection:
            # Locks the type's row: no pipeline of the type is defined meanwhile.
            await connection.execute("upsert_item_type", item_type.code, item_type.title)
            pipelines = await read_pipelines(connection, item_type.code)
            for pipeline in pipelines:
                await lock_automation(connection, pipeline)
            await connection.execute("delete_fields", item_type.code)
            await connection.execute_many(
                "insert_field",
                [
                    (
                        item_type.code,
                        field.code,
                        field.type,
                        field.multiple,
                        field.title,
                        list(field.options),
                        place,
                    )
                    for place, field in enumerate(item_type.fields)
                ],
            )
            for pipeline in pipelines:
                await _follow(connection, pipeline, item_type, author)

    async def item_type(self, code: str) -> ItemType | None:
        """One type with its fields in order."""
        async with self._database.connection() as connection:
            return await read_item_type(connection, code)

    async def item_types(self) -> tuple[ItemType, ...]:
        """Every type with its fields in order, by code."""
        rows = await self._database.fetch("all_item_types", None)
        return tuple(ItemType.model_validate(dict(row)) for row in rows)

    async def define_pipeline(self, pipeline: Pipeline, author: int | None = None) -> Automation:
        """Write a pipeline with all its stages; answers with its current automation.

        A new pipeline gets revision 1, a change of its stages the next one. Raises `Refused` where
        its item type is not defined.
        """
        async with self._database.transaction() as connection:
            await connection.execute("lock_item_type", pipeline.item_type)
            await lock_automation(connection, pipeline)
            item_type = await read_item_type(connection, pipeline.item_type)
            if item_type is None:
                raise Refused([Problem("item_type", f"there is no item type {pipeline.item_type!r}")])
            names = (pipeline.item_type, pipeline.code)
            if await connection.fetch_value("current_revision", *names) is None:
                await connection.execute("insert_pipeline", *names, pipeline.title)
            else:
                await connection.execute("update_pipeline", *names, pipeline.title)
            await connection.execute("delete_stages", *names)
            await connection.execute_many(
                "insert_stage",
                [
                    (*names, stage.code, stage.title, stage.semantics, place)
                    for place, stage in enumerate(pipeline.stages)
                ],
            )
            return await _follow(connection, pipeline, item_type, author)

    async def pipelines(self, item_type: str | None = None) -> tuple[Pipeline, ...]:
        """The pipelines of a type in order; of every type by default."""
        async with self._database.connection() as connection:
            return await read_pipelines(connection, item_type)


async def _follow(
    connection: Connection, pipeline: Pipeline, item_type: ItemType, author: int | None
) -> Automation:
    """Bring the automation to the pipeline and the fields as they are now, in a new revision if need be."""
    current = await read_automation(connection, pipeline.item_type, pipeline.code)
    if current is None:
        first = Automation(pipeline=pipeline, fields=item_type.fields, revision=1)
        await write_revision(connection, first, author, "")
        return first
    if (current.pipeline, current.fields) == (pipeline, item_type.fields):
        return current
    users = [row["id"] for row in await connection.fetch("user_ids")]
    changed = current.model_copy(
        update={"pipeline": pipeline, "fields": item_type.fields, "revision": current.revision + 1}
    )
    followed = disable_broken(changed, users)
    await write_revision(connection, followed, author, "the stages or the fields were changed")
    return followed
