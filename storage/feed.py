"""The moves of all items as they happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of

from crm.items import ItemRef
from storage.database import Database
from storage.records import TimelineRecord

PAGE = 500
LOOK_BACK = 200
"""Ids are given out before their transactions are committed, so that one may appear after a higher one."""


class MoveFeed:
    """Each move once, from the moment of `start` on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._first = 0
        self._latest = 0
        self._seen: set[int] = set()

    async def start(self) -> None:
        """Begin after what is there now. Raises `DatabaseUnavailable`, as `poll` does."""
        self._first = self._latest = await self._database.fetch_value("latest_timeline_id")

    async def poll(self) -> Sequence[tuple[ItemRef, TimelineRecord]]:
        """What was committed since the last poll, oldest first."""
        after = max(self._first, self._latest - LOOK_BACK)
        rows = await self._database.fetch("moves_after", after, PAGE)
        news = [row for row in rows if row["id"] not in self._seen]
        self._seen = {row["id"] for row in rows}
        self._latest = max([self._latest, *(row["id"] for row in rows)])
        return [
            (
                ItemRef(row["item_type"], row["item_id"]),
                TimelineRecord(**{field.name: row[field.name] for field in fields_of(TimelineRecord)}),
            )
            for row in news
        ]
