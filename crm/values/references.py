"""Identifiers: users, clients, items, codes of enumerations, files. They compare exactly."""

from __future__ import annotations

import re

from crm.errors import ValueRefused
from crm.values.json_values import Json, show
from crm.values.texts import parse_exact_text

MAX_ID = 2**63 - 1
"""The largest id that PostgreSQL's bigint holds."""

_USER = re.compile(r"(?:user:)?([1-9][0-9]{0,18})")
_CLIENT = re.compile(r"(?:contact|company):([1-9][0-9]{0,18})")
_ITEM = re.compile(r"[a-z][a-z0-9_]{0,62}:([1-9][0-9]{0,18})")


def parse_user(value: Json) -> int:
    """A user's id, from 5, "5" or "user:5"."""
    if isinstance(value, str) and (parts := _USER.fullmatch(value)):
        value = int(parts[1])
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_ID:
        return value
    raise ValueRefused(f"{show(value)} is no user; write the id as 5 or user:5")


def parse_client(value: Json) -> str:
    """A client's reference: "contact:7" or "company:3"."""
    return _parse_reference(value, _CLIENT, "client; write it as contact:7 or company:3")


def parse_item(value: Json) -> str:
    """An item's reference: "deal:42"."""
    return _parse_reference(value, _ITEM, "item; write it as deal:42")


def parse_code(value: Json) -> str:
    """The code of an enumeration's option."""
    if not isinstance(value, str):
        raise ValueRefused(f"{show(value)} is no code of an option; write it as text")
    return parse_exact_text(value)


def parse_file(value: Json) -> str:
    """A file's id, given as text or as an object with `id`.

    What else the object says (a name, a size) belongs to the file, not to the field, and is not kept.
    """
    file_id = value.get("id") if isinstance(value, dict) else value
    if not isinstance(file_id, str) or not file_id:
        raise ValueRefused(f'{show(value)} is no file; write its id as text or as {{"id": "f-17"}}')
    return parse_exact_text(file_id)


def _parse_reference(value: Json, pattern: re.Pattern[str], right: str) -> str:
    if isinstance(value, str) and (parts := pattern.fullmatch(value)) and int(parts[1]) <= MAX_ID:
        return value
    raise ValueRefused(f"{show(value)} is no {right}")
