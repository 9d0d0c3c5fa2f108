"""Commits of decided events, one transaction and one round trip each (design section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from crm.commits import Commit, CommitAnswer
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """A commit's answer, with the item's pipeline and the current revision of its automation.

    `answer.item`, where it comes, has all fields; `answer.automation` is left to the caller.
    `pipeline` and `revision` are null where there is no such item.
    """

    answer: CommitAnswer
    pipeline: str | None
    revision: int | None


_STORED_ANSWER = TypeAdapter(StoredAnswer)


class Commits:
    """Writes decided events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, commit: Commit) -> StoredAnswer:
        """Write the event, its decision and its move, or answer why they do not stand (R7, R8, R13).

        Safe to repeat with the same `commit_id`. Raises `DatabaseUnavailable`; `DataRefused` for
        content that PostgreSQL can't hold.
        """
        return _STORED_ANSWER.validate_python(await self._database.fetch_value("commit_event", commit))
