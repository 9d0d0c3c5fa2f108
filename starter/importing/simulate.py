"""The same plan through `decide()` alone, without any server: how every item must end. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from crm import contract
from crm.authors import first_active
from crm.automations import Automation
from crm.compiled import CompiledAutomation
from crm.decide import changed_item, decide
from crm.decisions import Verdict
from crm.events import read_event
from crm.items import Item
from starter.importing.plan import Plan, PlannedItem


@dataclass(frozen=True, slots=True)
class SimulatedMove:
    """A row of the stage history as it must be; `author` is the user in whose name, null the system."""

    event_id: str
    to_stage: str
    trigger: str | None
    author: int | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """An item after all its events, the verdict on each in order, and its moves."""

    item: Item
    verdicts: tuple[tuple[str, Verdict], ...]
    moves: tuple[SimulatedMove, ...]


def simulate(plan: Plan, automation: Automation, active: Collection[int]) -> tuple[Simulated, ...]:
    """Decide every message of the plan under the automation; an answer for each item, in order.

    `active` are the ids of the users in whose name a move can be made (R6).
    """
    compiled = CompiledAutomation(automation)
    return tuple(_simulate_item(one, compiled, active) for one in plan.items)


def _simulate_item(
    planned: PlannedItem, automation: CompiledAutomation, active: Collection[int]
) -> Simulated:
    item = Item(
        item_type=planned.ref.item_type,
        item_id=planned.ref.item_id,
        pipeline=automation.pipeline,
        stage=next(iter(automation.stages)),
        responsible=planned.responsible,
        fields=planned.fields,
    )
    verdicts: list[tuple[str, Verdict]] = []
    moves: list[SimulatedMove] = []
    for message in planned.messages:
        event = read_event(contract.SIGNAL_ITEM_EVENT, message.content)
        decision = decide(item, automation, event)
        verdicts.append((event.event_id, decision.verdict))
        # What the save's other event writes was seen by the decision, but is not written yet (R16).
        item = changed_item(item, replace(decision.change, views_responsible=False), event)
        if decision.move is not None:
            author = first_active(decision.move.authors, active.__contains__)
            item = replace(item, stage=decision.move.to_stage, arrival=item.arrival + 1)
            moves.append(SimulatedMove(event.event_id, item.stage, decision.move.trigger, author.user))
    return Simulated(item, tuple(verdicts), tuple(moves))
