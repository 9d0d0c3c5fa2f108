"""Values as they are typed at a prompt."""

from __future__ import annotations

import pytest
import typer

from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.values import Json
from starter.cli.values import read_values, split_assignments, users_in

FIELDS = {
    "note": Field(code="note", type=FieldType.STRING),
    "tags": Field(code="tags", type=FieldType.STRING, multiple=True),
    "count": Field(code="count", type=FieldType.INTEGER),
    "rate": Field(code="rate", type=FieldType.NUMBER),
    "rates": Field(code="rates", type=FieldType.NUMBER, multiple=True),
    "amount": Field(code="amount", type=FieldType.MONEY),
    "done": Field(code="done", type=FieldType.BOOLEAN),
    "due": Field(code="due", type=FieldType.DATE),
    "owner": Field(code="owner", type=FieldType.USER),
    "team": Field(code="team", type=FieldType.USER, multiple=True),
    "contract": Field(code="contract", type=FieldType.FILE),
    "client": Field(code="client", type=FieldType.CLIENT),
}


@pytest.mark.parametrize(
    ("code", "typed", "value"),
    [
        pytest.param("note", "two words", "two words", id="text"),
        pytest.param("note", "42", "42", id="text that looks like a number"),
        pytest.param("note", "true", "true", id="text that looks like a truth value"),
        pytest.param("note", '"null"', "null", id="text in quotes"),
        pytest.param("note", '{"a": 1}', '{"a": 1}', id="text that looks like an object"),
        pytest.param("note", "a=b", "a=b", id="text with an equals sign"),
        pytest.param("note", "", None, id="nothing is empty"),
        pytest.param("note", "null", None, id="null is empty"),
        pytest.param("tags", '["a", "b"]', ["a", "b"], id="list of texts"),
        pytest.param("tags", "a", ["a"], id="one text for a multiple field"),
        pytest.param("tags", "[a", ["[a"], id="text that is no list"),
        pytest.param("count", "12", 12, id="integer"),
        pytest.param("rate", "0.1", "0.1", id="number"),
        pytest.param("rate", "0.12345678901234567890123", "0.12345678901234567890123", id="long number"),
        pytest.param("rates", "[1, 2.50]", ["1", "2.5"], id="list of numbers"),
        pytest.param("amount", "1200 EUR", {"amount": "1200", "currency": "EUR"}, id="amount with currency"),
        pytest.param("amount", "12.50EUR", {"amount": "12.50", "currency": "EUR"}, id="without a blank"),
        pytest.param(
            "amount",
            '{"amount": 12.50, "currency": "CHF"}',
            {"amount": "12.50", "currency": "CHF"},
            id="money as JSON keeps its places",
        ),
        pytest.param("done", "true", True, id="boolean"),
        pytest.param("due", "2026-11-21", "2026-11-21", id="date"),
        pytest.param("owner", "5", 5, id="user"),
        pytest.param("owner", "user:5", 5, id="user by reference"),
        pytest.param("team", "[4, 5]", [4, 5], id="users"),
        pytest.param("contract", "file-17", "file-17", id="file"),
        pytest.param("contract", '{"id": "file-17", "name": "c.pdf"}', "file-17", id="file as JSON"),
        pytest.param("client", "contact:7", "contact:7", id="client"),
    ],
)
def test_what_is_typed_becomes_the_value_of_the_field(code: str, typed: str, value: Json) -> None:
    assert read_values({code: typed}, FIELDS) == {code: value}


@pytest.mark.parametrize(
    ("code", "typed", "problem"),
    [
        pytest.param("amuont", "1", "amuont: unknown field 'amuont'; did you mean 'amount'?", id="unknown"),
        pytest.param("stage", "won", "stage: 'stage' is no field: it has an event of its own", id="stage"),
        pytest.param(
            "amount",
            "1200",
            """amount: '1200' is no money; write it as {"amount": "12.50", "currency": "EUR"}"""
            ' or amount="12.50 EUR"',
            id="money without currency",
        ),
        pytest.param("done", "yes", "done: 'yes' is neither true nor false", id="no truth value"),
        pytest.param("due", "soon", "due: 'soon' is no date; write it as 2026-11-21", id="no date"),
        pytest.param("count", "[" * 9999, "count: ", id="nested too deeply"),
    ],
)
def test_what_the_field_does_not_allow_is_refused(code: str, typed: str, problem: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_values({code: typed}, FIELDS)
    assert str(refusal.value).startswith(problem)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        read_values({"count": "x", "done": "y"}, FIELDS)
    assert [problem.place for problem in refusal.value.problems] == ["count", "done"]


def test_users_of_single_and_multiple_fields_are_found() -> None:
    values: dict[str, Json] = {"owner": 5, "team": [4, 1], "count": 7, "note": None}
    assert users_in(values, FIELDS) == [5, 4, 1]


@pytest.mark.parametrize("assignments", [["contract"], ["=x"], ["a=1", "a=2"]], ids=str)
def test_what_is_no_assignment_is_a_wrong_usage(assignments: list[str]) -> None:
    with pytest.raises(typer.BadParameter):
        split_assignments(assignments)
