"""One comparison: what the table of operators leaves open, and what holds for all of them (R15, R20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.conditions import OPPOSITES, Operator, Row, allowed_operators, compile_condition, compile_equals
from crm.fields import Field, FieldType
from crm.values import Json
from tests.unit.value_strategies import ALL_FIELDS, any_json, single_values, values


def holds(field: Field, operator: str, wanted: Json, actual: Json) -> bool:
    row = Row(field=field.code, operator=Operator(operator), value=wanted)
    return compile_condition([row], {field.code: field}, "").evaluate({field.code: actual}).holds


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


# ------------------------------------------------------------------------------------------ properties

A_FIELD_OF_EACH_KIND = {field.code: field for field in ALL_FIELDS}
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
