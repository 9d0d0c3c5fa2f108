"""One comparison of a field's value with a wanted value, prepared once and then asked often (R20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import Any, TypeAlias

from crm.conditions.keys import piece_reader, reader, wanted_key, wanted_keys, wanted_pieces
from crm.conditions.operators import OPPOSITES, Operator, allowed_operators
from crm.errors import Problem, Refused
from crm.fields import Field, FieldType
from crm.values.json_values import Json, is_empty

Test: TypeAlias = Callable[[Json], bool]
"""Whether an item's value, as it is stored, satisfies a comparison. Never raises."""

_ORDER: Mapping[Operator, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        Operator.GREATER: gt,
        Operator.GREATER_OR_EQUAL: ge,
        Operator.LESS: lt,
        Operator.LESS_OR_EQUAL: le,
    }
)


def compile_equals(field: Field, wanted: Json, place: str) -> Test:
    """The test for `was` and `becomes` of a watched field (R15): as `=`, or emptiness if `wanted` is empty.

    Raises `Refused` with a problem at `place` if the field's type does not allow the value.
    """
    if is_empty(wanted):
        return _is_empty(field)
    if Operator.EQUAL not in allowed_operators(field):
        message = f"a {field.type} field such as {field.code} can only be compared with null (empty)"
        raise Refused([Problem(place, message)])
    return _equals(field, wanted, place)


def compile_test(field: Field, operator: Operator, wanted: Json, place: str) -> Test:
    """The test of one row of a condition (R20); `place` is that of the wanted value.

    Expects an operator that the field allows. Raises `Refused` if it does not allow the wanted value.
    """
    if operator in OPPOSITES:
        positive = compile_test(field, OPPOSITES[operator], wanted, place)
        return lambda actual: not positive(actual)
    if operator is Operator.EMPTY:
        if not is_empty(wanted):
            raise Refused([Problem(place, "empty and not empty take no value")])
        return _is_empty(field)
    if is_empty(wanted):
        raise Refused([Problem(place, "the value is missing; to ask for emptiness, use the operator empty")])
    match operator:
        case Operator.EQUAL:
            return _equals(field, wanted, place)
        case Operator.IN:
            return _is_in(field, wanted, place)
        case Operator.CONTAINS:
            return _contains(field, wanted, place)
        case Operator.BETWEEN:
            return _is_between(field, wanted, place)
        case _:
            return _is_ordered(field, _ORDER[operator], wanted, place)


def _is_empty(field: Field) -> Test:
    read = reader(field)
    return lambda actual: not read(actual)


def _equals(field: Field, wanted: Json, place: str) -> Test:
    """On a multiple field one wanted value stands for the set of it."""
    read = reader(field)
    if field.multiple:
        keys = frozenset(wanted_keys(field, wanted, place))
        return lambda actual: keys == frozenset(read(actual))
    key = wanted_key(field, wanted, place)
    return lambda actual: (key,) == read(actual)


def _is_in(field: Field, wanted: Json, place: str) -> Test:
    if not isinstance(wanted, list):
        raise Refused([Problem(place, "in and not in take a list of values")])
    read = reader(field)
    keys = frozenset(wanted_keys(field, wanted, place))
    return lambda actual: not keys.isdisjoint(read(actual))


def _contains(field: Field, wanted: Json, place: str) -> Test:
    """A piece of the text for a single text and for urls; whole values for other multiple fields."""
    if field.multiple and field.type is not FieldType.URL:
        read = reader(field)
        keys = frozenset(wanted_keys(field, wanted, place))
        return lambda actual: keys.issubset(read(actual))
    read_texts = piece_reader(field)
    pieces = wanted_pieces(field, wanted, place)
    return lambda actual: _hold_all(read_texts(actual), pieces)


def _hold_all(texts: tuple[str, ...], pieces: tuple[str, ...]) -> bool:
    return all(any(piece in text for text in texts) for piece in pieces)


def _is_between(field: Field, wanted: Json, place: str) -> Test:
    if not isinstance(wanted, list) or len(wanted) != 2:
        raise Refused([Problem(place, "between takes a list of two values, the lower limit first")])
    (unit, low), (upper_unit, high) = wanted_keys(field, wanted, place)
    if unit != upper_unit:
        raise Refused([Problem(place, f"the limits are in two currencies, {unit} and {upper_unit}")])
    if low > high:
        raise Refused([Problem(place, "the limits are reversed; write the lower one first")])
    read = reader(field)
    return lambda actual: any(own == unit and low <= size <= high for own, size in read(actual))


def _is_ordered(field: Field, holds: Callable[[Any, Any], bool], wanted: Json, place: str) -> Test:
    unit, limit = wanted_key(field, wanted, place)
    read = reader(field)
    return lambda actual: any(own == unit and holds(size, limit) for own, size in read(actual))
