"""Records within an event, such as a task or a shipment: their fields, their values, conditions over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from crm.conditions import compile_condition
from crm.errors import Problem, Refused, ValueRefused
from crm.fields import Field, FieldType
from crm.values import Json, normalise, show

_TEXT: Mapping[str, Any] = {"type": "string"}
_NUMBER: Mapping[str, Any] = {"type": ["number", "string"], "format": "decimal"}

_SCHEMAS: Mapping[FieldType, Mapping[str, Any]] = MappingProxyType(
    {
        FieldType.STRING: _TEXT,
        FieldType.TEXT: _TEXT,
        FieldType.INTEGER: {"type": ["integer", "string"]},
        FieldType.NUMBER: _NUMBER,
        FieldType.MONEY: {
            "type": "object",
            "properties": {"amount": _NUMBER, "currency": _TEXT},
            "required": ["amount", "currency"],
        },
        FieldType.DATE: {"type": "string", "format": "date"},
        FieldType.DATETIME: {"type": "string", "format": "date-time"},
        FieldType.BOOLEAN: {"type": "boolean"},
        FieldType.ENUMERATION: _TEXT,
        FieldType.USER: {"type": ["integer", "string"], "format": "user"},
        FieldType.CLIENT: _TEXT,
        FieldType.ITEM: {"type": "string", "format": "item"},
        FieldType.URL: {"type": "string", "format": "uri"},
        FieldType.FILE: {"type": ["string", "object"]},
    }
)
"""What a message may bring for one value of each field type."""


@dataclass(frozen=True, slots=True)
class NestedRecord:
    """A record under `name` in the event's data, with typed fields like those of an item.

    As an annotation it makes the record's type: `Annotated[dict[str, Json], TASK]` holds canonical values.
    """

    name: str
    fields: tuple[Field, ...]

    def read(self, value: Json) -> dict[str, Json]:
        """The record's values in canonical form; unknown ones are ignored (design section 5).

        Raises `Refused` with the code of each field that does not allow its value.
        """
        if not isinstance(value, dict):
            raise Refused([Problem("", f"{show(value)} is no record; write it as an object")])
        found: dict[str, Json] = {}
        problems: list[Problem] = []
        for field in self.fields:
            try:
                found[field.code] = normalise(field, value.get(field.code))
            except ValueRefused as refused:
                problems.append(Problem(field.code, str(refused)))
        if problems:
            raise Refused(problems)
        return found

    def test(self, settings: Any, place: str) -> Callable[[Any], bool]:
        """Whether the setting `condition` holds for the record of an event; raises `Refused` (R21).

        No rows are no condition. Of an event without the record nothing is known: no condition holds.
        """
        if not settings.condition:
            return lambda data: True
        fields = {field.code: field for field in self.fields}
        condition = compile_condition(settings.condition, fields, f"{place}.condition")

        def holds(data: Any) -> bool:
            record = getattr(data, self.name)
            return record is not None and condition.evaluate(record).holds

        return holds

    def json_schema(self) -> dict[str, Any]:
        """What a message may bring for the record; any field may be absent or null."""
        return {
            "type": "object",
            "properties": {field.code: _schema_of(field) for field in self.fields},
        }

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.json_schema()

    def _validate(self, value: Any) -> dict[str, Json]:
        try:
            return self.read(value)
        except Refused as refused:
            # Raised within a validator, its places are continued: `task.deadline`.
            raise ValidationError.from_exception_data(
                self.name, [_detail(problem, value) for problem in refused.problems]
            ) from refused


def _detail(problem: Problem, value: Any) -> InitErrorDetails:
    error = PydanticCustomError("value", "{reason}", {"reason": problem.message})
    return InitErrorDetails(type=error, loc=(problem.place,) if problem.place else (), input=value)


def _schema_of(field: Field) -> dict[str, Any]:
    single = dict(_SCHEMAS[field.type])
    choices = [{"type": "array", "items": single}, single] if field.multiple else [single]
    return {"title": field.title or field.code, "anyOf": [*choices, {"type": "null"}]}
