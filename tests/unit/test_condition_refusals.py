"""Conditions that a field does not allow are refused with the place (R20, R21, scenario 14)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from crm.conditions import Operator, Row, compile_condition, compile_equals
from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.values import Json

FIELDS = {
    "amount": Field(code="amount", type=FieldType.NUMBER),
    "budget": Field(code="budget", type=FieldType.MONEY),
    "city": Field(code="city", type=FieldType.STRING),
    "due": Field(code="due", type=FieldType.DATE),
    "met_at": Field(code="met_at", type=FieldType.DATETIME),
    "status": Field(code="status", type=FieldType.ENUMERATION, options=("new", "old")),
    "tags": Field(code="tags", type=FieldType.STRING, multiple=True),
}

EURO = {"amount": 1, "currency": "EUR"}
DOLLAR = {"amount": 2, "currency": "USD"}
TEXT_OPERATORS = "=, !=, in, not in, contains, not contains, empty, not empty"
EMPTY = "an empty value is not allowed here"
MISSING = "the value is missing; to ask for emptiness, use the operator empty"
TWO = "between takes a list of two values, the lower limit first"
REVERSED = "the limits are reversed; write the lower one first"


@pytest.mark.parametrize(
    ("field", "operator", "wanted", "problems"),
    [
        ("amuont", "=", 5, ["field: there is no field 'amuont'; did you mean 'amount'?"]),
        ("xyz", "=", 5, ["field: there is no field 'xyz'"]),
        (
            "city",
            ">",
            "a",
            [
                f"operator: > is not for the string field city; it takes {TEXT_OPERATORS}",
            ],
        ),
        (
            "tags",
            "<",
            "a",
            [
                f"operator: < is not for the multiple string field tags; it takes {TEXT_OPERATORS}",
            ],
        ),
        ("due", "=", "abc", ["value: 'abc' is no date; write it as 2026-11-21"]),
        (
            "due",
            "not in",
            ["abc", "2026-11-21", 5],
            [
                "value[0]: 'abc' is no date; write it as 2026-11-21",
                "value[2]: 5 is no date; write it as 2026-11-21",
            ],
        ),
        (
            "met_at",
            "=",
            "2026-11-21T10:00:00",
            ["value: '2026-11-21T10:00:00' has no offset from UTC; write it as 2026-11-21T10:30:00+01:00"],
        ),
        ("status", "=", "odl", ["value: 'odl' is no option of status; it has new, old"]),
        ("city", "=", None, [f"value: {MISSING}"]),
        ("city", "!=", "", [f"value: {MISSING}"]),
        ("city", "contains", [], [f"value: {MISSING}"]),
        ("city", "in", [], [f"value: {MISSING}"]),
        ("city", "in", "Rom", ["value: in and not in take a list of values"]),
        ("city", "in", ["Rom", ""], [f"value[1]: {EMPTY}"]),
        ("city", "=", ["Rom"], ["value: a list is not allowed here; city takes one value"]),
        ("city", "contains", ["Rom"], ["value: a list is no text"]),
        ("city", "contains", 5, ["value: 5 is no text"]),
        ("tags", "contains", ["a", None], [f"value[1]: {EMPTY}"]),
        ("tags", "=", ["a", 5], ["value[1]: 5 is no text"]),
        ("amount", ">", [5], ["value: a list is not allowed here; amount takes one value"]),
        ("amount", "between", 5, [f"value: {TWO}"]),
        ("amount", "between", [5], [f"value: {TWO}"]),
        ("amount", "between", [5, 6, 7], [f"value: {TWO}"]),
        ("amount", "between", [5, None], [f"value[1]: {EMPTY}"]),
        ("amount", "between", ["10", "9"], [f"value: {REVERSED}"]),
        ("due", "between", ["2026-11-21", "2026-11-20"], [f"value: {REVERSED}"]),
        ("met_at", "between", ["2026-11-21T10:00:00Z", "2026-11-21T10:00:00+01:00"], [f"value: {REVERSED}"]),
        ("budget", "between", [EURO, DOLLAR], ["value: the limits are in two currencies, EUR and USD"]),
        ("budget", "=", 5, ['value: 5 is no money; write it as {"amount": "12.50", "currency": "EUR"}']),
        ("city", "empty", "Rom", ["value: empty and not empty take no value"]),
        ("city", "not empty", False, ["value: empty and not empty take no value"]),
    ],
    ids=repr,
)
def test_a_wrong_row_is_refused_with_the_place_and_what_would_be_right(
    field: str, operator: str, wanted: Json, problems: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        compile_condition([Row(field=field, operator=Operator(operator), value=wanted)], FIELDS, "condition")
    assert [str(problem) for problem in refused.value.problems] == [
        f"condition[0].{text}" for text in problems
    ]


def test_every_wrong_row_is_named() -> None:
    written = [
        Row(field="nowhere", operator=Operator("="), value=1),
        Row(field="city", operator=Operator("="), value="Rom"),
        Row(field="city", operator=Operator("<"), value="Rom"),
        Row(field="due", operator=Operator("="), value="soon"),
    ]
    with pytest.raises(Refused) as refused:
        compile_condition(written, FIELDS, "triggers[2].condition")
    assert [problem.place for problem in refused.value.problems] == [
        "triggers[2].condition[0].field",
        "triggers[2].condition[2].operator",
        "triggers[2].condition[3].value",
    ]


@pytest.mark.parametrize(
    ("code", "wanted", "message"),
    [
        ("due", "soon", "fields[0].was: 'soon' is no date; write it as 2026-11-21"),
        ("status", "odl", "fields[0].was: 'odl' is no option of status; it has new, old"),
        ("tags", ["a", 5], "fields[0].was[1]: 5 is no text"),
        (
            "contract",
            "f-1",
            "fields[0].was: a file field such as contract can only be compared with null (empty)",
        ),
    ],
)
def test_a_wrong_was_or_becomes_is_refused_with_its_place(code: str, wanted: Json, message: str) -> None:
    fields = {**FIELDS, "contract": Field(code="contract", type=FieldType.FILE)}
    with pytest.raises(Refused) as refused:
        compile_equals(fields[code], wanted, "fields[0].was")
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param({"field": "a", "operator": "like"}, ("operator",), id="unknown operator"),
        pytest.param({"field": "a", "operator": "empty", "join": "xor"}, ("join",), id="unknown join"),
        pytest.param({"field": "a", "operator": "empty", "valeu": 1}, ("valeu",), id="unknown key"),
        pytest.param({"operator": "empty"}, ("field",), id="no field"),
    ],
)
def test_a_row_that_is_no_row_is_refused(written: dict[str, Json], place: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        Row.model_validate(written)
    assert [error["loc"] for error in refused.value.errors()] == [place]


def test_a_row_keeps_its_value_as_it_was_written() -> None:
    for value in (None, True, 1, 1.0, "1", [1, "1"], {"amount": 1}):
        kept = Row.model_validate({"field": "a", "operator": "=", "value": value}).value
        assert (kept, type(kept)) == (value, type(value))
