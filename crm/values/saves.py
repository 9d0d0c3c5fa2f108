"""Values of fields: from what a message brings to the canonical JSON that is stored; when a save changes one.

Canonical forms: text and urls in NFC; integers as numbers; numbers as decimal text ("12.5"); money as
`{"amount": "12.50", "currency": "EUR"}`; dates as "2026-11-21"; datetimes as "2026-11-21T10:30:00+01:00" in
the offset in which they came; users as ids; clients and items as references ("contact:7", "deal:42"); files
as ids. A multiple field is a list of those without repetitions. Everything that is empty is null.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from crm.errors import ValueRefused
from crm.fields import Field, FieldType
from crm.values.json_values import Json, is_empty, show
from crm.values.types import VALUE_TYPES


def normalise(field: Field, value: Json) -> Json:
    """The canonical form of a value that came in a message; null if it is empty.

    Raises `ValueRefused` with what would be right if the field does not allow the value.
    """
    singles = _singles(field, value)
    if not singles:
        return None
    kind = VALUE_TYPES[field.type]
    if not field.multiple:
        return kind.write(parse_single(field, singles[0]))
    first_of_each: dict[Hashable, Any] = {}
    for single in singles:
        parsed = parse_single(field, single)
        first_of_each.setdefault(kind.save_key(parsed), parsed)
    return [kind.write(parsed) for parsed in first_of_each.values()]


def same(field: Field, left: Json, right: Json) -> bool:
    """Whether a save from `left` to `right` is no change (R15), canonical or not.

    A value that the field's type does not allow equals only one that is the same JSON.
    """
    left_keys, right_keys = _save_keys(field, left), _save_keys(field, right)
    if left_keys is None and right_keys is None:
        return left == right
    return left_keys == right_keys


def parse_single(field: Field, value: Json) -> Any:
    """One new value that is not empty, as its type's parsed form (`crm.values.types`).

    Raises `ValueRefused`, also for what is no option of an enumeration.
    """
    if isinstance(value, list):
        raise ValueRefused(f"a list is not allowed here; {field.code} takes one value")
    parsed = VALUE_TYPES[field.type].parse(value)
    if field.type is FieldType.ENUMERATION and field.options and parsed not in field.options:
        raise ValueRefused(f"{show(value)} is no option of {field.code}; it has {', '.join(field.options)}")
    return parsed


def _singles(field: Field, value: Json) -> list[Json]:
    """The single values, not yet parsed; none if it is empty."""
    if field.multiple and isinstance(value, list):
        return [single for single in value if not is_empty(single)]
    return [] if is_empty(value) else [value]


def _save_keys(field: Field, value: Json) -> frozenset[Hashable] | None:
    """What compares as a save does; None if the type does not allow the value.

    An option that the enumeration no longer has is still a value.
    """
    kind = VALUE_TYPES[field.type]
    try:
        return frozenset(kind.save_key(kind.parse(single)) for single in _singles(field, value))
    except ValueRefused:
        return None
