"""Values as they are typed at a prompt: `amount=1200`, `tags='["a","b"]'`, `contract=file-17`. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

import typer

from crm.errors import Problem, Refused, ValueRefused
from crm.fields import Field, FieldType
from crm.kinds import EventRefused
from crm.kinds.items import known_field
from crm.values import Json, normalise

_WRITTEN_AS_TEXT = frozenset(FieldType) - {
    FieldType.INTEGER,
    FieldType.NUMBER,
    FieldType.MONEY,
    FieldType.BOOLEAN,
    FieldType.USER,
}
"""Types whose JSON is text, so that anything else that looks like JSON is taken as the text that it is."""

_AMOUNT_AND_CURRENCY = re.compile(r"(?P<amount>[-+]?[0-9.]+) *(?P<currency>[A-Z]{3})")


def split_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """`field=value` each; one that is not so, or a field that is there twice, is a wrong usage."""
    texts: dict[str, str] = {}
    for assignment in assignments:
        code, equals, text = assignment.partition("=")
        if not equals or not code:
            raise typer.BadParameter(f"{assignment!r} is no assignment; write it as contract=file-17")
        if code in texts:
            raise typer.BadParameter(f"the field {code!r} is there twice")
        texts[code] = text
    return texts


def read_values(texts: Mapping[str, str], fields: Mapping[str, Field]) -> dict[str, Json]:
    """The canonical values; raises `Refused` with every unknown field and wrong value."""
    values: dict[str, Json] = {}
    problems: list[Problem] = []
    for code, text in texts.items():
        try:
            field = known_field(code, fields)
            values[code] = normalise(field, read_value(field, text))
        except EventRefused as refusal:
            problems.append(Problem(code, str(refusal)))
        except ValueRefused as refusal:
            shorter = f' or {code}="12.50 EUR"' if field.type is FieldType.MONEY else ""
            problems.append(Problem(code, f"{refusal}{shorter}"))
    if problems:
        raise Refused(problems)
    return values


def read_value(field: Field, text: str) -> Json:
    """What was typed for the field, before it is checked: JSON where that is meant, else text.

    Nothing and `null` are empty; a text that looks like JSON can be given in double quotes.
    """
    try:
        # Numbers stay as they were written: a float could not hold every amount.
        parsed: Json = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        parsed = text
    if parsed is None or (field.multiple and isinstance(parsed, list)):
        return parsed
    if field.type is FieldType.MONEY and (parts := _AMOUNT_AND_CURRENCY.fullmatch(text)):
        return parts.groupdict()
    if field.type in _WRITTEN_AS_TEXT:
        quoted = isinstance(parsed, str) and text.lstrip().startswith('"')
        is_object = field.type is FieldType.FILE and isinstance(parsed, dict)
        return parsed if quoted or is_object else text
    return parsed


def users_in(values: Mapping[str, Json], fields: Mapping[str, Field]) -> list[int]:
    """Every user that canonical values of user fields name."""
    named: list[int] = []
    for code, value in values.items():
        if fields[code].type is FieldType.USER:
            named += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)]
    return named
