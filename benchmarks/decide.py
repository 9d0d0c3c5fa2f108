"""How long `decide()` takes with many triggers: `python -m benchmarks.decide`, or `make bench-decide`.

Design section 9: with 1,000 triggers of the event's kind, none matching, at most 150 microseconds; 10,000
triggers of other kinds cost nothing more. Each figure is the median of several rounds in this process.
"""

from __future__ import annotations

import statistics
import sys
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from crm.automations import Automation, Trigger, TriggerState
from crm.commits import commit_of
from crm.compiled import CompiledAutomation
from crm.decide import decide
from crm.decisions import Verdict
from crm.events import read_event
from crm.fields import Field, FieldType
from crm.items import Item
from crm.messages import Event
from crm.pipelines import Pipeline, Semantics, Stage
from starter.cli.exit import FAILED, OK

TARGET_MICROSECONDS = 150
OF_THE_KIND = 1_000
OF_OTHER_KINDS = 10_000
ROUNDS = 21
DECISIONS_PER_ROUND = 20

PIPELINE = Pipeline(
    item_type="deal",
    code="sales",
    stages=(
        *(Stage(code=f"s{number}") for number in range(1, 11)),
        Stage(code="won", semantics=Semantics.WON),
        Stage(code="lost", semantics=Semantics.LOST),
    ),
)
FIELDS = (
    Field(code="note", type=FieldType.STRING),
    Field(code="price", type=FieldType.NUMBER),
    Field(code="score", type=FieldType.INTEGER),
)
ITEM = Item(
    item_type="deal",
    item_id=42,
    pipeline="sales",
    stage="s5",
    responsible=5,
    fields={"note": "a", "price": "12.5", "score": 3},
    version=10,
)


@dataclass(frozen=True, slots=True)
class Case:
    """An event that no trigger of its kind fires on; `settings` gives those of each by its number.

    Without a target it is told all the same.
    """

    title: str
    event: Event
    settings: Callable[[int], dict[str, Any]]
    condition: tuple[dict[str, Any], ...] = ()
    has_target: bool = True


def an_event(kind: str, data: dict[str, Any]) -> Event:
    return read_event("item_event", {"event_id": "e-1", "kind": kind, "data": data})


NOTE_CHANGED = an_event("field_changed", {"changes": {"note": {"new": "b"}}})
MAIL = an_event("email_received", {"subject": "Your offer of 21 November"})

CASES = (
    Case("the field is not watched", NOTE_CHANGED, lambda _: {"fields": [{"field": "price"}]}),
    Case(
        "the field becomes something else",
        NOTE_CHANGED,
        lambda number: {"fields": [{"field": "note", "becomes": f"value {number}"}]},
    ),
    Case(
        "the responsible person is another",
        an_event("responsible_changed", {"new": 7}),
        lambda number: {"new_responsible": [100 + number]},
    ),
    Case(
        "the template is another",
        an_event("document_viewed", {"document": "d-1", "template": "offer"}),
        lambda number: {"template": f"template-{number}"},
    ),
    Case(
        "the webhook's code is another",
        an_event("webhook_called", {"code": "c"}),
        lambda number: {"code": f"code-{number}"},
    ),
    Case(
        "the subject does not contain it",
        MAIL,
        lambda number: {"subject_contains": f"invoice {number}"},
        has_target=False,
    ),
    Case(
        "the field was something else",
        NOTE_CHANGED,
        lambda number: {"fields": [{"field": "note", "was": f"value {number}"}]},
    ),
    Case(
        "the condition is false",
        NOTE_CHANGED,
        lambda _: {"fields": [{"field": "note"}]},
        condition=({"field": "score", "operator": ">", "value": 100},),
        has_target=False,
    ),
)


def main() -> int:
    """Measure and show every case; the exit status says whether the targets are met."""
    table = Table(
        f"{OF_THE_KIND:,} triggers of the kind, none fires:",
        "decide() µs",
        f"beside {OF_OTHER_KINDS:,} others µs",
        "commit_of() µs",
        "target µs",
        box=box.SIMPLE_HEAD,
    )
    met = True
    for case in CASES:
        alone, beside, commit = measure(case)
        met = met and not (case.has_target and max(alone, beside) > TARGET_MICROSECONDS)
        target = f"{TARGET_MICROSECONDS}" if case.has_target else "none"
        table.add_row(case.title, f"{alone:,.0f}", f"{beside:,.0f}", f"{commit:,.0f}", target)
    Console(width=120).print(table)
    return OK if met else FAILED


def measure(case: Case) -> tuple[float, float, float]:
    """Microseconds of `decide()`, of the same beside triggers of other kinds, and of `commit_of()`."""
    alone, beside = automation_of(case, 0), automation_of(case, OF_OTHER_KINDS)
    decision = decide(ITEM, alone, case.event)
    if decision.verdict is not Verdict.NO_TRIGGER_MATCHED:
        raise AssertionError(f"{case.title}: {decision.verdict}")
    return (
        median_microseconds(lambda: decide(ITEM, alone, case.event)),
        median_microseconds(lambda: decide(ITEM, beside, case.event)),
        median_microseconds(lambda: commit_of(ITEM, decision, case.event.envelope, "run-1:1")),
    )


def automation_of(case: Case, others: int) -> CompiledAutomation:
    """The case's triggers on all stages in turn, and enabled triggers of other kinds."""
    stages = [stage.code for stage in PIPELINE.stages]
    asked = [
        Trigger(
            id=f"asked-{number}",
            kind=case.event.kind,
            stage=stages[number % len(stages)],
            settings=case.settings(number),
            condition=case.condition,
            allow_previous_stage=True,
            state=TriggerState.ENABLED,
        )
        for number in range(OF_THE_KIND)
    ]
    beside = [
        Trigger(
            id=f"other-{number}",
            kind="call_received",
            stage=stages[number % len(stages)],
            state=TriggerState.ENABLED,
        )
        for number in range(others)
    ]
    return CompiledAutomation(
        Automation(pipeline=PIPELINE, fields=FIELDS, triggers=(*asked, *beside), revision=7)
    )


def median_microseconds(work: Callable[[], object]) -> float:
    """Of one call, warmed up."""
    work()
    rounds = timeit.repeat(work, repeat=ROUNDS, number=DECISIONS_PER_ROUND)
    return statistics.median(rounds) / DECISIONS_PER_ROUND * 1_000_000


if __name__ == "__main__":
    sys.exit(main())
