"""Values of fields: what a message may bring, its canonical form, and when two are the same (R15, R20)."""

from __future__ import annotations

from crm.values.json_values import Json, describe, is_empty, shorten, show
from crm.values.saves import normalise, parse_single, same

__all__ = ["Json", "describe", "is_empty", "normalise", "parse_single", "same", "shorten", "show"]
