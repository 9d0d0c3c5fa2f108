"""Automations: the triggers of one pipeline at one revision (R1, R22)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from crm.conditions import CompiledCondition, compile_rows
from crm.errors import Problem, Refused, place_of
from crm.fields import RESPONSIBLE_FIELD, Field
from crm.kinds import CATALOGUE, AnyKind, Matcher
from crm.pipelines import Pipeline
from crm.users import UserId

TriggerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class TriggerState(StrEnum):
    """A draft is not yet configured; neither it nor a disabled trigger is considered (R2)."""

    DRAFT = "draft"
    ENABLED = "enabled"
    DISABLED = "disabled"


class Trigger(BaseModel):
    """A trigger on its target stage, with the four standard settings of R1.

    `name` is its kind's title where empty; `on_behalf_of` is a user id, null the responsible
    person. `condition` holds rows (crm.conditions.Row) and `settings` what its kind asks for, both as
    they were written: only an enabled trigger must be complete. `disabled_because` is set where the product
    disabled it (R21).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: TriggerId
    kind: str
    stage: str
    name: str = ""
    condition: tuple[dict[str, Any], ...] = ()
    on_behalf_of: UserId | None = None
    allow_previous_stage: bool = False
    settings: dict[str, Any] = {}
    state: TriggerState = TriggerState.DRAFT
    disabled_because: str | None = None

    @property
    def title(self) -> str:
        """The name, by default the kind's title."""
        kind = CATALOGUE.get(self.kind)
        return self.name or (kind.title.en if kind else self.kind)


class Automation(BaseModel):
    """All that a decision about an item of this pipeline reads, at one immutable revision.

    The stages and the fields belong to it: a change to them is a new revision too, so that
    any decision can be made again from the revision that it names. `fields` are those of
    the item type. Revision 0 is a pipeline that never had a trigger.
    """

    model_config = ConfigDict(frozen=True)

    pipeline: Pipeline
    fields: tuple[Field, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    revision: int = 0

    def field_map(self) -> dict[str, Field]:
        """What a condition can test: the fields and the responsible person (R19)."""
        return {**{field.code: field for field in self.fields}, RESPONSIBLE_FIELD.code: RESPONSIBLE_FIELD}


def check(automation: Automation, users: Collection[int], stages: Sequence[str] | None = None) -> None:
    """Refuse an automation that can't be saved, naming every place (R21).

    Drafts and disabled triggers may be incomplete; they are not looked into. `users`
    are the ids of all users, inactive ones included; `stages` the references of the stages of all pipelines,
    as deal:sales/won. Where these are not known (None), those that settings name are taken as they are.
    """
    problems: list[Problem] = []
    targets = [stage.code for stage in automation.pipeline.stages]
    seen: dict[str, int] = {}
    for number, trigger in enumerate(automation.triggers):
        place = f"triggers[{number}]"
        if trigger.id in seen:
            problems.append(
                Problem(f"{place}.id", f"{trigger.id!r} is the id of triggers[{seen[trigger.id]}] too")
            )
        seen.setdefault(trigger.id, number)
        if trigger.state is not TriggerState.ENABLED:
            continue
        if trigger.stage not in targets:
            message = _has_no_stage(automation.pipeline.reference, trigger.stage, targets)
            problems.append(Problem(f"{place}.stage", message))
        if trigger.on_behalf_of is not None and trigger.on_behalf_of not in users:
            problems.append(Problem(f"{place}.on_behalf_of", f"there is no user {trigger.on_behalf_of}"))
        try:
            compile_settings(trigger, automation, place)
            if stages is not None:
                problems.extend(_unknown_stages(trigger, stages, f"{place}.settings"))
        except Refused as refusal:
            problems.extend(refusal.problems)
        try:
            compile_trigger_condition(trigger, automation.field_map(), place)
        except Refused as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise Refused(problems)


def compile_settings(trigger: Trigger, automation: Automation, place: str) -> Matcher[Any]:
    """A trigger's kind settings made ready to match; raises `Refused` (R21)."""
    kind = _kind(trigger, automation, place)
    try:
        settings = kind.settings.model_validate(trigger.settings)
    except ValidationError as error:
        raise Refused(
            Problem(place_of([f"{place}.settings", *detail["loc"]]), detail["msg"])
            for detail in error.errors(include_url=False)
        ) from error
    fields = {field.code: field for field in automation.fields}
    return kind.matcher(settings, fields, f"{place}.settings")


def compile_trigger_condition(trigger: Trigger, fields: Mapping[str, Field], place: str) -> CompiledCondition:
    """A trigger's condition made ready to evaluate; raises `Refused` (R21)."""
    return compile_rows(trigger.condition, fields, f"{place}.condition")


def _unknown_stages(trigger: Trigger, stages: Sequence[str], place: str) -> Iterator[Problem]:
    """A problem for each stage that valid settings name and that there is not."""
    kind = CATALOGUE[trigger.kind]
    for name, stage in kind.named_stages(kind.settings.model_validate(trigger.settings)).items():
        if stage not in stages:
            pipeline, _, code = stage.partition("/")
            there = [one.removeprefix(f"{pipeline}/") for one in stages if one.startswith(f"{pipeline}/")]
            known = _has_no_stage(pipeline, code, there) if there else f"there is no pipeline {pipeline}"
            yield Problem(f"{place}.{name}", known)


def _has_no_stage(pipeline: str, code: str, there: Sequence[str]) -> str:
    return f"pipeline {pipeline} has no stage {code!r}; its stages are {', '.join(there)}"


def _kind(trigger: Trigger, automation: Automation, place: str) -> AnyKind:
    if trigger.kind not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise Refused([Problem(f"{place}.kind", f"unknown kind {trigger.kind!r}; known are {known}")])
    kind = CATALOGUE[trigger.kind]
    item_type = automation.pipeline.item_type
    if not kind.has(item_type):
        raise Refused(
            [Problem(f"{place}.kind", f"items of type {item_type} have no triggers of kind {kind.code}")]
        )
    return kind
