"""Conditions over typed fields: rows of field, operator and value (R19, R20)."""

from __future__ import annotations

from crm.conditions.comparisons import compile_equals
from crm.conditions.operators import OPPOSITES, Operator, allowed_operators
from crm.conditions.rows import (
    CompiledCondition,
    Condition,
    Evaluation,
    FalseRow,
    Row,
    compile_condition,
    compile_rows,
)

__all__ = [
    "OPPOSITES",
    "CompiledCondition",
    "Condition",
    "Evaluation",
    "FalseRow",
    "Operator",
    "Row",
    "allowed_operators",
    "compile_condition",
    "compile_equals",
    "compile_rows",
]
