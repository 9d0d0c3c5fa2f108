"""What an item's workflow knows, and what of it goes on to the next run."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from crm.commits import Outcome
from crm.decisions import Decision
from crm.items import Item

T = TypeVar("T")

REMEMBERED_EVENTS = 200
"""Ids whose outcome is answered from memory; older ones are looked up in the ledger (R8)."""

CARRIED_OUTCOMES_BYTES = 300_000
CARRIED_DECISIONS_BYTES = 200_000
REMEMBERED_DECISIONS = 20
EXPLAINED_TRIGGERS = 20
"""How many triggers of one decision go into the state; the ledger has them all."""


@dataclass(slots=True)
class Counters:
    """Events of the item's whole life by what became of them; duplicates count apart."""

    handled: int = 0
    moved: int = 0
    rejected: int = 0
    duplicates: int = 0


@dataclass(slots=True)
class Pending:
    """A message that was received but not yet handled when the run ended: its text as it came.

    As text, because what is nested as deeply as JSON may be would not be read inside something else.
    """

    name: str
    content: str
    unreadable: str | None = None


@dataclass(slots=True)
class Carried:
    """What continue-as-new takes along: small, and readable by later versions of the code.

    The item's fields and its automation are not carried: the next run opens the item anew. `item`
    is what a query sees until then.
    """

    recent: dict[str, Outcome] = field(default_factory=dict)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    counters: Counters = field(default_factory=Counters)
    item: Item | None = None
    pending: list[Pending] = field(default_factory=list)
    runs: int = 1


_CARRIED = TypeAdapter(Carried)


def read_carried(value: Any) -> Carried:
    """The state that an earlier run left; a fresh one for whatever else a producer started us with.

    Raises ValidationError where messages wait in a state that this code can't read: the workflow task
    then fails, for all to see, until code that can read it is back.
    """
    try:
        return _CARRIED.validate_python(value) if value is not None else Carried()
    except ValidationError:
        if isinstance(value, dict) and value.get("pending"):
            raise
        return Carried()


def outcomes_that_fit(recent: dict[str, Outcome]) -> dict[str, Outcome]:
    """As many of the newest outcomes as may be carried; the ledger has the others (R8)."""
    kept = _newest_that_fit(list(recent.items()), CARRIED_OUTCOMES_BYTES)
    return dict(kept)


def decisions_that_fit(decisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many of the newest explained decisions as may be carried; the ledger has the others."""
    return _newest_that_fit(decisions, CARRIED_DECISIONS_BYTES)


def _newest_that_fit(values: list[T], limit_bytes: int) -> list[T]:
    """The longest tail that takes no more than so many bytes as JSON."""
    for place in range(len(values) - 1, -1, -1):
        limit_bytes -= len(to_json(values[place]))
        if limit_bytes < 0:
            return values[place + 1 :]
    return values


@dataclass(slots=True)
class RecentDecision:
    """What became of an event, explained on demand; no decision for a message that was no event."""

    kind: str
    outcome: Outcome
    decision: Decision | None = None

    def in_short(self) -> str | None:
        return self.decision.trial.in_short() if self.decision and self.decision.trial else None

    def explain(self) -> dict[str, Any]:
        considered = self.decision.trial.explain() if self.decision and self.decision.trial else ()
        return {
            "event_id": self.outcome.event_id,
            "kind": self.kind,
            "verdict": self.outcome.verdict.value,
            "reason": self.outcome.reason,
            "revision": self.outcome.revision,
            "from_stage": self.outcome.from_stage,
            "to_stage": self.outcome.to_stage,
            "trigger": self.outcome.trigger,
            "author": self.outcome.author,
            "author_note": self.outcome.author_note,
            "considered": [
                {
                    "trigger": one.trigger,
                    "name": one.name,
                    "stage": one.stage,
                    "reason": one.reason.value,
                    "false_rows": [row.sentence() for row in one.false_rows],
                }
                for one in considered[:EXPLAINED_TRIGGERS]
            ],
            "considered_in_all": len(considered),
        }
