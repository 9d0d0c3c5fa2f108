"""What an import did, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.decisions import Verdict
from starter.importing.check import Comparison
from starter.importing.importer import ImportedItem
from starter.importing.plan import Plan
from starter.importing.rows import Log, Rejected
from starter.importing.target import Target
from storage.database import Database
from storage.items import Items


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of one import.

    `items` of `items_planned` have all their events decided; fewer, and not `complete`, if it was
    stopped. `stages` are where these items stand now, with how many, in pipeline order. `seconds`
    is the time that sending and deciding took.
    """

    file: str
    complete: bool
    rows: int
    rejected_rows: tuple[Rejected, ...]
    items_planned: int
    items: int
    items_created: int
    events: int
    events_handled_before: int
    verdicts: dict[Verdict, int]
    moves: int
    stages: dict[str, int]
    seconds: float
    comparison: Comparison | None = None


async def summarise(
    database: Database,
    file: str,
    log: Log,
    plan: Plan,
    target: Target,
    imported: Sequence[ImportedItem],
    seconds: float,
) -> Summary:
    """Count what was done, and look where the items stand."""
    verdicts = Counter(verdict for one in imported for verdict in one.verdicts)
    return Summary(
        file=file,
        complete=len(imported) == len(plan.items),
        rows=len(log.rows) + len(log.rejected),
        rejected_rows=log.rejected,
        items_planned=len(plan.items),
        items=len(imported),
        items_created=len(target.created),
        events=verdicts.total(),
        events_handled_before=sum(one.handled_before for one in imported),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict if verdict in verdicts},
        moves=verdicts[Verdict.MOVED],
        stages=await _stages(database, target, imported),
        seconds=seconds,
    )


async def _stages(database: Database, target: Target, imported: Iterable[ImportedItem]) -> dict[str, int]:
    items = Items(database)
    found: Counter[str] = Counter({stage.code: 0 for stage in target.automation.pipeline.stages})
    for one in imported:
        stored = await items.load(one.planned.ref)
        if stored is not None:
            found[stored.item.stage] += 1
    return dict(found)
