"""Rows joined by AND and OR, and how a condition explains itself (R14, R19)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.conditions import CompiledCondition, FalseRow, Operator, Row, compile_condition
from crm.fields import RESPONSIBLE_FIELD, Field, FieldType
from crm.values import Json

FLAGS = {code: Field(code=code, type=FieldType.BOOLEAN) for code in "abcdef"}


def rows(*written: dict[str, Any]) -> list[Row]:
    return [Row.model_validate(row) for row in written]


# ------------------------------------------------------------------------------------------ AND and OR


def flags_condition(joins: Sequence[Literal["and", "or"]]) -> CompiledCondition:
    """`a` joined to `b` by the first join, and so on."""
    codes = itertools.islice(FLAGS, len(joins) + 1)
    joined = [
        Row(field=code, operator=Operator.EQUAL, value=True, join=join)
        for code, join in itertools.zip_longest(codes, joins, fillvalue="and")
    ]
    return compile_condition(joined, FLAGS, "condition")


@pytest.mark.parametrize(
    ("first", "second", "truth"),
    [
        #                                abc:  000 001 010 011 100 101 110 111
        pytest.param("and", "and", "-------+", id="a and b and c"),
        pytest.param("and", "or", "-+-+-+++", id="a and b or c"),
        pytest.param("or", "and", "---+++++", id="a or b and c"),
        pytest.param("or", "or", "-+++++++", id="a or b or c"),
    ],
)
def test_rows_are_joined_as_in_the_truth_table(
    first: Literal["and", "or"], second: Literal["and", "or"], truth: str
) -> None:
    condition = flags_condition([first, second])
    for (a, b, c), expected in zip(itertools.product((False, True), repeat=3), truth, strict=True):
        assert condition.evaluate({"a": a, "b": b, "c": c}).holds is (expected == "+"), (a, b, c)


def test_no_rows_hold_for_every_item() -> None:
    evaluation = compile_condition([], {}, "condition").evaluate({})
    assert (evaluation.holds, evaluation.false_rows, evaluation.fields_read) == (True, (), ())


def test_a_condition_holds_when_only_the_last_or_group_is_true() -> None:
    condition = flags_condition(["and", "or", "and", "or", "and"])
    values = {"a": True, "b": False, "c": False, "d": True, "e": True, "f": True}
    evaluation = condition.evaluate(values)
    assert evaluation.holds
    assert evaluation.false_rows == ()


def test_a_missing_join_is_and_and_the_last_rows_join_is_ignored() -> None:
    written = rows(
        {"field": "a", "operator": "=", "value": True},
        {"field": "b", "operator": "=", "value": True, "join": "or"},
    )
    condition = compile_condition(written, FLAGS, "condition")
    assert not condition.evaluate({"a": True, "b": False}).holds
    assert condition.evaluate({"a": True, "b": True}).holds


@given(st.lists(st.sampled_from(("and", "or")), max_size=5), st.lists(st.booleans(), min_size=6, max_size=6))
def test_and_binds_tighter_than_or(joins: list[Literal["and", "or"]], flags: list[bool]) -> None:
    words = [
        str(flags[0]),
        *(word for join, flag in zip(joins, flags[1:], strict=False) for word in (join, str(flag))),
    ]
    expected = eval(" ".join(words))  # Python's own precedence of and over or is the oracle
    assert flags_condition(joins).evaluate(dict(zip(FLAGS, flags, strict=True))).holds is expected


# ----------------------------------------------------------------------------------------- explanations


def test_the_first_false_row_of_each_or_group_is_named_with_the_items_value() -> None:
    fields = {
        "amount": Field(code="amount", type=FieldType.NUMBER),
        "city": Field(code="city", type=FieldType.STRING),
    }
    condition = compile_condition(
        rows(
            {"field": "city", "operator": "=", "value": "Rom"},
            {"field": "amount", "operator": ">=", "value": 1000},
            {"field": "city", "operator": "contains", "value": "x", "join": "or"},
            {"field": "amount", "operator": "empty", "join": "or"},
            {"field": "amount", "operator": "between", "value": [1, 2]},
        ),
        fields,
        "condition",
    )
    evaluation = condition.evaluate({"city": "rom", "amount": "250"})
    assert not evaluation.holds
    assert evaluation.false_rows == (
        FalseRow(row=1, field="amount", operator=">=", wanted=1000, actual="250"),
        FalseRow(row=3, field="amount", operator="empty", wanted=None, actual="250"),
        FalseRow(row=4, field="amount", operator="between", wanted=[1, 2], actual="250"),
    )


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "sentence"),
    [
        (">=", 1000, "250", "f >= 1000 is false: the item has 250"),
        ("=", "done", None, "f = done is false: the item has nothing"),
        ("=", "all done", " ", "f = 'all done' is false: the item has ' '"),
        ("not empty", None, "", "f not empty is false: the item has ''"),
        ("in", ["a", "b c"], ["d", "e"], "f in a, 'b c' is false: the item has d, e"),
        (
            "between",
            [{"amount": 5, "currency": "EUR"}, {"amount": "7.50", "currency": "EUR"}],
            {"amount": "9.00", "currency": "EUR"},
            "f between 5 EUR and 7.50 EUR is false: the item has 9.00 EUR",
        ),
        ("=", True, False, "f = true is false: the item has false"),
        ("=", "a", "\ud800\0", r"f = a is false: the item has '\ud800\x00'"),
        ("=", "a", "b" * 100, f"f = a is false: the item has {'b' * 59}…"),
        ("=", 1, 10**5000, "f = 1 is false: the item has a very long number"),
        ("=", 1, [[1], {"x": 1}, []], "f = 1 is false: the item has a list, an object, a list"),
    ],
    ids=lambda part: part if isinstance(part, str) and part.startswith("f ") else "-",
)
def test_a_false_row_is_told_in_one_sentence(
    operator: str, wanted: Json, actual: Json, sentence: str
) -> None:
    assert FalseRow(0, "f", operator, wanted, actual).sentence() == sentence


@pytest.mark.parametrize(
    ("joins", "values", "read"),
    [
        pytest.param(["and", "and"], {}, ("a",), id="a group is left at its first false row"),
        pytest.param(["and", "and"], {"a": True, "b": True}, ("a", "b", "c"), id="all rows of a true group"),
        pytest.param(["or", "or"], {"b": True}, ("a", "b"), id="the first true group is the last"),
        pytest.param(["and", "or", "and"], {"c": True}, ("a", "c", "d"), id="a row that was not reached"),
    ],
)
def test_the_fields_that_were_looked_at_are_named_in_order(
    joins: list[Literal["and", "or"]], values: Mapping[str, Json], read: tuple[str, ...]
) -> None:
    assert flags_condition(joins).evaluate(values).fields_read == read


def test_a_field_that_is_named_twice_is_listed_once() -> None:
    written = rows(
        {"field": "b", "operator": "=", "value": True, "join": "or"},
        {"field": "a", "operator": "=", "value": True, "join": "or"},
        {"field": "b", "operator": "=", "value": False},
    )
    condition = compile_condition(written, FLAGS, "condition")
    assert condition.fields == ("b", "a")
    assert condition.evaluate({}).fields_read == ("b", "a")


def test_a_condition_tests_the_responsible_person_as_a_user() -> None:
    condition = compile_condition(
        rows({"field": "responsible", "operator": "in", "value": ["user:5", 7]}),
        {"responsible": RESPONSIBLE_FIELD},
        "condition",
    )
    assert condition.evaluate({"responsible": 5}).holds
    assert not condition.evaluate({"responsible": None}).holds
