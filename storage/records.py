"""What is kept of an item, as it is read back. Times are aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.commits import Outcome
from crm.decisions import Considered, Verdict
from crm.items import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item with all its fields, and what decisions do not read."""

    item: Item
    title: str
    observers: tuple[int, ...]
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRecord:
    """What people see of an item (R7). `kind` is `created`, `moved`, `rejected` or a rule action's own.

    `author` is the user in whose name it happened, null the system; `author_note` says who stands
    in and why. `cause` and `cause_user` are who or what raised the event. `text` is for people.
    """

    id: int
    at: datetime
    kind: str
    author: int | None
    author_note: str | None
    cause: str
    cause_user: int | None
    from_stage: str | None
    to_stage: str | None
    trigger: str | None
    trigger_name: str | None
    event_id: str | None
    revision: int | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """A row of an item's stage history. Number 1 is its creation, from no stage."""

    number: int
    at: datetime
    from_stage: str | None
    to_stage: str
    author: int | None
    author_note: str | None
    cause: str
    cause_user: int | None
    trigger: str | None
    trigger_name: str | None
    event_id: str | None
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One handled event with its decision (R14).

    `position` grows in the order of handling. `considered` are all triggers of the event's kind at the
    revision, with their reasons. `changes` is what the event wrote to the item: `fields`,
    `responsible`, `executed_documents`; null for nothing.
    """

    position: int
    event_id: str
    kind: str
    verdict: Verdict
    reason: str | None
    pipeline: str | None
    stage: str | None
    revision: int | None
    considered: tuple[Considered, ...]
    data: dict[str, Any] | None
    changes: dict[str, Any] | None
    occurred_at: datetime | None
    actor: int | None
    cause: str
    chain: tuple[str, ...]
    outcome: Outcome
    decided_at: datetime
