"""An automation made ready for decisions: its triggers by kind, in pipeline order, indexed.

Workers share one copy per content (`load`); it is immutable but for the partitions that it
remembers, which depend on nothing but itself.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from crm.kinds.kind import Key, KeyReader
from crm.pipelines import Semantics, Stage
from crm.ranges import Ranges


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

    on_current_stage: Ranges
    closed: Ranges
    backward: Ranges
    candidates: Ranges
    is_candidate: frozenset[int]


class KindTriggers:
    """The enabled triggers of one kind, in pipeline order and then in their own (R4).

    A trigger's ordinal is its place in `triggers`, from 0. `fields` are those of the item type.
    """

    def __init__(
        self, kind: AnyKind, triggers: Sequence[CompiledTrigger], fields: Mapping[str, Field]
    ) -> None:
        self.triggers = tuple(triggers)
        self._matches = [compiled.matcher.matches for compiled in triggers]
        self._by_key: dict[Key, list[int]] = {}
        self._without_keys: list[int] = []
        for ordinal, compiled in enumerate(self.triggers):
            if not compiled.matcher.keys:
                self._without_keys.append(ordinal)
            for key in compiled.matcher.keys:
                self._by_key.setdefault(key, []).append(ordinal)
        self._keys_of: KeyReader[Any] = kind.key_reader(self._by_key, fields)
        self._partitions: dict[int, Partition] = {}

    def possible(self, data: Any) -> Sequence[int]:
        """Ordinals, ascending, of the triggers whose settings may match this event data."""
        found = [self._by_key[key] for key in self._keys_of(data)]
        if self._without_keys:
            found.append(self._without_keys)
        if len(found) <= 1:
            return found[0] if found else ()
        return sorted(dict.fromkeys(ordinal for some in found for ordinal in some))

    def matching(self, data: Any, partition: Partition) -> Iterator[int]:
        """Ordinals, ascending, of the candidates whose settings match this event data."""
        is_candidate, matches = partition.is_candidate, self._matches
        return (one for one in self.possible(data) if one in is_candidate and matches[one](data))

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
            Ranges.of(current),
            Ranges.of(closed),
            Ranges.of(backward),
            Ranges.of(candidates),
            frozenset(candidates),
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
            kind: KindTriggers(CATALOGUE[kind], sorted(triggers, key=lambda one: one.position), self.fields)
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


def pack(automation: Automation, left_out: Collection[str] = ()) -> str:
    """The automation as it enters an item's history: enabled triggers alone, compressed, in base64.

    Without those that this code left out: a replay by later code, which may know them, must not take them in.
    """
    enabled = tuple(
        one for one in automation.triggers if one.state is TriggerState.ENABLED and one.id not in left_out
    )
    content = automation.model_copy(update={"triggers": enabled}).model_dump_json(exclude_defaults=True)
    return base64.b64encode(zlib.compress(content.encode(), 6)).decode()


@lru_cache(maxsize=256)
def load(packed: str) -> CompiledAutomation:
    """The compiled automation of a packed one; the same content gives the same object."""
    content = zlib.decompress(base64.b64decode(packed))
    return CompiledAutomation(Automation.model_validate_json(content))
