"""Users in messages and settings: by id, in the forms in which fields take them (R20)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from crm.errors import ValueRefused
from crm.values.references import parse_user


def _read_user(value: Any) -> int:
    try:
        return parse_user(value)
    except ValueRefused as refused:
        raise PydanticCustomError("user", "{reason}", {"reason": str(refused)}) from refused


UserId = Annotated[
    int, BeforeValidator(_read_user), WithJsonSchema({"type": ["integer", "string"], "format": "user"})
]
"""A user's id, from 5, "5" or "user:5"."""
