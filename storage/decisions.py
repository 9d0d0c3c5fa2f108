"""The ledger: every handled event of an item, each decision explained again (R14)."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from crm.automations import Automation, Trigger
from crm.commits import Outcome
from crm.compiled import CompiledAutomation
from crm.conditions import FalseRow
from crm.decisions import Considered, Reason, Verdict
from crm.items import ItemRef
from storage.database import Database
from storage.records import LedgerEntry

_OUTCOME = TypeAdapter(Outcome)
_FALSE_ROWS = TypeAdapter(dict[int, tuple[FalseRow, ...]])


class Decisions:
    """Reads what was decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_item(self, ref: ItemRef, limit: int = 20) -> list[LedgerEntry]:
        """The newest handled events of an item, newest last; an item that does not exist may have some."""
        async with self._database.connection() as connection:
            rows = await connection.fetch("item_ledger", ref.item_type, ref.item_id, limit)
            tried = sorted({(row["pipeline"], row["revision"]) for row in rows if row["considered"]})
            pipelines, revisions = [one for one, _ in tried], [one for _, one in tried]
            contents = await connection.fetch("automations_at", ref.item_type, pipelines, revisions)
        automations = {
            (row["pipeline"], row["revision"]): Automation.model_validate(row["content"]) for row in contents
        }
        return [_entry(row, automations.get((row["pipeline"], row["revision"]))) for row in rows]


def explain(considered: dict[str, Any], kind: str, automation: Automation) -> tuple[Considered, ...]:
    """What `Trial.record` of crm.decisions kept, as `Trial.explain` gave it when it was decided."""
    triggers = _triggers_tried(kind, automation)
    false_rows = _FALSE_ROWS.validate_python(considered.get("false_rows", {}))
    reason_of = {
        ordinal: reason for reason in Reason for ordinal in _ordinals(considered.get(reason.value, ""))
    }
    return tuple(
        Considered(one.id, one.title, one.stage, reason_of[ordinal], false_rows.get(ordinal, ()))
        for ordinal, one in enumerate(triggers)
        if ordinal in reason_of
    )


def _triggers_tried(kind: str, automation: Automation) -> list[Trigger]:
    """The triggers of a kind that a decision considers, in pipeline order and then in their own (R4)."""
    tried = CompiledAutomation(automation).by_kind.get(kind)
    return [one.trigger for one in tried.triggers] if tried else []


def _ordinals(ranges: str) -> list[int]:
    """The ordinals that `crm.ranges.Ranges.written` wrote as `0-3,7`."""
    ordinals: list[int] = []
    for span in filter(None, ranges.split(",")):
        first, _, last = span.partition("-")
        ordinals.extend(range(int(first), int(last or first) + 1))
    return ordinals


def _entry(row: Any, automation: Automation | None) -> LedgerEntry:
    return LedgerEntry(
        position=row["position"],
        event_id=row["event_id"],
        kind=row["kind"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        pipeline=row["pipeline"],
        stage=row["stage"],
        revision=row["revision"],
        considered=explain(row["considered"], row["kind"], automation)
        if automation and row["considered"]
        else (),
        data=row["data"],
        changes=row["changes"],
        occurred_at=row["occurred_at"],
        actor=row["actor"],
        cause=row["cause"],
        chain=tuple(row["chain"]),
        outcome=_OUTCOME.validate_python(row["outcome"]),
        decided_at=row["decided_at"],
    )
