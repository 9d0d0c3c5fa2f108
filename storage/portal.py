"""The portal: its users, its item types with their fields, its pipelines with their stages.

Defining is repeatable: what is there already is brought to what is given, and what is equal is
left alone. Fields and stages that are no longer given are deleted (R21).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crm.automations import Automation
from crm.pipelines import ItemType, Pipeline
from crm.upkeep import Followed
from storage.database import Database
from storage.errors import DefinitionsMoved
from storage.following import lock_followed, plan_item_type, plan_pipeline, write_followed
from storage.revisions import read_automation, read_item_type, read_pipelines


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

    async def plan_item_type(self, item_type: ItemType) -> tuple[Followed, ...]:
        """What `define_item_type` would do to the automations of the type's pipelines; changes nothing."""
        async with self._database.transaction() as connection:
            await connection.execute("share_definitions")
            return await plan_item_type(connection, item_type)

    async def define_item_type(
        self, item_type: ItemType, author: int | None = None, agreed: Sequence[Followed] | None = None
    ) -> None:
        """Write a type with all its fields; changed fields are a new revision of each of its pipelines.

        Raises `DefinitionsMoved` where what it does to them is no longer what was `agreed` to.
        """
        async with self._database.transaction() as connection:
            await connection.execute("lock_definitions")
            plan = await plan_item_type(connection, item_type)
            _require(plan, agreed)
            await lock_followed(connection, plan)
            await connection.execute("upsert_item_type", item_type.code, item_type.title)
            await connection.execute("delete_fields", item_type.code)
            await connection.execute_many("insert_field", _field_rows(item_type))
            await write_followed(connection, plan, author, f"the fields of {item_type.code} were changed")

    async def item_type(self, code: str) -> ItemType | None:
        """One type with its fields in order."""
        async with self._database.connection() as connection:
            return await read_item_type(connection, code)

    async def item_types(self) -> tuple[ItemType, ...]:
        """Every type with its fields in order, by code."""
        rows = await self._database.fetch("all_item_types", None)
        return tuple(ItemType.model_validate(dict(row)) for row in rows)

    async def plan_pipeline(self, pipeline: Pipeline) -> tuple[Followed, ...]:
        """What `define_pipeline` would do to automations, of other pipelines too; changes nothing.

        Raises `Refused` where the pipeline's item type is not defined.
        """
        async with self._database.transaction() as connection:
            await connection.execute("share_definitions")
            return await plan_pipeline(connection, pipeline)

    async def define_pipeline(
        self, pipeline: Pipeline, author: int | None = None, agreed: Sequence[Followed] | None = None
    ) -> Automation:
        """Write a pipeline with all its stages; answers with its current automation.

        A new pipeline gets revision 1, a change of its stages the next one; so does every automation of which
        a trigger names a stage that goes. Raises `Refused` where its item type is not defined;
        `DefinitionsMoved` where what it does to automations is no longer what was `agreed` to.
        """
        names = (pipeline.item_type, pipeline.code)
        async with self._database.transaction() as connection:
            await connection.execute("lock_definitions")
            plan = await plan_pipeline(connection, pipeline)
            _require(plan, agreed)
            await lock_followed(connection, plan)
            await connection.execute("upsert_pipeline", *names, pipeline.title)
            await connection.execute("delete_stages", *names)
            await connection.execute_many("insert_stage", _stage_rows(pipeline))
            await write_followed(connection, plan, author, f"the stages of {pipeline.reference} were changed")
            current = await read_automation(connection, *names)
            assert current is not None, "it was written now or is there since before"
            return current

    async def pipelines(self, item_type: str | None = None) -> tuple[Pipeline, ...]:
        """The pipelines of a type in order; of every type by default."""
        async with self._database.connection() as connection:
            return await read_pipelines(connection, item_type)


def _require(plan: Sequence[Followed], agreed: Sequence[Followed] | None) -> None:
    if agreed is not None and tuple(agreed) != tuple(plan):
        raise DefinitionsMoved("somebody else changed stages, fields or triggers meanwhile; look again")


def _field_rows(item_type: ItemType) -> list[tuple[Any, ...]]:
    return [
        (item_type.code, one.code, one.type, one.multiple, one.title, list(one.options), place)
        for place, one in enumerate(item_type.fields)
    ]


def _stage_rows(pipeline: Pipeline) -> list[tuple[Any, ...]]:
    return [
        (pipeline.item_type, pipeline.code, one.code, one.title, one.semantics, place)
        for place, one in enumerate(pipeline.stages)
    ]
