"""Records within an event, such as a task or a shipment: their fields, their values, conditions over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.conditions import compile_rows
from crm.errors import ValueRefused
from crm.fields import Field
from crm.values import Json, normalise


@dataclass(frozen=True, slots=True)
class NestedRecord:
    """A record under `name` in the event's data, with typed fields like those of an item."""

    name: str
    fields: tuple[Field, ...]

    def read(self, value: Mapping[str, Json]) -> dict[str, Json]:
        """The record's values in canonical form; unknown ones are ignored (design section 5).

        Raises ValueError, with the place, for a value that its field does not allow.
        """
        found: dict[str, Json] = {}
        for field in self.fields:
            try:
                found[field.code] = normalise(field, value.get(field.code))
            except ValueRefused as refused:
                raise ValueError(f"{field.code}: {refused}") from refused
        return found

    def test(self, settings: Any, place: str) -> Callable[[Any], bool]:
        """Whether the setting `condition` holds for the record of an event; raises `Refused` (R21)."""
        fields = {field.code: field for field in self.fields}
        condition = compile_rows(settings.condition, fields, f"{place}.condition")
        return lambda data: condition.evaluate(getattr(data, self.name)).holds
