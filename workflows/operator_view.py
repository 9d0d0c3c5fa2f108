"""What an operator sees of an item: search attributes, and the current details in the Temporal UI."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate, TypedSearchAttributes

from crm import contract
from crm.commits import Outcome
from crm.compiled import CompiledAutomation
from crm.items import Item
from crm.pipelines import stage_reference
from workflows.state import Counters

ITEM_TYPE = SearchAttributeKey.for_keyword(contract.SEARCH_ITEM_TYPE)
PIPELINE = SearchAttributeKey.for_keyword(contract.SEARCH_PIPELINE)
STAGE = SearchAttributeKey.for_keyword(contract.SEARCH_STAGE)
STAGE_SEMANTICS = SearchAttributeKey.for_keyword(contract.SEARCH_STAGE_SEMANTICS)
RESPONSIBLE = SearchAttributeKey.for_keyword(contract.SEARCH_RESPONSIBLE)
LAST_MOVE_AT = SearchAttributeKey.for_datetime(contract.SEARCH_LAST_MOVE_AT)

SHOWN_DECISIONS = 5


def search_attribute_updates(
    current: TypedSearchAttributes, item: Item, automation: CompiledAutomation, moved_at: datetime | None
) -> list[SearchAttributeUpdate[Any]]:
    """The updates that bring the workflow's search attributes to what the item is; none if they are so."""
    semantics = automation.stages[item.stage][1].semantics.value if item.stage in automation.stages else None
    wanted: list[tuple[SearchAttributeKey[str], str | None]] = [
        (ITEM_TYPE, item.item_type),
        (PIPELINE, f"{item.item_type}:{item.pipeline}"),
        (STAGE, stage_reference(item.item_type, item.pipeline, item.stage)),
        (STAGE_SEMANTICS, semantics),
        (RESPONSIBLE, None if item.responsible is None else str(item.responsible)),
    ]
    updates: list[SearchAttributeUpdate[Any]] = [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in wanted
        if current.get(key) != value
    ]
    if moved_at is not None:
        updates.append(LAST_MOVE_AT.value_set(moved_at))
    return updates


def current_details(
    item: Item,
    automation: CompiledAutomation,
    decisions: Sequence[str],
    counters: Counters,
    waiting: str,
) -> str:
    """Markdown for the *User Metadata* tab: where the item stands, what happened, what waits.

    `decisions` are lines from `describe`, the newest last; `waiting` is a `waiting_line`.
    """
    stage = automation.stages.get(item.stage)
    title = f" ({stage[1].title})" if stage and stage[1].title else ""
    responsible = "nobody" if item.responsible is None else f"user {item.responsible}"
    events = (
        f"{counters.handled} handled, {counters.moved} moved, {counters.rejected} rejected, "
        f"{counters.duplicates} duplicates"
    )
    lines = [
        f"**Stage** `{stage_reference(item.item_type, item.pipeline, item.stage)}`{title}  ",
        f"**Responsible** {responsible}  ",
        f"**Automation** revision {automation.revision}  ",
        f"**Events** {events}  ",
        waiting,
        "",
        "**Last decisions**",
        "",
    ]
    lines += [f"- {decision}" for decision in reversed(decisions)] or ["none yet"]
    return "\n".join(lines)


def waiting_line(waiting: int, trouble: str | None) -> str:
    """How many messages wait; while there is trouble, that, and how many wait behind it."""
    count = waiting or "nothing"
    return f"**Waiting** {count}" if trouble is None else f"**Waiting** {trouble}; behind it: {count}"


def describe(outcome: Outcome, considered: str | None) -> str:
    """One decision in a line of markdown; `considered`: in short how the triggers fared, if that is known."""
    line = f"`{outcome.event_id}` {outcome.verdict.value}"
    if outcome.to_stage:
        author = "the system" if outcome.author is None else f"user {outcome.author}"
        line += f" {outcome.from_stage} → {outcome.to_stage} in the name of {author}"
        line += f", trigger *{outcome.trigger_name}*" if outcome.trigger else ", by hand"
    if outcome.reason:
        return f"{line}: {outcome.reason}"
    return f"{line} ({considered})" if considered and not outcome.to_stage else line
