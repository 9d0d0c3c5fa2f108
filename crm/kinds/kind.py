"""What a trigger kind is: one short declaration from which everything else follows.

A module of `crm.kinds` declares each kind with a `Kind(...)`. Validation, the JSON Schemas,
the forms and the reference page are read off that declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from crm.fields import Field
from crm.items import BUILT_IN_TYPES, Item
from crm.kinds.groups import Group
from crm.kinds.languages import Text
from crm.kinds.nested import NestedRecord
from crm.values import Json

S = TypeVar("S", bound=BaseModel)
D = TypeVar("D", bound=BaseModel)


Key: TypeAlias = tuple[Hashable, ...]
"""What a trigger asks an event to bear, so that it can be found without being tried."""

KeyReader: TypeAlias = Callable[[D], Sequence[Key]]
"""Reads the keys that an event's data bears."""


class Settings(BaseModel):
    """Base of a kind's own settings: an unknown one is refused. A docstring of each says what it asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class NoSettings(Settings):
    """None beside the standard ones (R1)."""


class EventData(BaseModel):
    """Base of a kind's event data: unknown keys are ignored (design section 5)."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, use_attribute_docstrings=True
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changes in an item; nothing by default.

    `view_responsible` is the responsible person as the save left it, seen by the decision
    but written by the save's own responsible-changed event (R16).
    """

    fields: Mapping[str, Json] = field(default_factory=dict)
    replaces_responsible: bool = False
    responsible: int | None = None
    executed_documents: tuple[str, ...] | None = None
    views_responsible: bool = False
    view_responsible: int | None = None


NOTHING = Change()


@dataclass(frozen=True, slots=True)
class Applied(Generic[D]):
    """An event held against an item: its data completed from what is known of the item.

    `no_change` is the sentence that says why nothing has changed, None if something has.
    `known` are the fields whose old value was taken from the item because the event has none.
    """

    data: D
    change: Change = NOTHING
    no_change: str | None = None
    known: tuple[str, ...] = ()


class EventRefused(Exception):
    """An event whose data does not fit the item's type; the message is the reason (R15)."""


@dataclass(frozen=True, slots=True)
class Matcher(Generic[D]):
    """A trigger's settings, ready to be held against events.

    `keys` narrow the search: only events that bear one of them can match; empty: any can.
    `fields` are the item's fields that the settings need.
    """

    matches: Callable[[D], bool]
    keys: tuple[Key, ...] = ()
    fields: tuple[str, ...] = ()


def nothing_changes(item: Item, data: D, fields: Mapping[str, Field]) -> Applied[D]:
    """How most events apply to an item: they tell of something outside it."""
    return Applied(data)


def _always(settings: Any, data: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[S, D]):
    """A kind of trigger and of the event that fires it.

    `item_types` are the letters of the catalogue: L lead, D deal, Q quote, I invoice, S smart
    process. An event fits settings if

    - each setting that `equal` names is empty, or is the event's value of that name, or is a list that holds
      it; where their names differ, `equal` is a mapping from the setting's to the event's;
    - `match(settings, data)` says so (default: yes); it never raises;
    - and, where the kind has a `nested` record, the setting `condition` holds for that record.

    Triggers are found by the first setting of `equal` that they give: name the most telling one first.

    `stages` names the settings that hold a stage with its pipeline, as deal:sales/won. One that there is not
    is refused; when it is deleted, the triggers that name it are disabled (R21).

    Three hooks are for kinds about the item's own fields: `apply` holds the event against the
    item; `compile` replaces all of the above where settings need the types of the item's fields, and raises
    `Refused`; `event_keys` goes with it: it is given the keys of all triggers and the fields.
    """

    code: str
    group: Group
    title: Text
    description: Text
    item_types: str
    settings: type[S]
    data: type[D]
    equal: tuple[str, ...] | Mapping[str, str] = ()
    match: Callable[[S, D], bool] = _always
    nested: NestedRecord | None = None
    stages: tuple[str, ...] = ()
    apply: Callable[[Item, D, Mapping[str, Field]], Applied[D]] = nothing_changes
    compile: Callable[[S, Mapping[str, Field], str], Matcher[D]] | None = None
    event_keys: Callable[[Collection[Key], Mapping[str, Field]], KeyReader[D]] | None = None

    def has(self, item_type: str) -> bool:
        """Whether items of this type can have triggers of this kind."""
        letter = item_type[0].upper() if item_type in BUILT_IN_TYPES else "S"
        return letter in self.item_types

    def named_stages(self, settings: S) -> dict[str, str]:
        """The stages that settings name, with their pipelines, each by the setting that names it."""
        given = {name: getattr(settings, name) for name in self.stages}
        return {name: stage for name, stage in given.items() if stage}

    def matcher(self, settings: S, fields: Mapping[str, Field], place: str) -> Matcher[D]:
        """The settings made ready; raises `Refused` with places under `place` (R21)."""
        if self.compile is not None:
            return self.compile(settings, fields, place)
        allowed = self._allowed(settings)
        tests: list[Callable[[D], bool]] = []
        if allowed:
            tests.append(lambda data: all(getattr(data, name) in values for name, values in allowed.items()))
        if self.match is not _always:
            tests.append(partial(self.match, settings))
        if self.nested is not None:
            tests.append(self.nested.test(settings, place))
        keys = [(name, value) for name, values in list(allowed.items())[:1] for value in values]
        return Matcher(_all_of(tests), tuple(dict.fromkeys(keys)))

    def key_reader(self, asked: Collection[Key], fields: Mapping[str, Field]) -> KeyReader[D]:
        """What reads, off an event's data, those of the keys `asked` for that it bears."""
        if self.event_keys is not None:
            return self.event_keys(asked, fields)
        names = tuple(self._names().values())
        return lambda data: [key for name in names if (key := (name, getattr(data, name))) in asked]

    def _names(self) -> Mapping[str, str]:
        """The event's name for each setting of `equal`."""
        return self.equal if isinstance(self.equal, Mapping) else {name: name for name in self.equal}

    def _allowed(self, settings: S) -> dict[str, tuple[Hashable, ...]]:
        """The values that settings ask for, by the event's name for them."""
        given = {name: getattr(settings, setting) for setting, name in self._names().items()}
        return {
            name: value if isinstance(value, tuple) else (value,) for name, value in given.items() if value
        }


AnyKind = Kind[Any, Any]


def _all_of(tests: Sequence[Callable[[D], bool]]) -> Callable[[D], bool]:
    if len(tests) == 1:
        return tests[0]
    return lambda data: all(test(data) for test in tests)
