"""Settings and event data of any kind, generated from the JSON Schemas that follow from its declaration."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from crm.conditions import Operator, allowed_operators
from crm.fields import Field, FieldType
from crm.kinds import AnyKind
from crm.kinds.catalogue import entry_of
from crm.values import Json
from tests.support.builders import FIELDS
from tests.unit.value_strategies import single_values, values

_few_words = st.sampled_from(["a", "A", "ab", "é", "e\u0301", "ß", "SS", "invoice", "x" * 200])
_FORMATS: dict[str, SearchStrategy[Json]] = {
    "uri": single_values(Field(code="f", type=FieldType.URL)),
    "date": single_values(Field(code="f", type=FieldType.DATE)),
    "date-time": single_values(Field(code="f", type=FieldType.DATETIME)),
    "decimal": single_values(Field(code="f", type=FieldType.NUMBER)),
    "user": single_values(Field(code="f", type=FieldType.USER)),
    "item": st.sampled_from(["deal:1", "invoice:7", "procurement:5"]),
    "stage": st.sampled_from(["deal:sales/won", "invoice:main/paid", "invoice:main/sent"]),
}
_PATTERNS = {"^[A-Z]{3}$": st.sampled_from(["EUR", "USD"])}
_WITH_A_VALUE = (Operator.EQUAL, Operator.NOT_EQUAL, Operator.GREATER, Operator.LESS_OR_EQUAL)


def event_data(kind: AnyKind) -> SearchStrategy[dict[str, Json]]:
    """Data that the kind's model accepts."""
    step = st.just(kind.code.removeprefix("document_"))
    return _properties(entry_of(kind.code).data_schema, {"changes": _changes, "step": step})


def settings(kind: AnyKind) -> SearchStrategy[dict[str, Json]]:
    """Settings that are valid but for what no schema says."""
    conditions = st.lists(_rows(kind.nested.fields), max_size=3) if kind.nested else st.just([])
    return _properties(entry_of(kind.code).settings_schema, {"fields": _watched, "condition": conditions})


def _properties(
    schema: dict[str, Any], by_name: dict[str, SearchStrategy[Any]]
) -> SearchStrategy[dict[str, Json]]:
    known = {
        name: by_name[name] if name in by_name else _value(one, schema.get("$defs", {}))
        for name, one in schema.get("properties", {}).items()
    }
    required = {name: known.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=known)


def _value(schema: dict[str, Any], definitions: dict[str, Any]) -> SearchStrategy[Any]:
    match schema:
        case {"$ref": str(name)}:
            return _value(definitions[name.rpartition("/")[2]], definitions)
        case {"anyOf": choices}:
            return st.one_of([_value(one, definitions) for one in choices])
        case {"enum": allowed}:
            return st.sampled_from(allowed)
        case {"format": str(name)}:
            return _FORMATS[name]
        case {"type": "null"}:
            return st.none()
        case {"type": "integer"}:
            return st.integers(schema["minimum"], schema["exclusiveMaximum"] - 1) | st.integers(0, 3)
        case {"type": "array"}:
            return st.lists(_value(schema["items"], definitions), max_size=3)
        case {"type": "object"}:
            return _properties(
                {**schema, "$defs": definitions}, {"currency": st.sampled_from(["EUR", "USD"])}
            )
        case {"type": "string", "pattern": str(pattern)} if pattern in _PATTERNS:
            return _PATTERNS[pattern]
        case {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"}:
            return st.sampled_from(["deal", "invoice", "procurement"])
        case {"type": "string"}:
            longest = min(schema.get("maxLength", 20), 20)
            return _few_words | st.text(
                st.characters(codec="utf-8", exclude_characters="\0"),
                min_size=schema.get("minLength", 0),
                max_size=longest,
            )
    raise NotImplementedError(f"no strategy for {schema}")


def _rows(fields: tuple[Field, ...]) -> SearchStrategy[dict[str, Json]]:
    return st.sampled_from(fields).flatmap(_row)


def _row(field: Field) -> SearchStrategy[dict[str, Json]]:
    allowed = allowed_operators(field)
    with_value: SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
        {
            "field": st.just(field.code),
            "operator": st.sampled_from([one.value for one in _WITH_A_VALUE if one in allowed]),
            "value": single_values(field),
        },
        optional={"join": st.sampled_from(["and", "or"])},
    )
    without: SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
        {"field": st.just(field.code), "operator": st.sampled_from(["empty", "not empty"])}
    )
    return with_value | without


_COMPARED = tuple(field for field in FIELDS if field.type is not FieldType.FILE and not field.options)


def _watch(field: Field) -> SearchStrategy[dict[str, Json]]:
    wanted = st.none() | single_values(field)
    return st.fixed_dictionaries({"field": st.just(field.code)}, optional={"was": wanted, "becomes": wanted})


_watched = st.lists(st.sampled_from(_COMPARED).flatmap(_watch), min_size=1, max_size=3)
_changes = st.fixed_dictionaries(
    {},
    optional={
        field.code: st.fixed_dictionaries({"new": values(field)}, optional={"old": values(field)})
        for field in _COMPARED
    },
).filter(bool)
