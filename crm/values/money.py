"""Money: an amount in a currency. Nothing here converts: different currencies are never compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from crm.errors import ValueRefused
from crm.values.json_values import MONEY_KEYS, Json, show
from crm.values.numbers import parse_decimal, write_decimal

_CURRENCY = re.compile(r"[A-Z]{3}")
_EXAMPLE = 'write it as {"amount": "12.50", "currency": "EUR"}'


@dataclass(frozen=True, slots=True)
class Money:
    """Equal by value: 12.5 EUR is 12.50 EUR. The amount keeps the decimal places that it was given with."""

    amount: Decimal
    currency: str


def parse_money(value: Json) -> Money:
    """Money from `{"amount", "currency"}`; the amount is a number or decimal text."""
    if not isinstance(value, dict) or not MONEY_KEYS.issuperset(value) or "amount" not in value:
        raise ValueRefused(f"{show(value)} is no money; {_EXAMPLE}")
    currency = value.get("currency")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise ValueRefused(f"{show(currency)} is no currency of three capital letters; {_EXAMPLE}")
    return Money(parse_decimal(value["amount"]), currency)


def write_money(money: Money) -> Json:
    """The canonical form, with the amount as decimal text."""
    return {"amount": write_decimal(money.amount), "currency": money.currency}
