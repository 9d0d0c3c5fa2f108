"""Decisions: what the evaluation of one event on one item found (R14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crm.authors import AuthorChoice
from crm.compiled import KindTriggers, Partition
from crm.conditions import FalseRow
from crm.kinds.kind import NOTHING, Change
from crm.ranges import Ranges
from crm.values import Json, describe

MAX_RECORDED_CONDITIONS = 200
"""Of one decision, the false conditions whose rows are recorded; the reasons of all are."""

MAX_RECORDED_CHARACTERS = 200


class Verdict(StrEnum):
    """The first that applies."""

    REJECTED = "rejected"
    SUPPRESSED = "suppressed"
    NO_CHANGE = "no change"
    STAGE_NOT_IN_PIPELINE = "stage not in pipeline"
    MOVED = "moved"
    NO_TRIGGER_MATCHED = "no trigger matched"


class Reason(StrEnum):
    """Why a trigger did or did not fire: the first that applies."""

    ON_CURRENT_STAGE = "on the current stage"
    CLOSED = "closed"
    NOT_ALLOWED_BACKWARD = "not allowed backward"
    CAME_AFTER_THE_WINNER = "came after the winner"
    SETTINGS_DID_NOT_MATCH = "settings did not match"
    CONDITION_FALSE = "condition false"
    WON = "won"


@dataclass(frozen=True, slots=True)
class Move:
    """A stage change; `trigger` is null when it is made by hand."""

    from_stage: str
    to_stage: str
    to_semantics: str
    trigger: str | None
    trigger_name: str | None
    authors: tuple[AuthorChoice, ...]


@dataclass(frozen=True, slots=True)
class Considered:
    """One trigger in the explanation of a decision, in the order in which they were tried."""

    trigger: str
    name: str
    stage: str
    reason: Reason
    false_rows: tuple[FalseRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """How the triggers of the event's kind fared, by their ordinals in pipeline order.

    It says no more than what is needed to tell every trigger's reason, so that thousands of
    triggers that do not match cost nothing.
    """

    triggers: KindTriggers
    partition: Partition
    condition_false: tuple[tuple[int, tuple[FalseRow, ...]], ...] = ()
    winner: int | None = None

    def reasons(self) -> dict[Reason, Ranges]:
        """Ordinals by reason; those that the partition knows are not counted anew."""
        candidates = self.partition.candidates
        won = len(self.triggers.triggers) if self.winner is None else self.winner
        tried = [ordinal for ordinal, _ in self.condition_false]
        return {
            Reason.ON_CURRENT_STAGE: self.partition.on_current_stage,
            Reason.CLOSED: self.partition.closed,
            Reason.NOT_ALLOWED_BACKWARD: self.partition.backward,
            Reason.CAME_AFTER_THE_WINNER: candidates.after(won),
            Reason.SETTINGS_DID_NOT_MATCH: candidates.before(won).without(tried),
            Reason.CONDITION_FALSE: Ranges.of(tried),
            Reason.WON: Ranges.of(() if self.winner is None else (self.winner,)),
        }

    def in_short(self) -> str:
        """How many triggers were considered, by reason: `2 settings did not match, 1 condition false`."""
        return ", ".join(f"{len(ones)} {reason.value}" for reason, ones in self.reasons().items() if ones)

    def explain(self) -> tuple[Considered, ...]:
        """Every trigger considered, with its reason."""
        reason_of = {ordinal: reason for reason, ordinals in self.reasons().items() for ordinal in ordinals}
        rows = dict(self.condition_false)
        return tuple(
            Considered(
                one.trigger.id,
                one.trigger.title,
                one.trigger.stage,
                reason_of[ordinal],
                rows.get(ordinal, ()),
            )
            for ordinal, one in enumerate(self.triggers.triggers)
        )

    def record(self) -> dict[str, Json]:
        """The trial as the ledger keeps it: ranges of ordinals by reason, and the false rows.

        Ordinals count, from 0, the enabled triggers of the event's kind in the revision that
        the decision names, in pipeline order and then in their own.
        """
        record: dict[str, Json] = {
            reason.value: ordinals.written for reason, ordinals in self.reasons().items() if ordinals.spans
        }
        if self.condition_false:
            record["false_rows"] = {
                str(ordinal): [_row_record(row) for row in rows]
                for ordinal, rows in self.condition_false[:MAX_RECORDED_CONDITIONS]
            }
        return record


def _row_record(row: FalseRow) -> dict[str, Json]:
    """A false row, with values that are long in short: a record must stay small whatever an item holds."""
    return {
        "row": row.row,
        "field": row.field,
        "operator": row.operator,
        "wanted": _in_short(row.wanted),
        "actual": _in_short(row.actual),
    }


def _in_short(value: Json) -> Json:
    if len(str(value)) <= MAX_RECORDED_CHARACTERS:
        return value
    return f"{value if isinstance(value, str) else describe(value)}"[:MAX_RECORDED_CHARACTERS] + "…"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one event did to one item, and on what that rests.

    `stage`, `pipeline` and `revision` are those under which it was made. `reason` is a
    sentence where the verdict needs one. `reads` are the values that it rests on as they
    are after the event's change, `known` the old values that it took from the item because
    the event had none, by field code. `responsibles` are the responsible persons that it
    takes the item to have in the database, before or after the save.
    """

    event_id: str
    kind: str
    verdict: Verdict
    revision: int
    pipeline: str
    stage: str
    reason: str | None = None
    change: Change = NOTHING
    trial: Trial | None = None
    move: Move | None = None
    reads: Mapping[str, Json] = field(default_factory=dict)
    known: Mapping[str, Json] = field(default_factory=dict)
    responsibles: tuple[int | None, ...] = ()
