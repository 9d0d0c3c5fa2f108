"""Conditions: rows of field, operator and value, joined by AND and OR (R19)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from crm.conditions.comparisons import Test, compile_test
from crm.conditions.operators import Operator, allowed_operators
from crm.errors import Problem, Refused, place_of
from crm.fields import Field
from crm.values.json_values import Json, describe


class Row(BaseModel):
    """One row; `join` says how it is joined to the next (the last row's is ignored)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    operator: Operator
    value: Json = None
    join: Literal["and", "or"] = "and"


Condition: TypeAlias = tuple[Row, ...]

_ROWS = TypeAdapter(Condition)


@dataclass(frozen=True, slots=True)
class FalseRow:
    """Why a group of rows is false: its first false row, with the item's value (R14).

    `row` is the row's index in the condition, `wanted` its value as configured, `actual` the item's value.
    """

    row: int
    field: str
    operator: str
    wanted: Json
    actual: Json

    def sentence(self) -> str:
        """One line for a person, whatever the values hold."""
        asked = f"{self.field} {self.operator}"
        if self.operator == Operator.BETWEEN and isinstance(self.wanted, list):
            asked += " " + " and ".join(map(describe, self.wanted))
        elif self.wanted is not None:
            asked += f" {describe(self.wanted)}"
        return f"{asked} is false: the item has {describe(self.actual)}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a condition found in an item.

    `false_rows` holds the first false row of each OR group, none if the condition holds. `fields_read` are
    the codes of the fields that were looked at, in order: groups are tried until one holds, the rows of a
    group until one is false.
    """

    holds: bool
    false_rows: tuple[FalseRow, ...]
    fields_read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _CompiledRow:
    index: int
    row: Row
    test: Test


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition ready to be evaluated; `fields` are the codes of all fields that it names, in order."""

    fields: tuple[str, ...]
    groups: tuple[tuple[_CompiledRow, ...], ...]

    def evaluate(self, values: Mapping[str, Json]) -> Evaluation:
        """Evaluates the condition on canonical values by field code; a missing one is empty. Never raises.

        A value that its field's type does not allow (any more) counts as empty.
        """
        false_rows: list[FalseRow] = []
        read: dict[str, None] = {}
        for group in self.groups:
            false_row = _first_false(group, values, read)
            if false_row is None:
                return Evaluation(True, (), tuple(read))
            false_rows.append(false_row)
        return Evaluation(not self.groups, tuple(false_rows), tuple(read))


def compile_rows(
    rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Field], place: str
) -> CompiledCondition:
    """`compile_condition` for rows as they were written; raises `Refused` for what is no row, too."""
    try:
        read = _ROWS.validate_python(rows)
    except ValidationError as error:
        raise Refused(
            Problem(place_of([place, *detail["loc"]]), detail["msg"])
            for detail in error.errors(include_url=False)
        ) from error
    return compile_condition(read, fields, place)


def compile_condition(rows: Sequence[Row], fields: Mapping[str, Field], place: str) -> CompiledCondition:
    """Checks the rows against the fields (R20, R21) and prepares their comparisons.

    `fields` are all that a condition may name, the pseudo field `responsible` included. Raises `Refused` with
    the problems of all wrong rows, at places such as `{place}[0].value`.
    """
    groups: list[list[_CompiledRow]] = []
    problems: list[Problem] = []
    starts_group = True
    for index, row in enumerate(rows):
        if starts_group:
            groups.append([])
        starts_group = row.join == "or"
        try:
            groups[-1].append(_CompiledRow(index, row, _compile_row(row, fields, f"{place}[{index}]")))
        except Refused as refused:
            problems.extend(refused.problems)
    if problems:
        raise Refused(problems)
    return CompiledCondition(tuple(dict.fromkeys(row.field for row in rows)), tuple(map(tuple, groups)))


def _compile_row(row: Row, fields: Mapping[str, Field], place: str) -> Test:
    field = fields.get(row.field)
    if field is None:
        raise Refused([Problem(f"{place}.field", _unknown_field(row.field, fields))])
    allowed = allowed_operators(field)
    if row.operator not in allowed:
        raise Refused([Problem(f"{place}.operator", _wrong_operator(row.operator, field, allowed))])
    return compile_test(field, row.operator, row.value, f"{place}.value")


def _unknown_field(code: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(code, known, n=1)
    return f"there is no field {code!r}" + (f"; did you mean {nearest[0]!r}?" if nearest else "")


def _wrong_operator(operator: Operator, field: Field, allowed: tuple[Operator, ...]) -> str:
    kind = f"multiple {field.type}" if field.multiple else field.type
    return f"{operator!s} is not for the {kind} field {field.code}; it takes {', '.join(allowed)}"


def _first_false(
    group: tuple[_CompiledRow, ...], values: Mapping[str, Json], read: dict[str, None]
) -> FalseRow | None:
    for compiled in group:
        row = compiled.row
        actual = values.get(row.field)
        read[row.field] = None
        if not compiled.test(actual):
            return FalseRow(compiled.index, row.field, row.operator.value, row.value, actual)
    return None
