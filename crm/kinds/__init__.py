"""The catalogue of trigger kinds: every declaration, by its code.

A kind is declared in the module of its group, in that module's `KINDS`; CONTRIBUTING.md shows how.
"""

from __future__ import annotations

from crm.kinds import documents, items
from crm.kinds.kind import AnyKind, EventRefused, Group, Kind, Matcher, Text

__all__ = ["CATALOGUE", "AnyKind", "EventRefused", "Group", "Kind", "Matcher", "Text"]

_MODULES = (items, documents)

CATALOGUE: dict[str, AnyKind] = {kind.code: kind for module in _MODULES for kind in module.KINDS}
