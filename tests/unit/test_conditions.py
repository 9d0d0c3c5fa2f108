"""Conditions: AND and OR, explanations, refusals, and what holds for every operator (R19, R20, R21)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crm.conditions import CompiledCondition, FalseRow, Row, compile_condition, compile_equals
from crm.errors import Refused
from crm.fields import RESPONSIBLE_FIELD, Field, FieldType
from crm.json_values import Json
from crm.operators import OPPOSITES, Operator, allowed_operators
from tests.unit.value_strategies import ALL_FIELDS, any_json, single_values, values

A_FIELD_OF_EACH_KIND = {field.code: field for field in ALL_FIELDS}
FLAGS = {code: Field(code=code, type=FieldType.BOOLEAN) for code in "abcdef"}


def rows(*written: dict[str, Any]) -> list[Row]:
    return [Row.model_validate(row) for row in written]


def holds(field: Field, operator: str, wanted: Json, actual: Json) -> bool:
    row = Row(field=field.code, operator=Operator(operator), value=wanted)
    return compile_condition([row], {field.code: field}, "").evaluate({field.code: actual}).holds


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


# ------------------------------------------------------------------------------------------- comparisons


@pytest.mark.parametrize(
    ("of_type", "operator", "wanted", "actual"),
    [
        pytest.param("string", "=", "CAFE\u0301", "caf\u00e9", id="text after NFC and casefold"),
        pytest.param("string", "contains", "E\u0301", "caf\u00e9", id="a piece after NFC and casefold"),
        pytest.param(
            "url", "contains", "CAFE\u0301", "http://a.de/caf\u00e9", id="a piece of a url after NFC"
        ),
        pytest.param("number", "=", "0.1", 0.1, id="a float counts as it is written"),
        pytest.param("number", ">", "0." + "0" * 98 + "1", "0." + "0" * 98 + "2", id="numbers are exact"),
        pytest.param(
            "datetime", "<", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", id="first instant"
        ),
        pytest.param("datetime", ">", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00", id="last instant"),
    ],
)
def test_values_compare_by_what_they_mean(of_type: str, operator: str, wanted: Json, actual: Json) -> None:
    assert holds(Field(code="f", type=FieldType(of_type)), operator, wanted, actual)


def test_casefolding_does_not_take_letters_apart_for_contains() -> None:
    assert not holds(Field(code="f", type=FieldType.STRING), "contains", "j", "\u01f0")


@pytest.mark.parametrize(
    ("field", "actual"),
    [
        pytest.param(Field(code="f", type=FieldType.NUMBER), "abc", id="text in a number"),
        pytest.param(Field(code="f", type=FieldType.STRING), 5, id="a number in a text"),
        pytest.param(Field(code="f", type=FieldType.STRING), ["a"], id="a list in a single field"),
        pytest.param(
            Field(code="f", type=FieldType.DATE, multiple=True), ["x", 5], id="a list of wrong ones"
        ),
    ],
)
def test_a_stored_value_that_the_type_no_longer_allows_counts_as_empty(field: Field, actual: Json) -> None:
    assert holds(field, "empty", None, actual)
    assert not holds(field, "not empty", None, actual)


def test_a_wrong_value_among_several_does_not_hide_the_others() -> None:
    assert holds(Field(code="f", type=FieldType.INTEGER, multiple=True), "=", 5, ["x", 5])


def test_an_option_that_was_removed_still_compares() -> None:
    enumeration = Field(code="f", type=FieldType.ENUMERATION, options=("new",))
    assert holds(enumeration, "not empty", None, "old")
    assert holds(enumeration, "!=", "new", "old")


@pytest.mark.parametrize(
    ("of_type", "multiple", "wanted", "actual", "equal"),
    [
        pytest.param("string", False, None, None, True, id="null means empty"),
        pytest.param("string", False, None, "x", False, id="null is not a value"),
        pytest.param("string", False, "", None, True, id="empty text means empty"),
        pytest.param("string", False, "open", "OPEN", True, id="as = does, without case"),
        pytest.param("string", False, "open", None, False, id="empty is no value"),
        pytest.param(
            "money",
            False,
            {"amount": 5, "currency": "EUR"},
            {"amount": "5.0", "currency": "EUR"},
            True,
            id="by value",
        ),
        pytest.param(
            "money",
            False,
            {"amount": 5, "currency": "EUR"},
            {"amount": "5", "currency": "USD"},
            False,
            id="another currency",
        ),
        pytest.param("user", True, [7, 5], [5, 7], True, id="a set"),
        pytest.param("user", True, 5, [5], True, id="a set of one"),
        pytest.param("user", True, [], [5], False, id="an empty list means empty"),
        pytest.param("file", False, None, "", True, id="a file that is missing"),
        pytest.param("file", False, None, "f-1", False, id="a file that is there"),
    ],
)
def test_was_and_becomes_compare_as_equals_does(
    of_type: str, multiple: bool, wanted: Json, actual: Json, equal: bool
) -> None:
    field = Field(code="f", type=FieldType(of_type), multiple=multiple)
    assert compile_equals(field, wanted, "was")(actual) is equal


# -------------------------------------------------------------------------------------------- refusals

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
    written = rows(
        {"field": "nowhere", "operator": "=", "value": 1},
        {"field": "city", "operator": "=", "value": "Rom"},
        {"field": "city", "operator": "<", "value": "Rom"},
        {"field": "due", "operator": "=", "value": "soon"},
    )
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


# ------------------------------------------------------------------------------------------ properties

_PAIRS = [
    (field, negative)
    for field in ALL_FIELDS
    for negative in OPPOSITES
    if negative in allowed_operators(field)
]
_ALL_PAIRS = [(field, operator) for field in ALL_FIELDS for operator in allowed_operators(field)]


def wanted_values(field: Field, operator: Operator) -> st.SearchStrategy[Json]:
    one = single_values(field)
    match operator:
        case Operator.EMPTY | Operator.NOT_EMPTY:
            return st.none()
        case Operator.IN | Operator.NOT_IN:
            return st.lists(one, min_size=1, max_size=4)
        case Operator.BETWEEN:
            return one.map(lambda limit: [limit, limit])
        case _:
            return one


def draw_test(data: st.DataObject, field: Field, operator: Operator, wanted: Json) -> Callable[[Json], bool]:
    row = Row(field=field.code, operator=operator, value=wanted)
    condition = compile_condition([row], A_FIELD_OF_EACH_KIND, "condition")
    return lambda actual: condition.evaluate({field.code: actual}).holds


@given(st.data(), st.sampled_from(_PAIRS))
def test_a_negative_operator_is_the_exact_opposite_of_its_partner(
    data: st.DataObject, pair: tuple[Field, Operator]
) -> None:
    field, negative = pair
    wanted = data.draw(wanted_values(field, negative))
    actual = data.draw(values(field) | any_json)
    positive_test = draw_test(data, field, OPPOSITES[negative], wanted)
    negative_test = draw_test(data, field, negative, wanted)
    assert negative_test(actual) is not positive_test(actual)


@given(st.data(), st.sampled_from(_ALL_PAIRS))
def test_an_empty_item_value_satisfies_only_empty_and_the_negative_operators(
    data: st.DataObject, pair: tuple[Field, Operator]
) -> None:
    field, operator = pair
    test = draw_test(data, field, operator, data.draw(wanted_values(field, operator)))
    expected = operator in {Operator.EMPTY, Operator.NOT_EQUAL, Operator.NOT_IN, Operator.NOT_CONTAINS}
    for empty in (None, "", [], ["", None], {"amount": None, "currency": "EUR"}):
        assert test(empty) is expected


@given(st.data(), st.sampled_from(_ALL_PAIRS), any_json)
def test_evaluating_and_explaining_never_raises(
    data: st.DataObject, pair: tuple[Field, Operator], actual: Json
) -> None:
    field, operator = pair
    row = Row(field=field.code, operator=operator, value=data.draw(wanted_values(field, operator)))
    condition = compile_condition([row], A_FIELD_OF_EACH_KIND, "condition")
    evaluation = condition.evaluate({field.code: actual})
    for false_row in evaluation.false_rows:
        assert "\n" not in false_row.sentence()


@given(st.data())
def test_a_condition_says_the_same_of_a_value_and_of_its_writing(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([field for field in ALL_FIELDS if field.type is not FieldType.FILE]))
    value = data.draw(single_values(field))
    assert draw_test(data, field, Operator.EQUAL, value)(value)
