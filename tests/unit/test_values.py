"""Values of fields: what is empty, and the canonical form of what comes in (R15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import ValueRefused
from crm.fields import Field, FieldType
from crm.values import Json, is_empty, normalise, same
from tests.unit.value_strategies import any_json, field, fields, money, values

# ------------------------------------------------------------------------------------------- emptiness


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="null"),
        pytest.param("", id="empty text"),
        pytest.param([], id="empty list"),
        pytest.param([None, "", [], money(None)], id="list of only empties"),
        pytest.param(money(None), id="money without amount"),
        pytest.param(money(""), id="money with empty amount"),
        pytest.param({"currency": "EUR"}, id="a currency alone"),
    ],
)
def test_what_is_empty_is_kept_as_null(value: Json) -> None:
    assert is_empty(value)
    assert normalise(field("money", multiple=True), value) is None


@pytest.mark.parametrize("of_type", list(FieldType))
@pytest.mark.parametrize("value", [None, "", [], [""]], ids=repr)
def test_null_empty_text_and_empty_lists_are_empty_for_every_type(of_type: FieldType, value: Json) -> None:
    assert normalise(field(of_type), value) is None


@pytest.mark.parametrize(
    "value", [0, 0.0, False, " ", "0", [0], [False], [" "], money(0), {}, {"id": ""}], ids=repr
)
def test_zero_false_and_a_blank_are_not_empty(value: Json) -> None:
    assert not is_empty(value)


def test_nesting_of_any_depth_is_no_danger() -> None:
    deep: list[Json] = []
    for _ in range(50_000):
        deep = [deep]
    assert is_empty(deep)


# -------------------------------------------------------------------------------------- canonical forms


@pytest.mark.parametrize(
    ("of_type", "value", "canonical"),
    [
        ("string", "Cafe\u0301", "Caf\u00e9"),
        ("text", " two\nlines ", " two\nlines "),
        ("integer", 12, 12),
        ("integer", "-012", -12),
        ("integer", 12.0, 12),
        ("integer", "1e3", 1000),
        ("number", 12, "12"),
        ("number", 0.1, "0.1"),
        ("number", 1e22, "10000000000000000000000"),
        ("number", "12.50", "12.5"),
        ("number", "+100", "100"),
        ("number", "100.00", "100"),
        ("number", ".5", "0.5"),
        ("number", "1.20e-3", "0.0012"),
        ("number", "-0.00", "0"),
        ("money", money("12.50"), money("12.50")),
        ("money", money(12.5), money("12.5")),
        ("money", money("1e3"), money("1000")),
        ("money", money("-0.00"), money("0.00")),
        ("money", money(0), money("0")),
        ("date", "2028-02-29", "2028-02-29"),
        ("datetime", "2026-11-21T10:30:00+01:00", "2026-11-21T10:30:00+01:00"),
        ("datetime", "2026-11-21t10:30:00z", "2026-11-21T10:30:00+00:00"),
        ("datetime", "2026-11-21 10:30:00.5-08:00", "2026-11-21T10:30:00.500000-08:00"),
        ("datetime", "2026-11-21T10:30:00.123456789Z", "2026-11-21T10:30:00.123456+00:00"),
        ("boolean", False, False),
        ("enumeration", "new", "new"),
        ("user", 5, 5),
        ("user", "5", 5),
        ("user", "user:5", 5),
        ("client", "company:3", "company:3"),
        ("item", "procurement:42", "procurement:42"),
        ("url", "HTTPS://Example.com/Cafe\u0301", "HTTPS://Example.com/Caf\u00e9"),
        ("url", "https://user:pw@[::1]:8080?q#f", "https://user:pw@[::1]:8080?q#f"),
        ("file", "f-17", "f-17"),
        ("file", {"id": "f-17", "name": "contract.pdf"}, "f-17"),
    ],
    ids=repr,
)
def test_a_value_is_kept_in_its_canonical_form(of_type: str, value: Json, canonical: Json) -> None:
    kept = normalise(field(of_type), value)
    assert (kept, type(kept)) == (canonical, type(canonical))


@pytest.mark.parametrize(
    ("of_type", "value", "canonical"),
    [
        pytest.param("string", "a", ["a"], id="one is a list of one"),
        pytest.param("string", ["b", "a", "b"], ["b", "a"], id="repeated"),
        pytest.param("string", ["a", None, "", "b"], ["a", "b"], id="nulls are dropped"),
        pytest.param("string", ["a", "A"], ["a", "A"], id="case differs"),
        pytest.param("number", ["1.0", 1, "2"], ["1", "2"], id="numbers repeat by value"),
        pytest.param(
            "money",
            [money("5.00"), money(5), money(5, "USD")],
            [money("5.00"), money("5", "USD")],
            id="money",
        ),
        pytest.param("url", ["http://a.de/x", "HTTP://A.de/x"], ["http://a.de/x"], id="urls"),
        pytest.param("boolean", [True, False, True], [True, False], id="booleans"),
        pytest.param(
            "datetime",
            ["2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00Z"],
            ["2026-11-21T10:00:00+01:00"],
            id="datetimes repeat as instants",
        ),
    ],
)
def test_a_multiple_value_is_a_list_without_repetitions_in_its_order(
    of_type: str, value: Json, canonical: Json
) -> None:
    assert normalise(field(of_type, multiple=True), value) == canonical


def test_a_text_of_the_largest_size_is_kept() -> None:
    assert normalise(field("text"), "é" * 100_000) == "é" * 100_000


def test_a_number_of_a_hundred_digits_is_kept_exactly() -> None:
    assert normalise(field("integer"), int("9" * 100)) == int("9" * 100)
    assert normalise(field("number"), "0." + "9" * 99) == "0." + "9" * 99


# ------------------------------------------------------------------------------------------ properties


@given(st.data())
def test_normalising_twice_is_normalising_once(data: st.DataObject) -> None:
    of = data.draw(fields)
    once = normalise(of, data.draw(values(of)))
    assert normalise(of, once) == once


@given(fields, any_json)
def test_any_json_is_either_refused_or_brought_to_a_form_that_stays(of: Field, value: Json) -> None:
    try:
        once = normalise(of, value)
    except ValueRefused:
        return
    assert normalise(of, once) == once
    assert same(of, value, once)
