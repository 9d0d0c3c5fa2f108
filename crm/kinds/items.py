"""Kinds about the item itself: a field or the responsible person changed (R15, R16)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from annotated_types import MinLen
from pydantic import BaseModel, ConfigDict

from crm.conditions import compile_equals
from crm.conditions.keys import equality_key
from crm.errors import Problem, Refused, ValueRefused
from crm.fields import UNWATCHABLE, Field
from crm.items import Item
from crm.kinds.data_types import Several, UnlikeNull
from crm.kinds.groups import Group
from crm.kinds.kind import (
    Applied,
    Change,
    EventData,
    EventRefused,
    Key,
    KeyReader,
    Kind,
    Matcher,
    Settings,
)
from crm.kinds.languages import Text
from crm.users import UserId
from crm.values import Json, normalise, same, show


class WatchedField(BaseModel):
    """A field to watch; `was` and `becomes` narrow it. Absent: any value; null: empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    was: UnlikeNull[Any] = None
    becomes: UnlikeNull[Any] = None


class FieldChangedSettings(Settings):
    # A list: of a tuple with a wrong item, pydantic also says that it is empty.
    fields: Annotated[list[WatchedField], MinLen(1)]
    """The fields to watch; one of them is enough. `was` and `becomes`: absent any value, null empty."""


