"""The stories: an item each, what happens to it step by step, and what must have come of every step. Pure.

They are told on the pipeline deal:sales of the examples. Users: 1 Anna Berger (head of sales), whom the
trigger on Won names; 4 Tom Weber and 5 Clara Rossi (sales).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm.decisions import Verdict
from crm.messages import MOVE_BY_HAND
from crm.values import Json

ANNA, TOM, CLARA = 1, 4, 5


@dataclass(frozen=True, slots=True)
class Expected:
    """How the step must end: the verdict, where the deal stands, and all that is recorded of it by then.

    `author` is the user in whose name the step moved it, None where it did not move it.
    """

    verdict: Verdict
    stage: str
    history_rows: int
    timeline_records: int
    author: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An event of `kind` with its data, or a move by hand, caused by `actor`."""

    told: str
    kind: str
    data: Mapping[str, Json]
    expected: Expected
    actor: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A deal that begins on `stage`, and what happens to it."""

    title: str
    deal: str
    stage: str
    responsible: int
    steps: tuple[Step, ...]


CONTRACT_UPLOADED = Story(
    title="A contract is uploaded",
    deal="Press line for Brenner AG",
    stage="negotiation",
    responsible=CLARA,
    steps=(
        Step(
            "Tom uploads the contract file. It moves in the name of Clara, who is responsible.",
            "field_changed",
            {"changes": {"contract": {"new": "file-17"}}},
            Expected(Verdict.MOVED, "contract-approval", 2, 2, CLARA),
            actor=TOM,
        ),
    ),
)

RESPONSIBLE_CHANGED = Story(
    title="The responsible person changes",
    deal="Spare parts for Molinari",
    stage="new",
    responsible=TOM,
    steps=(
        Step(
            "Anna hands the deal over from Tom to Clara. It moves in the name of Clara, the new one.",
            "responsible_changed",
            {"new": CLARA},
            Expected(Verdict.MOVED, "in-progress", 2, 2, CLARA),
            actor=ANNA,
        ),
    ),
)

DOCUMENT_EXECUTED = Story(
    title="All parties sign",
    deal="Service contract for Port of Kiel",
    stage="contract-approval",
    responsible=TOM,
    steps=(
        Step(
            "The contract is executed. The deal is won in the name of Anna, whom the trigger names.",
            "document_executed",
            {"document": "contract-44"},
            Expected(Verdict.MOVED, "won", 2, 2, ANNA),
        ),
        Step(
            "Executed again: nothing happens.",
            "document_executed",
            {"document": "contract-44"},
            Expected(Verdict.NO_CHANGE, "won", 2, 2),
        ),
        Step(
            "Tom moves the deal back by hand.",
            MOVE_BY_HAND,
            {"stage": "contract-approval"},
            Expected(Verdict.MOVED, "contract-approval", 3, 3, TOM),
            actor=TOM,
        ),
        Step(
            "The contract is revoked. No trigger watches that.",
            "document_revoked",
            {"document": "contract-44"},
            Expected(Verdict.NO_TRIGGER_MATCHED, "contract-approval", 3, 3),
        ),
        Step(
            "Executed again after the revocation: that is a change, and the deal is won again.",
            "document_executed",
            {"document": "contract-44"},
            Expected(Verdict.MOVED, "won", 4, 4, ANNA),
        ),
    ),
)

STORIES = (CONTRACT_UPLOADED, RESPONSIBLE_CHANGED, DOCUMENT_EXECUTED)
