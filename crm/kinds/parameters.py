"""Settings and event data explained: their JSON Schemas as rows for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
_FORMATS = {
    "uri": "url",
    "date": "date",
    "date-time": "datetime",
    "decimal": "number or decimal text",
    "user": "user",
    "item": "item",
    "stage": "stage",
}
"""Those of JSON Schema, and our own for what an administrator chooses from what there is."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting, or one key of the event data; `type` in words."""

    name: str
    type: str
    required: bool
    description: str


def parameters_of(schema: Mapping[str, Any]) -> list[Parameter]:
    """The properties of a JSON Schema of `crm.kinds.catalogue`, in their order."""
    required = schema.get("required", ())
    definitions = schema.get("$defs", {})
    return [
        Parameter(
            name, _in_words(one, definitions), name in required, _in_one_line(one.get("description", ""))
        )
        for name, one in schema.get("properties", {}).items()
    ]


def allows_text(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    """Whether a value of this schema may be text."""
    types = [one.get("type") for one in _choices(schema, definitions)]
    return any(one == "string" or (isinstance(one, list) and "string" in one) for one in types)


def allows_null(schema: Mapping[str, Any]) -> bool:
    """Whether a value of this schema may be null."""
    return {"type": "null"} in schema.get("anyOf", ())


def _choices(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a value may be, null left out, each as a schema without reference."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    choices = [found for one in schema.get("anyOf", ()) for found in _choices(one, definitions)] or [schema]
    return [one for one in choices if one.get("type") != "null"]


def _in_words(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    return _alternatives(_choice_in_words(one, definitions) for one in _choices(schema, definitions))


def _choice_in_words(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    types = schema.get("type")
    match schema:
        case {"enum": list(values)}:
            return _alternatives(values)
        case {"format": str(name)} if name in _FORMATS:
            return _FORMATS[name]
        case {"type": list(several)}:
            return _alternatives(_TYPES[one] for one in several)
        case {"type": "array", "items": items}:
            return f"list of {_in_words(items, definitions)}"
        case {"properties": properties}:
            return "{" + ", ".join(properties) + "}"
        case {"additionalProperties": dict(values)}:
            return "{code: " + _in_words(values, definitions) + "}"
        case _:
            return _TYPES[types] if types else "any value"


def _alternatives(words: Iterable[str]) -> str:
    *others, last = dict.fromkeys(words)
    return f"{', '.join(others)} or {last}" if others else last


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
