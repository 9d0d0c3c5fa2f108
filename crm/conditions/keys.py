"""Keys under which conditions compare values (R20): of what an item has, and of what a condition wants."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

from crm.errors import Problem, Refused, ValueRefused
from crm.fields import Field
from crm.values import parse_single
from crm.values.json_values import Json, is_empty
from crm.values.texts import fold, parse_text
from crm.values.types import VALUE_TYPES

Reader: TypeAlias = Callable[[Json], tuple[Any, ...]]
"""The keys of the single values that a stored value consists of; none if it is empty. Never raises."""


def reader(field: Field) -> Reader:
    """Reads stored values; what the field's type does not allow (any more) counts as empty."""
    kind = VALUE_TYPES[field.type]
    return _reader(field, lambda value: kind.condition_key(kind.parse(value)))


def equality_key(field: Field) -> Callable[[Json], Hashable]:
    """Reads what two values have in common exactly if they are equal as `=` has it or empty. Never raises."""
    read = reader(field)
    if field.multiple:
        return lambda value: frozenset(read(value))
    return read


def piece_reader(field: Field) -> Reader:
    """Reads stored texts and urls as that in which a piece is looked for: all without case."""
    parse = VALUE_TYPES[field.type].parse
    return _reader(field, lambda value: fold(parse(value)))


def wanted_key(field: Field, wanted: Json, place: str) -> Any:
    """The key of one wanted value; raises `Refused` if it is empty or the field does not allow it."""
    return _wanted_key(lambda value: _parse_key(field, value), wanted, place)


def wanted_keys(field: Field, wanted: Json, place: str) -> tuple[Any, ...]:
    """The keys of one wanted value or of each in a list; `Refused` names every wrong one."""
    return _wanted_keys(lambda value: _parse_key(field, value), wanted, place)


def wanted_pieces(field: Field, wanted: Json, place: str) -> tuple[str, ...]:
    """The pieces to look for in texts: one, or also a list of them on a multiple field."""
    if field.multiple:
        return _wanted_keys(_parse_piece, wanted, place)
    return (_wanted_key(_parse_piece, wanted, place),)


def _parse_key(field: Field, value: Json) -> Any:
    return VALUE_TYPES[field.type].condition_key(parse_single(field, value))


def _parse_piece(value: Json) -> str:
    return fold(parse_text(value))


def _reader(field: Field, parse_key: Callable[[Json], Any]) -> Reader:
    def read_one(value: Json) -> tuple[Any, ...]:
        if is_empty(value):
            return ()
        try:
            return (parse_key(value),)
        except ValueRefused:
            return ()

    def read_each(value: Json) -> tuple[Any, ...]:
        if not isinstance(value, list):
            return read_one(value)
        return tuple(key for single in value for key in read_one(single))

    return read_each if field.multiple else read_one


def _wanted_keys(parse_key: Callable[[Json], Any], wanted: Json, place: str) -> tuple[Any, ...]:
    if not isinstance(wanted, list):
        return (_wanted_key(parse_key, wanted, place),)
    keys: list[Any] = []
    problems: list[Problem] = []
    for index, single in enumerate(wanted):
        try:
            keys.append(_wanted_key(parse_key, single, f"{place}[{index}]"))
        except Refused as refused:
            problems.extend(refused.problems)
    if problems:
        raise Refused(problems)
    return tuple(keys)


def _wanted_key(parse_key: Callable[[Json], Any], wanted: Json, place: str) -> Any:
    if is_empty(wanted):
        raise Refused([Problem(place, "an empty value is not allowed here")])
    try:
        return parse_key(wanted)
    except ValueRefused as refused:
        raise Refused([Problem(place, str(refused))]) from refused
