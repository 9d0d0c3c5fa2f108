"""Typed fields of an item type."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

CODE_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"

FieldCode = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
"""Lower-case letters, digits and underscores, at most 63 characters."""

RESPONSIBLE = "responsible"
"""The pseudo field under which conditions test the responsible person (R19)."""

UNWATCHABLE = frozenset({"stage", "pipeline", RESPONSIBLE})
"""What is no field: it has events of its own and can't be watched or saved as one (R15)."""


class FieldType(StrEnum):
    """The types of R20."""

    STRING = "string"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    ENUMERATION = "enumeration"
    USER = "user"
    CLIENT = "client"
    ITEM = "item"
    URL = "url"
    FILE = "file"


class Field(BaseModel):
    """A field of an item type.

    `options` are the allowed codes of an enumeration (empty: any code).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: FieldCode
    type: FieldType
    multiple: bool = False
    title: str = ""
    options: tuple[str, ...] = ()


RESPONSIBLE_FIELD = Field(code=RESPONSIBLE, type=FieldType.USER, title="Responsible person")
