"""How the values of each field type are read, written and compared: one row a type."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from crm.errors import ValueRefused
from crm.fields import FieldType
from crm.values.json_values import Json, show
from crm.values.moments import parse_date, parse_datetime
from crm.values.money import parse_money, write_money
from crm.values.numbers import parse_decimal, parse_integer, write_number
from crm.values.references import parse_client, parse_code, parse_file, parse_item, parse_user
from crm.values.texts import fold, fold_url, parse_text, parse_url

Value = TypeVar("Value")


def _itself(value: Any) -> Any:
    return value


def _unitless(value: Any) -> tuple[str, Any]:
    return ("", value)


def parse_boolean(value: Json) -> bool:
    """true or false; neither numbers nor text stand for them."""
    if not isinstance(value, bool):
        raise ValueRefused(f"{show(value)} is neither true nor false")
    return value


@dataclass(frozen=True, slots=True)
class ValueType(Generic[Value]):
    """One single value that is not empty: `parse` reads it from JSON or raises `ValueRefused`.

    `save_key` and `condition_key` turn it into what compares as a save (R15) and as a condition (R20) does.
    The condition keys of types with an order are pairs of a unit and a size: only sizes of one unit compare.
    """

    parse: Callable[[Json], Value]
    write: Callable[[Value], Json] = _itself
    save_key: Callable[[Value], Hashable] = _itself
    condition_key: Callable[[Value], Hashable] = _itself


_TEXT = ValueType(parse_text, condition_key=fold)

VALUE_TYPES: Mapping[FieldType, ValueType[Any]] = MappingProxyType(
    {
        FieldType.STRING: _TEXT,
        FieldType.TEXT: _TEXT,
        FieldType.INTEGER: ValueType(parse_integer, condition_key=_unitless),
        FieldType.NUMBER: ValueType(parse_decimal, write_number, condition_key=_unitless),
        FieldType.MONEY: ValueType(
            parse_money, write_money, condition_key=lambda money: (money.currency, money.amount)
        ),
        FieldType.DATE: ValueType(parse_date, date.isoformat, condition_key=_unitless),
        # Datetimes with offsets are equal, and hash alike, as instants.
        FieldType.DATETIME: ValueType(parse_datetime, datetime.isoformat, condition_key=_unitless),
        FieldType.BOOLEAN: ValueType(parse_boolean),
        FieldType.ENUMERATION: ValueType(parse_code),
        FieldType.USER: ValueType(parse_user),
        FieldType.CLIENT: ValueType(parse_client),
        FieldType.ITEM: ValueType(parse_item),
        FieldType.URL: ValueType(parse_url, save_key=fold_url, condition_key=fold_url),
        FieldType.FILE: ValueType(parse_file),
    }
)
