"""JSON values as they come in messages and stand in the database, whatever the type of their field."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
"""What a JSON document can hold."""

MONEY_KEYS = frozenset({"amount", "currency"})

MAX_SHOWN_CHARACTERS = 60
MAX_SHOWN_INTEGER = 10**MAX_SHOWN_CHARACTERS


def is_empty(value: Json) -> bool:
    """Whether a stored or incoming value is empty (R15, R20), canonical or not.

    Empty are null, empty text, an empty list, money without an amount, and a list of only those.
    0, false and a blank are not.
    """
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            pending.extend(one)
        elif not (one is None or one == "" or (isinstance(one, dict) and _is_money_without_amount(one))):
            return False
    return True


def _is_money_without_amount(value: dict[str, Any]) -> bool:
    return bool(value) and MONEY_KEYS.issuperset(value) and value.get("amount") in (None, "")


def show(value: Json) -> str:
    """One short line for messages: text in quotes, printable whatever it holds; lists are only named."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= MAX_SHOWN_INTEGER:
            # Python refuses to write integers of thousands of digits.
            return "a very long number"
        case int() | float():
            return repr(value)
        case str():
            return repr(shorten(value))
        case list():
            return "a list"
        case _:
            return "an object"


def describe(value: Json) -> str:
    """One line for explanations: plain text unquoted, money and lists written out; nothing for null."""
    match value:
        case None:
            return "nothing"
        case str() if value and value.isprintable() and " " not in value:
            return shorten(value)
        case {"amount": str() | int() | float() as amount, "currency": str() as currency}:
            return f"{describe(amount)} {describe(currency)}"
        case list() if value:
            return shorten(", ".join(map(_describe_part, value)))
        case _:
            return show(value)


def _describe_part(value: Json) -> str:
    return show(value) if isinstance(value, list) else describe(value)


def shorten(text: str) -> str:
    """The text, cut to `MAX_SHOWN_CHARACTERS` with an ellipsis."""
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"
