"""Integers and decimal numbers of any size up to 100 digits, exact."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from crm.errors import ValueRefused
from crm.values.json_values import Json, show

MAX_DIGITS = 100

_LEAST_TOO_LARGE = 10**MAX_DIGITS
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse_integer(value: Json) -> int:
    """A whole number, from a number or decimal text."""
    number = parse_decimal(value)
    whole = int(number)
    if whole != number:
        raise ValueRefused(f"{show(value)} is no whole number; write it as 12")
    return whole


def parse_decimal(value: Json) -> Decimal:
    """A number from a number or decimal text, with the decimal places that it was given with.

    A float counts as its shortest decimal writing: 0.1 is exactly one tenth.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= _LEAST_TOO_LARGE:
            raise _too_long()
        return Decimal(value)
    if not isinstance(value, float | str):
        raise ValueRefused(f"{show(value)} is no number; write it as 12.5")
    text = value if isinstance(value, str) else repr(value)
    if not _DECIMAL.fullmatch(text):
        raise ValueRefused(f"{show(value)} is no number; write it as 12.5")
    return _bound(text)


def write_decimal(number: Decimal) -> str:
    """Decimal text without exponent that keeps the decimal places: "12.50"."""
    return format(number.copy_abs() if number.is_zero() else number, "f")


def write_number(number: Decimal) -> str:
    """Decimal text without exponent and superfluous zeros: "12.5"."""
    text = write_decimal(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bound(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _too_long() from None
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "the pattern lets neither NaN nor infinity through"
    if max(len(digits) + exponent, 1) + max(-exponent, 0) > MAX_DIGITS:
        raise _too_long()
    return Decimal(int(number)) if exponent > 0 else number


def _too_long() -> ValueRefused:
    return ValueRefused(f"a number may have at most {MAX_DIGITS} digits, written without exponent")