class FieldChange(BaseModel):
    """A field's old and new value; without `old`, the value known of the item counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    old: UnlikeNull[Any] = None
    new: Any


class FieldChangedData(EventData):
    """All fields that one save changed."""

    changes: Annotated[dict[str, FieldChange], MinLen(1)]
    """The changed fields by code; without `old`, the value known of the item counts."""

    responsible: UnlikeNull[UserId | None] = None
    """The responsible person as the save left it, where the same save replaced that person too.

    The save's responsible-changed event writes it (R16).
    """


@dataclass(frozen=True, slots=True)
class _Watch:
    field: str
    was: Callable[[Json], bool] | None
    becomes: Callable[[Json], bool] | None
    key: Key

    def sees(self, changes: Mapping[str, FieldChange]) -> bool:
        change = changes.get(self.field)
        return (
            change is not None
            and (self.was is None or self.was(change.old))
            and (self.becomes is None or self.becomes(change.new))
        )


def _compile_field_changed(
    settings: FieldChangedSettings, fields: Mapping[str, Field], place: str
) -> Matcher[FieldChangedData]:
    watches: list[_Watch] = []
    problems: list[Problem] = []
    for number, watched in enumerate(settings.fields):
        here = f"{place}.fields[{number}]"
        try:
            field = known_field(watched.field, fields)
        except EventRefused as refusal:
            problems.append(Problem(f"{here}.field", str(refusal)))
            continue
        tests: dict[str, Callable[[Json], bool] | None] = {"was": None, "becomes": None}
        for name in tests:
            if name in watched.model_fields_set:
                try:
                    tests[name] = compile_equals(field, getattr(watched, name), f"{here}.{name}")
                except Refused as refusal:
                    problems.extend(refusal.problems)
        watches.append(_Watch(field.code, **tests, key=_key_of(watched, field)))
    if problems:
        raise Refused(problems)
    return Matcher(
        lambda data: any(watch.sees(data.changes) for watch in watches),
        keys=tuple(dict.fromkeys(watch.key for watch in watches)),
        fields=tuple(dict.fromkeys(watch.field for watch in watches)),
    )


def _key_of(watched: WatchedField, field: Field) -> Key:
    """The field, with the value that it must become, else with that which it must have had, if any."""
    for side in ("becomes", "was"):
        if side in watched.model_fields_set:
            return (field.code, side, equality_key(field)(getattr(watched, side)))
    return (field.code,)


def _changed_keys(asked: Collection[Key], fields: Mapping[str, Field]) -> KeyReader[FieldChangedData]:
    """Reads values only of fields of which some trigger asks one: a text may be long."""
    readers: dict[tuple[Hashable, ...], Callable[[Json], Hashable]] = {
        key[:2]: equality_key(fields[str(key[0])]) for key in asked if len(key) > 1
    }

    def read(data: FieldChangedData) -> list[Key]:
        keys: list[Key] = []
        for code, change in data.changes.items():
            keys.append((code,))
            for side, value in (("becomes", change.new), ("was", change.old)):
                if (code, side) in readers:
                    keys.append((code, side, readers[code, side](value)))
        return [key for key in keys if key in asked]

    return read


def known_field(code: str, fields: Mapping[str, Field]) -> Field:
    """The field that can be watched and saved under this code; raises `EventRefused` (R15)."""
    if code in UNWATCHABLE:
        raise EventRefused(f"{code!r} is no field: it has an event of its own")
    if code not in fields:
        near = get_close_matches(code, list(fields), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise EventRefused(f"unknown field {show(code)}{hint}")
    return fields[code]


def _with_any_option(field: Field) -> Field:
    """For old values: an enumeration may have had options that were removed since."""
    return field.model_copy(update={"options": ()}) if field.options else field


def _apply_field_changed(
    item: Item, data: FieldChangedData, fields: Mapping[str, Field]
) -> Applied[FieldChangedData]:
    changed: dict[str, FieldChange] = {}
    known: list[str] = []
    for code, change in data.changes.items():
        field = known_field(code, fields)
        has_old = "old" in change.model_fields_set
        try:
            new = normalise(field, change.new)
            old = normalise(_with_any_option(field), change.old) if has_old else item.fields.get(code)
        except ValueRefused as refusal:
            raise EventRefused(f"data.changes.{code}: {refusal}") from refusal
        if not has_old:
            known.append(code)
        if not same(field, old, new):
            changed[code] = FieldChange(old=old, new=new)
    completed = data.model_copy(update={"changes": changed})
    change_of_item = Change(
        fields={code: change.new for code, change in changed.items()},
        views_responsible="responsible" in data.model_fields_set,
        view_responsible=data.responsible,
    )
    no_change = None if changed else "the save left every value as it was"
    return Applied(completed, change_of_item, no_change, tuple(known))


class ResponsibleChangedSettings(Settings):
    new_responsible: Several[UserId] = ()
    """Only if the new responsible person is one of these users; empty: any, or nobody."""


class ResponsibleChangedData(EventData):
    """The responsible person before and after; null is nobody."""

    old: UnlikeNull[UserId | None] = None
    """The responsible person before; where it is absent, the known one counts."""

    new: UserId | None
    """The responsible person now."""


def _apply_responsible_changed(
    item: Item, data: ResponsibleChangedData, fields: Mapping[str, Field]
) -> Applied[ResponsibleChangedData]:
    old = data.old if "old" in data.model_fields_set else item.responsible
    completed = ResponsibleChangedData(old=old, new=data.new)
    no_change = "the responsible person was this one already" if old == data.new else None
    return Applied(completed, Change(replaces_responsible=True, responsible=data.new), no_change)


FIELD_CHANGED = Kind(
    code="field_changed",
    group=Group.ITEMS,
    title=Text("Field changed", "Champ modifié", "Campo modificato"),
    description=Text(
        "A watched field of the item got a new value.",
        "Un champ surveillé de l'élément a reçu une nouvelle valeur.",
        "Un campo osservato dell'elemento ha ricevuto un nuovo valore.",
    ),
    item_types="LDQIS",
    settings=FieldChangedSettings,
    data=FieldChangedData,
    apply=_apply_field_changed,
    compile=_compile_field_changed,
    event_keys=_changed_keys,
)

RESPONSIBLE_CHANGED = Kind(
    code="responsible_changed",
    group=Group.ITEMS,
    title=Text("Responsible person changed", "Responsable modifié", "Responsabile modificato"),
    description=Text(
        "The responsible person was replaced.",
        "La personne responsable a été remplacée.",
        "La persona responsabile è stata sostituita.",
    ),
    item_types="LDQIS",
    settings=ResponsibleChangedSettings,
    data=ResponsibleChangedData,
    apply=_apply_responsible_changed,
    equal={"new_responsible": "new"},
)

KINDS = (FIELD_CHANGED, RESPONSIBLE_CHANGED)
