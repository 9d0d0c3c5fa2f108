"""What becomes of an automation when the stages or the fields that it rests on change (R21)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crm.automations import (
    Automation,
    Trigger,
    TriggerState,
    check,
    compile_settings,
    compile_trigger_condition,
)
from crm.conditions.keys import reader
from crm.errors import Refused
from crm.fields import Field
from crm.pipelines import Pipeline
from crm.values import Json, is_empty

_PLACE = re.compile(r"triggers\[(?P<number>[0-9]+)\]\.(?P<within>.*)")


@dataclass(frozen=True, slots=True)
class Followed:
    """An automation before a change, None for a new pipeline, and after it, at its next revision."""

    before: Automation | None
    after: Automation

    @property
    def disabled(self) -> tuple[Trigger, ...]:
        """The triggers that are disabled with it, each with its reason."""
        if self.before is None:
            return ()
        pairs = zip(self.before.triggers, self.after.triggers, strict=True)
        return tuple(after for before, after in pairs if before.state is not after.state)


def follow(
    automation: Automation,
    pipeline: Pipeline,
    fields: Sequence[Field],
    users: Collection[int],
    stages: Sequence[str],
) -> Followed | None:
    """The automation with its stages and fields as they are to be; None where it stays as it is.

    Every enabled trigger that is no longer valid is disabled and says why. `users` are the ids of all users,
    inactive ones included; `stages` the references of the stages of all pipelines as they are to be.
    """
    changed = automation.model_copy(update={"pipeline": pipeline, "fields": tuple(fields)})
    followed = _disable_broken(changed, users, stages)
    if followed == automation:
        return None
    return Followed(automation, followed.model_copy(update={"revision": automation.revision + 1}))


def triggers_using(automation: Automation, fields: Collection[str]) -> tuple[Trigger, ...]:
    """The enabled triggers that watch or test one of these fields."""
    return tuple(
        trigger
        for trigger in automation.triggers
        if trigger.state is TriggerState.ENABLED and not _fields_of(trigger, automation).isdisjoint(fields)
    )


def fits(field: Field, stored: Json) -> bool:
    """Whether no part of a stored value counts as empty because the field's type does not allow it."""
    read = reader(field)
    singles = stored if field.multiple and isinstance(stored, list) else [stored]
    return all(is_empty(single) or read(single) for single in singles)


def _fields_of(trigger: Trigger, automation: Automation) -> frozenset[str]:
    try:
        watched = compile_settings(trigger, automation, "").fields
        tested = compile_trigger_condition(trigger, automation.field_map(), "").fields
    except Refused:
        # Other code than this saved it; what it uses is not known, and it does not fire.
        return frozenset()
    return frozenset((*watched, *tested))


def _disable_broken(automation: Automation, users: Collection[int], stages: Sequence[str]) -> Automation:
    try:
        check(automation, users, stages)
    except Refused as refusal:
        reasons = _reasons(refusal)
        triggers = tuple(
            _disabled(one, reasons[number]) if number in reasons else one
            for number, one in enumerate(automation.triggers)
        )
        return automation.model_copy(update={"triggers": triggers})
    return automation


def _disabled(trigger: Trigger, reasons: list[str]) -> Trigger:
    return trigger.model_copy(update={"state": TriggerState.DISABLED, "disabled_because": "; ".join(reasons)})


def _reasons(refusal: Refused) -> dict[int, list[str]]:
    reasons: dict[int, list[str]] = {}
    for problem in refusal.problems:
        parts = _PLACE.fullmatch(problem.place)
        if parts is None:
            raise refusal
        reasons.setdefault(int(parts["number"]), []).append(f"{parts['within']}: {problem.message}")
    return reasons
