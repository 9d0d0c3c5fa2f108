"""`decide()`: the pure heart of the product (R1-R6, R8, R9, R12, R14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm.authors import author_choices, mover_choices
from crm.compiled import CompiledAutomation
from crm.conditions import FalseRow
from crm.decisions import Decision, Move, Trial, Verdict
from crm.items import Item
from crm.kinds import CATALOGUE, EventRefused
from crm.kinds.items import FieldChangedData
from crm.kinds.kind import NOTHING, Applied, Change
from crm.messages import MAX_CHAIN_DEPTH, MOVE_BY_HAND, Event, MoveStageData
from crm.pipelines import stage_reference
from crm.values import show


def decide(item: Item, automation: CompiledAutomation, event: Event) -> Decision:
    """What the event does to the item as it is known, under this revision.

    Never raises on an event that `read_event` returned: what can't apply is a rejected one.
    """
    base = Decision(
        event_id=event.event_id,
        kind=event.kind,
        verdict=Verdict.NO_TRIGGER_MATCHED,
        revision=automation.revision,
        pipeline=automation.pipeline,
        stage=item.stage,
        responsibles=(item.responsible,),
    )
    chain = event.envelope.chain
    if len(chain) >= MAX_CHAIN_DEPTH:
        return _rejected(base, f"a chain of automatic steps ends here: {' → '.join(chain[:MAX_CHAIN_DEPTH])}")
    if event.kind == MOVE_BY_HAND:
        return _decide_move_by_hand(base, item, automation, event)
    try:
        applied: Applied[Any] = CATALOGUE[event.kind].apply(item, event.data, automation.fields)
    except EventRefused as refusal:
        return _rejected(base, str(refusal))

    after = changed_item(item, applied.change, event)
    decision = replace(
        base,
        change=applied.change,
        known={code: item.fields.get(code) for code in applied.known},
        responsibles=tuple(dict.fromkeys((item.responsible, after.responsible))),
    )
    if event.suppressed:
        return replace(decision, verdict=Verdict.SUPPRESSED)
    if applied.no_change is not None:
        return replace(decision, verdict=Verdict.NO_CHANGE, reason=applied.no_change, change=NOTHING)
    if item.stage not in automation.stages:
        where = stage_reference(item.item_type, automation.pipeline, item.stage)
        return replace(decision, verdict=Verdict.STAGE_NOT_IN_PIPELINE, reason=f"there is no stage {where}")
    return _try_triggers(decision, after, automation, event.kind, applied.data)


def changed_item(item: Item, change: Change, event: Event) -> Item:
    """The item as the event's save left it; an item that is past that save keeps its fields.

    Which documents stand executed is known from events alone, never from a save (R17).
    """
    executed = item.executed_documents if change.executed_documents is None else change.executed_documents
    version = event.envelope.item_version
    if version is not None and version < item.version:
        return replace(item, executed_documents=executed)
    responsible = item.responsible
    if change.replaces_responsible:
        responsible = change.responsible
    elif change.views_responsible:
        responsible = change.view_responsible
    fields = {**item.fields, **change.fields} if change.fields else item.fields
    return replace(item, fields=fields, responsible=responsible, executed_documents=executed)


def missing_fields(item: Item, automation: CompiledAutomation, event: Event) -> tuple[str, ...]:
    """Fields that the decision needs and the item's copy does not have yet, in a fixed order.

    What the automation reads, and what the event changes without saying what it was (R15).
    """
    needed = list(automation.fields_read)
    if isinstance(event.data, FieldChangedData):
        needed += [
            code
            for code, change in event.data.changes.items()
            if code in automation.fields and "old" not in change.model_fields_set
        ]
    return tuple(code for code in dict.fromkeys(needed) if code not in item.fields)


def _try_triggers(
    decision: Decision, item: Item, automation: CompiledAutomation, kind: str, data: Any
) -> Decision:
    triggers = automation.by_kind.get(kind)
    if triggers is None:
        return decision
    position, stage = automation.stages[item.stage]
    partition = triggers.partition(position, stage.semantics)
    values = item.values()
    reads = dict(decision.reads)
    condition_false: list[tuple[int, tuple[FalseRow, ...]]] = []
    for ordinal in triggers.matching(data, partition):
        compiled = triggers.triggers[ordinal]
        evaluation = compiled.condition.evaluate(values)
        reads.update({code: values.get(code) for code in evaluation.fields_read if code in automation.fields})
        if not evaluation.holds:
            condition_false.append((ordinal, evaluation.false_rows))
            continue
        target = automation.stages[compiled.trigger.stage][1]
        return replace(
            decision,
            verdict=Verdict.MOVED,
            trial=Trial(triggers, partition, tuple(condition_false), ordinal),
            reads=reads,
            move=Move(
                from_stage=item.stage,
                to_stage=target.code,
                to_semantics=target.semantics,
                trigger=compiled.trigger.id,
                trigger_name=compiled.trigger.title,
                authors=author_choices(compiled.trigger.on_behalf_of, item.responsible),
            ),
        )
    return replace(decision, trial=Trial(triggers, partition, tuple(condition_false)), reads=reads)


def _decide_move_by_hand(
    base: Decision, item: Item, automation: CompiledAutomation, event: Event
) -> Decision:
    """R10: anywhere in the item's pipeline, in the name of the person who moves it."""
    assert isinstance(event.data, MoveStageData)
    named = event.data.stage
    prefix = stage_reference(item.item_type, automation.pipeline, "")
    code = named.removeprefix(prefix)
    if code not in automation.stages:
        known = ", ".join(automation.stages)
        return _rejected(
            base, f"pipeline {prefix.removesuffix('/')} has no stage {show(named)}; its stages are {known}"
        )
    if code == item.stage:
        return replace(base, verdict=Verdict.NO_CHANGE, reason=f"the item is on stage {code} already")
    move = Move(
        from_stage=item.stage,
        to_stage=code,
        to_semantics=automation.stages[code][1].semantics,
        trigger=None,
        trigger_name=None,
        authors=mover_choices(event.envelope.actor),
    )
    return replace(base, verdict=Verdict.MOVED, move=move)


def _rejected(base: Decision, reason: str) -> Decision:
    return replace(base, verdict=Verdict.REJECTED, reason=reason)
