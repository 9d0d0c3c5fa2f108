"""What one revision of an automation changed of another, in words (R22, R23). Pure."""

from __future__ import annotations

from crm.automations import Automation, Trigger


def changes_between(older: Automation, newer: Automation) -> list[str]:
    """A sentence for each trigger that was added, deleted or changed, in the order of the newer one."""
    before = {trigger.id: trigger for trigger in older.triggers}
    after = {trigger.id: trigger for trigger in newer.triggers}
    sentences = [
        _changed(before[one.id], one) if one.id in before else f"{one.id} was added on {one.stage}"
        for one in newer.triggers
        if before.get(one.id) != one
    ]
    sentences += [f"{one.id} was deleted" for one in older.triggers if one.id not in after]
    kept_before = [one.id for one in older.triggers if one.id in after]
    kept_after = [one.id for one in newer.triggers if one.id in before]
    if kept_before != kept_after:
        sentences.append("the order of the triggers was changed")
    if older.pipeline != newer.pipeline:
        sentences.append("the pipeline's stages were changed")
    if older.fields != newer.fields:
        sentences.append("the fields of the item type were changed")
    return sentences


def _changed(before: Trigger, after: Trigger) -> str:
    names = [name for name in Trigger.model_fields if getattr(before, name) != getattr(after, name)]
    return f"{after.id} was changed: {', '.join(names)}"
