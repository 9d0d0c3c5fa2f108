"""The catalogue of trigger kinds: every declaration, by its code.

A kind is declared in the module of its group, in that module's `KINDS`; CONTRIBUTING.md shows how.
"""

from __future__ import annotations

from crm.kinds import (
    calls,
    chats,
    delivery,
    documents,
    emails,
    forms,
    items,
    linked_items,
    other,
    payment,
    tasks,
)
from crm.kinds.groups import GROUP_TITLES, Group
from crm.kinds.kind import AnyKind, EventRefused, Kind, Matcher
from crm.kinds.languages import Language, Text

__all__ = [
    "CATALOGUE",
    "GROUP_TITLES",
    "AnyKind",
    "EventRefused",
    "Group",
    "Kind",
    "Language",
    "Matcher",
    "Text",
]

_MODULES = (items, linked_items, documents, emails, calls, forms, chats, payment, delivery, tasks, other)
"""In the order in which the catalogue shows their kinds."""

CATALOGUE: dict[str, AnyKind] = {kind.code: kind for module in _MODULES for kind in module.KINDS}
