"""The operators of conditions, and which of them each field type allows (R20)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from crm.fields import Field, FieldType


class Operator(StrEnum):
    """In their written forms."""

    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not contains"
    EMPTY = "empty"
    NOT_EMPTY = "not empty"


OPPOSITES: Mapping[Operator, Operator] = MappingProxyType(
    {
        Operator.NOT_EQUAL: Operator.EQUAL,
        Operator.NOT_IN: Operator.IN,
        Operator.NOT_CONTAINS: Operator.CONTAINS,
        Operator.NOT_EMPTY: Operator.EMPTY,
    }
)
"""Each negative operator with the one that it is the exact opposite of."""

_EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL)
_ORDER = (
    Operator.GREATER,
    Operator.GREATER_OR_EQUAL,
    Operator.LESS,
    Operator.LESS_OR_EQUAL,
    Operator.BETWEEN,
)
_MEMBERSHIP = (Operator.IN, Operator.NOT_IN)
_CONTENT = (Operator.CONTAINS, Operator.NOT_CONTAINS)
_EMPTINESS = (Operator.EMPTY, Operator.NOT_EMPTY)

_TEXTS = _EQUALITY + _MEMBERSHIP + _CONTENT
_QUANTITIES = _EQUALITY + _ORDER + _MEMBERSHIP
_IDENTIFIERS = _EQUALITY + _MEMBERSHIP

_BY_TYPE: Mapping[FieldType, tuple[Operator, ...]] = MappingProxyType(
    {
        FieldType.STRING: _TEXTS,
        FieldType.TEXT: _TEXTS,
        FieldType.INTEGER: _QUANTITIES,
        FieldType.NUMBER: _QUANTITIES,
        FieldType.MONEY: _QUANTITIES,
        FieldType.DATE: _QUANTITIES,
        FieldType.DATETIME: _QUANTITIES,
        FieldType.BOOLEAN: _EQUALITY,
        FieldType.ENUMERATION: _IDENTIFIERS,
        FieldType.USER: _IDENTIFIERS,
        FieldType.CLIENT: _IDENTIFIERS,
        FieldType.ITEM: _IDENTIFIERS,
        FieldType.URL: _EQUALITY + _CONTENT,
        FieldType.FILE: (),
    }
)


def allowed_operators(field: Field) -> tuple[Operator, ...]:
    """The operators that a condition may use on the field (R20)."""
    operators = _BY_TYPE[field.type]
    if field.multiple and operators == _IDENTIFIERS:
        operators += _CONTENT
    return operators + _EMPTINESS
