"""Items: one record of an item type, and its reference in text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from crm.errors import CrmError
from crm.fields import RESPONSIBLE
from crm.values import Json

BUILT_IN_TYPES = ("lead", "deal", "quote", "invoice")
"""Every other item type is a smart process, which an administrator defines."""

_REF = re.compile(r"([a-z][a-z0-9_]{0,62}):([1-9][0-9]{0,17})")


class ItemRefError(CrmError):
    """A text that is no reference to an item."""


@dataclass(frozen=True, slots=True, order=True)
class ItemRef:
    """`deal:42`: an item type and the number of an item of that type (from 1)."""

    item_type: str
    item_id: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `deal:42`; raises `ItemRefError` on anything else."""
        match = _REF.fullmatch(text)
        if match is None:
            raise ItemRefError(f"{text!r} is no reference to an item; write it as deal:42")
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.item_type}:{self.item_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a decision knows of an item.

    `fields` holds canonical JSON (crm.values) by field code, and may be a part of the
    item's fields: a code that is absent is unknown here, one that is null is empty.
    `executed_documents` are the documents that stand executed (R17). `arrival` is the
    number of the item's newest stage-history row, from 1. `version` grows with each change.
    """

    item_type: str
    item_id: int
    pipeline: str
    stage: str
    responsible: int | None = None
    fields: Mapping[str, Json] = field(default_factory=dict)
    executed_documents: tuple[str, ...] = ()
    version: int = 1
    arrival: int = 1

    @property
    def ref(self) -> ItemRef:
        return ItemRef(self.item_type, self.item_id)

    def values(self) -> dict[str, Json]:
        """The values that a condition tests: the fields and the responsible person (R19)."""
        return {**self.fields, RESPONSIBLE: self.responsible}
