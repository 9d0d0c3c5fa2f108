"""An automation made ready for decisions: its triggers by kind, in pipeline order, indexed.

Workers share one copy per content (`load`); it is immutable but for the partitions that it
remembers, which depend on nothing but itself.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from crm.automations import (
    Automation,
    Trigger,
    TriggerState,
    compile_settings,
    compile_trigger_condition,
)
from crm.conditions import CompiledCondition
from crm.errors import Refused
from crm.fields import Field
from crm.kinds import CATALOGUE, AnyKind, Matcher
from crm.pipelines import Semantics, Stage


@dataclass(frozen=True, slots=True)
class CompiledTrigger:
    """A trigger with its target's position, its settings and its condition ready to evaluate."""

    trigger: Trigger
    position: int
    matcher: Matcher[Any]
    condition: CompiledCondition


@dataclass(frozen=True, slots=True)
class Partition:
    """A kind's triggers as seen from one stage (R3, R5): ordinals by why they are no candidates."""

    on_current_stage: tuple[int, ...]
    closed: tuple[int, ...]
    backward: tuple[int, ...]
    candidates: tuple[int, ...]
    is_candidate: frozenset[int]


@dataclass(slots=True)
class KindTriggers:
    """The enabled triggers of one kind, in pipeline order and then in their own (R4).

    A trigger's ordinal is its place in `triggers`, from 0.
    """

    kind: AnyKind
    triggers: tuple[CompiledTrigger, ...]
    by_key: dict[str, list[int]] = field(default_factory=dict)
    without_keys: list[int] = field(default_factory=list)
    _partitions: dict[int, Partition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ordinal, compiled in enumerate(self.triggers):
            if not compiled.matcher.keys:
                self.without_keys.append(ordinal)
            for key in compiled.matcher.keys:
                self.by_key.setdefault(key, []).append(ordinal)

    def possible(self, data: Any) -> Sequence[int]:
        """Ordinals, ascending, of the triggers whose settings may match this event data."""
        keys = [key for key in self.kind.keys_of(data) if key in self.by_key]
        if not keys:
            return self.without_keys
        if len(keys) == 1 and not self.without_keys:
            return self.by_key[keys[0]]
        merged = dict.fromkeys(self.without_keys)
        for key in keys:
            merged.update(dict.fromkeys(self.by_key[key]))
        return sorted(merged)

    def partition(self, position: int, semantics: Semantics) -> Partition:
        """Which triggers are candidates for an item that stands at `position`."""
        found = self._partitions.get(position)
        if found is None:
            found = self._partitions[position] = self._divide(position, semantics.closed)
        return found

    def _divide(self, position: int, item_is_closed: bool) -> Partition:
        current: list[int] = []
        closed: list[int] = []
        backward: list[int] = []
        candidates: list[int] = []
        for ordinal, compiled in enumerate(self.triggers):
            allowed = compiled.trigger.allow_previous_stage
            if compiled.position == position:
                current.append(ordinal)
            elif item_is_closed and not allowed:
                closed.append(ordinal)
            elif compiled.position < position and not allowed:
                backward.append(ordinal)
            else:
                candidates.append(ordinal)
        return Partition(
            tuple(current), tuple(closed), tuple(backward), tuple(candidates), frozenset(candidates)
        )


class CompiledAutomation:
    """What `decide()` reads.

    A trigger that was valid when it was saved may not be so for other code than that which saved it. It is
    left out, and `left_out` says why by its id: the item's other triggers must go on.
    """

    def __init__(self, automation: Automation) -> None:
        self.automation = automation
        self.revision = automation.revision
        self.pipeline = automation.pipeline.code
        self.fields: dict[str, Field] = {field.code: field for field in automation.fields}
        self.stages: dict[str, tuple[int, Stage]] = {
            stage.code: (position, stage) for position, stage in enumerate(automation.pipeline.stages)
        }
        self.left_out: dict[str, str] = {}
        self.by_kind = self._triggers_by_kind()
        self.fields_read = self._fields_read()

    def _triggers_by_kind(self) -> dict[str, KindTriggers]:
        conditionable = self.automation.field_map()
        compiled: dict[str, list[CompiledTrigger]] = {}
        for number, trigger in enumerate(self.automation.triggers):
            if trigger.state is not TriggerState.ENABLED or trigger.stage not in self.stages:
                continue
            place = f"triggers[{number}]"
            try:
                one = CompiledTrigger(
                    trigger,
                    self.stages[trigger.stage][0],
                    compile_settings(trigger, self.automation, place),
                    compile_trigger_condition(trigger, conditionable, place),
                )
            except Refused as refusal:
                self.left_out[trigger.id] = str(refusal)
            else:
                compiled.setdefault(trigger.kind, []).append(one)
        return {
            kind: KindTriggers(CATALOGUE[kind], tuple(sorted(triggers, key=lambda one: one.position)))
            for kind, triggers in compiled.items()
        }

    def _fields_read(self) -> tuple[str, ...]:
        """The item's fields that a decision can need, in the order of the type's fields."""
        needed: dict[str, None] = {}
        for kind in self.by_kind.values():
            for compiled in kind.triggers:
                needed.update(dict.fromkeys(compiled.matcher.fields))
                needed.update(dict.fromkeys(compiled.condition.fields))
        return tuple(code for code in self.fields if code in needed)


def pack(automation: Automation) -> str:
    """The automation as it enters an item's history: enabled triggers alone, compressed, in base64."""
    enabled = tuple(one for one in automation.triggers if one.state is TriggerState.ENABLED)
    content = automation.model_copy(update={"triggers": enabled}).model_dump_json(exclude_defaults=True)
    return base64.b64encode(zlib.compress(content.encode(), 6)).decode()


@lru_cache(maxsize=256)
def load(packed: str) -> CompiledAutomation:
    """The compiled automation of a packed one; the same content gives the same object."""
    content = zlib.decompress(base64.b64decode(packed))
    return CompiledAutomation(Automation.model_validate_json(content))


def ranges(ordinals: Iterable[int]) -> str:
    """Ascending ordinals in short: `0-3,7`."""
    spans: list[list[int]] = []
    for ordinal in ordinals:
        if spans and spans[-1][1] == ordinal - 1:
            spans[-1][1] = ordinal
        else:
            spans.append([ordinal, ordinal])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
