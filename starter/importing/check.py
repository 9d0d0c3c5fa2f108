"""Holds what PostgreSQL has against what `decide()` alone says: both ways must end alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from crm.values import Json
from starter.importing.importer import ALL_EVENTS
from starter.importing.plan import Plan
from starter.importing.simulate import Simulated, simulate
from starter.importing.target import Target
from storage.database import Database
from storage.decisions import Decisions
from storage.items import Items
from storage.records import LedgerEntry, StageChange, StoredItem


@dataclass(frozen=True, slots=True)
class Difference:
    """Something of an item that is not in the database as it was computed."""

    item: str
    what: str
    stored: str
    computed: str

    def __str__(self) -> str:
        return f"{self.item}: {self.what}: the database has {self.stored}, decide() alone {self.computed}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many items, events and moves were held against each other, and where they differ."""

    items: int
    events: int
    moves: int
    differences: tuple[Difference, ...]


async def compare(database: Database, plan: Plan, target: Target) -> Comparison:
    """Hold every item of the plan against its simulation: all that is kept of it, and every event once."""
    items, decisions = Items(database), Decisions(database)
    simulated = simulate(plan, target.automation, target.active)
    differences: list[Difference] = []
    for one in simulated:
        stored = await items.load(one.item.ref)
        history = await items.history(one.item.ref)
        ledger = await decisions.of_item(one.item.ref, limit=ALL_EVENTS)
        differences += differences_of(one, stored, history, ledger)
    return Comparison(
        items=len(simulated),
        events=sum(len(one.verdicts) for one in simulated),
        moves=sum(len(one.moves) for one in simulated),
        differences=tuple(differences),
    )


def differences_of(
    simulated: Simulated,
    stored: StoredItem | None,
    history: tuple[StageChange, ...],
    ledger: list[LedgerEntry],
) -> Iterator[Difference]:
    """Where one item is not as it was computed."""
    reference = str(simulated.item.ref)
    if stored is None:
        yield Difference(reference, "item", "none", "one")
        return
    found, computed = stored.item, simulated.item
    moves = [(row.event_id, row.to_stage, row.trigger, row.author) for row in history if row.from_stage]
    expected_moves = [(one.event_id, one.to_stage, one.trigger, one.author) for one in simulated.moves]
    verdicts = [(entry.event_id, str(entry.verdict)) for entry in ledger]
    expected_verdicts = [(event_id, str(verdict)) for event_id, verdict in simulated.verdicts]
    pairs: list[tuple[str, object, object]] = [
        ("stage", found.stage, computed.stage),
        ("responsible person", found.responsible, computed.responsible),
        ("fields", _filled(found.fields), _filled(computed.fields)),
        ("executed documents", found.executed_documents, computed.executed_documents),
        ("number of events", len(verdicts), len(expected_verdicts)),
        ("number of moves", len(moves), len(expected_moves)),
        ("first other decision", *_first_other(verdicts, expected_verdicts)),
        ("first other move", *_first_other(moves, expected_moves)),
    ]
    for what, has, should in pairs:
        if has != should:
            yield Difference(reference, what, _shown(has), _shown(should))


def _first_other(stored: Sequence[object], computed: Sequence[object]) -> tuple[object, object]:
    for has, should in zip_longest(stored, computed):
        if has != should:
            return has, should
    return None, None


def _filled(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Without the empty ones: absent and null are the same in the database."""
    return {code: value for code, value in sorted(fields.items()) if value is not None}


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
