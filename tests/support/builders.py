"""What a decision needs, from a few lines: a pipeline, an automation, an item, an event. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm.automations import Automation, Trigger, TriggerState
from crm.commits import Commit, commit_of
from crm.compiled import CompiledAutomation
from crm.decide import changed_item, decide
from crm.decisions import Decision
from crm.events import read_event
from crm.fields import Field, FieldType
from crm.items import Item
from crm.messages import Event
from crm.pipelines import Pipeline, Semantics, Stage
from crm.values import Json

ANN, BOB, LEA, GONE = 5, 7, 9, 6
"""Users; the last is inactive."""

PIPELINE = Pipeline(
    item_type="deal",
    code="sales",
    stages=(
        *(Stage(code=f"s{number}") for number in range(1, 7)),
        Stage(code="won", semantics=Semantics.WON),
        Stage(code="lost", semantics=Semantics.LOST),
    ),
)
"""`deal:sales`: the stages s1 to s6 in progress, then won and lost."""

FIELDS = (
    Field(code="contract", type=FieldType.FILE),
    Field(code="note", type=FieldType.STRING),
    Field(code="score", type=FieldType.INTEGER),
    Field(code="price", type=FieldType.NUMBER),
    Field(code="amount", type=FieldType.MONEY),
    Field(code="due", type=FieldType.DATE),
    Field(code="meeting", type=FieldType.DATETIME),
    Field(code="urgent", type=FieldType.BOOLEAN),
    Field(code="status", type=FieldType.ENUMERATION, options=("open", "pending", "done")),
    Field(code="owner", type=FieldType.USER),
    Field(code="page", type=FieldType.URL),
    Field(code="tags", type=FieldType.STRING, multiple=True),
)


def a_trigger(trigger_id: str, stage: str, kind: str = "document_viewed", **others: Any) -> Trigger:
    """An enabled trigger; by default of a kind whose events match every trigger of it."""
    return Trigger.model_validate(
        {"id": trigger_id, "stage": stage, "kind": kind, "state": TriggerState.ENABLED, **others}
    )


def watching(trigger_id: str, stage: str, *fields: str | dict[str, Json], **others: Any) -> Trigger:
    """An enabled trigger that watches fields, each by its code or as `{"field": ..., "becomes": ...}`."""
    watched = [{"field": field} if isinstance(field, str) else field for field in fields]
    return a_trigger(trigger_id, stage, "field_changed", settings={"fields": watched}, **others)


def a_row(field: str, operator: str, value: Json = None, join: str = "and") -> dict[str, Json]:
    """One row of a condition."""
    return {"field": field, "operator": operator, "value": value, "join": join}


def an_automation(*triggers: Trigger, **others: Any) -> Automation:
    """Revision 7 of `deal:sales` with these triggers."""
    given = {"pipeline": PIPELINE, "fields": FIELDS, "triggers": triggers, "revision": 7}
    return Automation(**{**given, **others})


def compiled(*triggers: Trigger, **others: Any) -> CompiledAutomation:
    """`an_automation`, ready for decisions."""
    return CompiledAutomation(an_automation(*triggers, **others))


def an_item(stage: str = "s1", responsible: int | None = ANN, **others: Any) -> Item:
    """`deal:42`, all of whose fields are empty unless `fields` says otherwise."""
    fields = {**dict.fromkeys(field.code for field in FIELDS), **others.pop("fields", {})}
    given = {"item_type": "deal", "item_id": 42, "pipeline": "sales", "version": 10, **others}
    return Item(stage=stage, responsible=responsible, fields=fields, **given)


def an_event(kind: str = "document_viewed", data: Json = None, **envelope: Any) -> Event:
    """An event `e-1` of any kind of the catalogue; by default one that every trigger of its kind matches."""
    message: dict[str, Json] = {"event_id": "e-1", "kind": kind, **envelope}
    message["data"] = {"document": "d-1"} if data is None else data
    return read_event("item_event", message)


def fields_changed(changes: Json, besides: dict[str, Json] | None = None, **envelope: Any) -> Event:
    """A save that changed these fields, each given as `{"old": ..., "new": ...}`.

    `besides` is what the data says besides: the responsible person as the save left it (R16).
    """
    return an_event("field_changed", {"changes": changes, **(besides or {})}, **envelope)


def field_became(code: str, new: Json, **envelope: Any) -> Event:
    """A save that gave one field a new value and does not say which it had."""
    return fields_changed({code: {"new": new}}, **envelope)


def responsible_became(new: Json, besides: dict[str, Json] | None = None, **envelope: Any) -> Event:
    """The responsible person was replaced; `besides` may say who it was, as `old`."""
    return an_event("responsible_changed", {"new": new, **(besides or {})}, **envelope)


def moved_by_hand(stage: str, **envelope: Any) -> Event:
    """The update `move_stage`."""
    return read_event("move_stage", {"event_id": "e-1", "data": {"stage": stage}, **envelope})


def committed(item: Item, decision: Decision, event: Event) -> Commit:
    """The decision's commit."""
    return commit_of(item, decision, event.envelope, "run-1:1")


def after(item: Item, automation: CompiledAutomation, event: Event, **others: Any) -> Item:
    """The item once the event has been handled; `others` say what somebody changed besides."""
    decision = decide(item, automation, event)
    changed = changed_item(item, replace(decision.change, views_responsible=False), event)
    stage = decision.move.to_stage if decision.move else item.stage
    return replace(changed, **{"stage": stage, **others})


def reasons(decision: Decision) -> dict[str, str]:
    """The reason of each trigger considered, by its id."""
    considered = decision.trial.explain() if decision.trial else ()
    return {one.trigger: one.reason.value for one in considered}
