"""Where items stand, and what they hold: counted for whoever changes stages and fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.fields import Field
from crm.items import ItemRef
from crm.pipelines import stage_reference
from crm.upkeep import fits
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Crowd:
    """Items on one stage, which is named with its pipeline: how many, and the first of them."""

    stage: str
    items: int
    first: tuple[ItemRef, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An item on a stage, and which of its arrivals brought it there, from 1."""

    ref: ItemRef
    arrival: int


class Census:
    """Counts and lists items by their stages and values."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_stage(self, item_type: str | None = None, pipeline: str | None = None) -> dict[str, int]:
        """How many items stand on each stage, by its reference; a stage without items is left out."""
        rows = await self._database.fetch("items_by_stage", item_type, pipeline)
        return {_stage(row): row["items"] for row in rows}

    async def stranded(
        self, item_type: str | None = None, pipeline: str | None = None, first: int = 10
    ) -> tuple[Crowd, ...]:
        """The items on stages that their pipeline does not have (any more), the `first` of each by name."""
        rows = await self._database.fetch("stranded_items", item_type, pipeline, first)
        return tuple(
            Crowd(
                _stage(row),
                row["items"],
                tuple(ItemRef(row["item_type"], number) for number in row["first_ids"]),
            )
            for row in rows
        )

    async def on_stage(
        self, item_type: str, pipeline: str, stage: str, after: int, limit: int
    ) -> Sequence[Standing]:
        """The next items after the number `after` that stand on a stage, by number."""
        rows = await self._database.fetch("items_on_stage", item_type, pipeline, stage, after, limit)
        return [Standing(ItemRef(item_type, row["item_id"]), row["arrival"]) for row in rows]

    async def with_value(self, item_type: str, field: str) -> int:
        """How many items of the type have a value in the field."""
        rows = await self._database.fetch("stored_values", item_type, field)
        return sum(row["items"] for row in rows)

    async def unfit(self, item_type: str, field: Field) -> int:
        """How many items of the type have a value of which the field counts a part or all as empty."""
        rows = await self._database.fetch("stored_values", item_type, field.code)
        return sum(row["items"] for row in rows if not fits(field, row["value"]))


def _stage(row: Any) -> str:
    return stage_reference(row["item_type"], row["pipeline"], row["stage"])
