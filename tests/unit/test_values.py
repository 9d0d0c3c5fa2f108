"""Values of fields: the canonical form of what comes in, and when a save is no change (R15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import ValueRefused
from crm.fields import Field, FieldType
from crm.json_values import Json
from crm.values import is_empty, normalise, same
from tests.unit.value_strategies import any_json, fields, values


def field(of_type: FieldType | str, *, multiple: bool = False, options: tuple[str, ...] = ()) -> Field:
    return Field(code="f", type=FieldType(of_type), multiple=multiple, options=options)


def money(amount: Json, currency: str = "EUR") -> Json:
    return {"amount": amount, "currency": currency}


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


# -------------------------------------------------------------------------------------------- refusals

DATETIME = "write it as 2026-11-21T10:30:00+01:00"
MONEY = 'write it as {"amount": "12.50", "currency": "EUR"}'
TOO_LONG = "a number may have at most 100 digits, written without exponent"


@pytest.mark.parametrize(
    ("of_type", "value", "message"),
    [
        ("string", 5, "5 is no text"),
        ("string", True, "true is no text"),
        ("string", {"a": 1}, "an object is no text"),
        ("string", ["a"], "a list is not allowed here; f takes one value"),
        ("string", "a\0b", "text must not hold the NUL character; PostgreSQL can't store it"),
        ("string", "\ud800", "text must not hold half of a surrogate pair; it is no Unicode text"),
        ("text", "x" * 100_001, "text of 100001 characters is too long; at most 100000 fit"),
        ("integer", True, "true is no number; write it as 12.5"),
        ("integer", 1.5, "1.5 is no whole number; write it as 12"),
        ("integer", "12a", "'12a' is no number; write it as 12.5"),
        ("integer", "1_000", "'1_000' is no number; write it as 12.5"),
        ("integer", " 5", "' 5' is no number; write it as 12.5"),
        ("integer", float("nan"), "nan is no number; write it as 12.5"),
        ("integer", 10**100, TOO_LONG),
        ("integer", 10**5000, TOO_LONG),
        ("number", float("inf"), "inf is no number; write it as 12.5"),
        ("number", "NaN", "'NaN' is no number; write it as 12.5"),
        ("number", "٣", "'٣' is no number; write it as 12.5"),
        ("number", False, "false is no number; write it as 12.5"),
        ("number", "1e100", TOO_LONG),
        ("number", "1e-100", TOO_LONG),
        ("number", "1e999999999999999999999", TOO_LONG),
        ("number", "0e999999", TOO_LONG),
        ("number", "9" * 5000, TOO_LONG),
        ("money", 12, f"12 is no money; {MONEY}"),
        ("money", {}, f"an object is no money; {MONEY}"),
        ("money", {"amount": 1, "currency": "EUR", "vat": 2}, f"an object is no money; {MONEY}"),
        ("money", {"amount": 1}, f"null is no currency of three capital letters; {MONEY}"),
        ("money", money(1, "eur"), f"'eur' is no currency of three capital letters; {MONEY}"),
        ("money", money("x"), "'x' is no number; write it as 12.5"),
        ("date", "abc", "'abc' is no date; write it as 2026-11-21"),
        ("date", "20261121", "'20261121' is no date; write it as 2026-11-21"),
        ("date", 20261121, "20261121 is no date; write it as 2026-11-21"),
        ("date", "2026-11-31", "'2026-11-31' is no date of the calendar"),
        ("date", " ", "' ' is no date; write it as 2026-11-21"),
        ("datetime", "2026-11-21", f"'2026-11-21' is no datetime; {DATETIME}"),
        ("datetime", "2026-11-21T10:30:00", f"'2026-11-21T10:30:00' has no offset from UTC; {DATETIME}"),
        ("datetime", "2026-11-21T24:00:00Z", f"'2026-11-21T24:00:00Z' is no datetime; {DATETIME}"),
        ("datetime", "2026-02-30T10:30:00Z", "'2026-02-30T10:30:00Z' is no datetime of the calendar"),
        ("datetime", 1763712000, f"1763712000 is no datetime; {DATETIME}"),
        ("boolean", 0, "0 is neither true nor false"),
        ("boolean", "true", "'true' is neither true nor false"),
        ("enumeration", 5, "5 is no code of an option; write it as text"),
        ("user", 0, "0 is no user; write the id as 5 or user:5"),
        ("user", True, "true is no user; write the id as 5 or user:5"),
        ("user", 5.0, "5.0 is no user; write the id as 5 or user:5"),
        ("user", "user:05", "'user:05' is no user; write the id as 5 or user:5"),
        ("user", 2**63, "9223372036854775808 is no user; write the id as 5 or user:5"),
        ("client", "deal:7", "'deal:7' is no client; write it as contact:7 or company:3"),
        (
            "client",
            "contact:9223372036854775808",
            "'contact:9223372036854775808' is no client; write it as contact:7 or company:3",
        ),
        ("item", "Deal:42", "'Deal:42' is no item; write it as deal:42"),
        ("item", 42, "42 is no item; write it as deal:42"),
        ("url", "example.com", "'example.com' is no url; write scheme and host, as https://example.com/page"),
        (
            "url",
            "mailto:a@b.de",
            "'mailto:a@b.de' is no url; write scheme and host, as https://example.com/page",
        ),
        ("url", "http:///x", "'http:///x' is no url; write scheme and host, as https://example.com/page"),
        (
            "url",
            "http://a.de/x y",
            "'http://a.de/x y' is no url; write scheme and host, as https://example.com/page",
        ),
        ("file", {"name": "x"}, 'an object is no file; write its id as text or as {"id": "f-17"}'),
        ("file", 17, '17 is no file; write its id as text or as {"id": "f-17"}'),
    ],
    ids=lambda part: repr(part)[:40] if not isinstance(part, int) else "number",
)
def test_a_value_of_the_wrong_type_is_refused_with_what_would_be_right(
    of_type: str, value: Json, message: str
) -> None:
    with pytest.raises(ValueRefused) as refused:
        normalise(field(of_type), value)
    assert str(refused.value) == message


def test_one_wrong_value_among_several_is_refused() -> None:
    with pytest.raises(ValueRefused, match="'x' is no number"):
        normalise(field("number", multiple=True), [1, "x"])


def test_a_list_in_a_list_is_refused() -> None:
    with pytest.raises(ValueRefused, match="a list is not allowed here"):
        normalise(field("string", multiple=True), [["a"]])


def test_a_code_that_is_no_option_is_refused_with_the_options() -> None:
    with pytest.raises(ValueRefused, match="'odl' is no option of f; it has new, old"):
        normalise(field("enumeration", options=("new", "old")), "odl")


# -------------------------------------------------------------------------------------- equality of a save


@pytest.mark.parametrize(
    ("of_type", "left", "right"),
    [
        ("string", "", None),
        ("string", [], None),
        ("string", "Caf\u00e9", "Cafe\u0301"),
        ("integer", 5, "5"),
        ("number", "12.50", 12.5),
        ("number", "0", -0.0),
        ("money", money("12.50"), money(12.5)),
        ("money", money(None), None),
        ("date", "", None),
        ("datetime", "2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00Z"),
        ("user", "user:5", 5),
        ("url", "HTTP://Example.com/A", "http://example.COM/A"),
        ("file", {"id": "f-1", "name": "a"}, "f-1"),
    ],
    ids=repr,
)
def test_a_save_that_leaves_the_value_equal_is_no_change(of_type: str, left: Json, right: Json) -> None:
    assert same(field(of_type), left, right)
    assert same(field(of_type), right, left)


@pytest.mark.parametrize(
    ("of_type", "left", "right"),
    [
        ("string", "new", "New"),
        ("string", " ", None),
        ("string", "a", "a "),
        ("integer", 0, None),
        ("boolean", False, None),
        ("boolean", False, True),
        ("money", money(0), None),
        ("money", money(5, "EUR"), money(5, "USD")),
        ("enumeration", "new", "NEW"),
        ("client", "contact:7", "company:7"),
        ("url", "http://example.com/a", "http://example.com/A"),
        ("url", "http://Me@example.com/", "http://me@example.com/"),
        ("number", "abc", None),
        ("number", None, "abc"),
    ],
    ids=repr,
)
def test_a_save_that_changes_the_value_is_a_change(of_type: str, left: Json, right: Json) -> None:
    assert not same(field(of_type), left, right)
    assert not same(field(of_type), right, left)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        pytest.param(["a", "b"], ["b", "a"], True, id="another order"),
        pytest.param(["a", "a"], ["a"], True, id="repeated"),
        pytest.param("a", ["a"], True, id="one"),
        pytest.param(["a", ""], ["a"], True, id="an empty one"),
        pytest.param([""], None, True, id="only empties"),
        pytest.param(["a", "b"], ["a"], False, id="one less"),
        pytest.param(["a"], ["A"], False, id="case"),
    ],
)
def test_a_multiple_field_is_a_set(left: Json, right: Json, equal: bool) -> None:
    assert same(field("string", multiple=True), left, right) is equal


def test_an_option_that_the_enumeration_no_longer_has_still_compares() -> None:
    enumeration = field("enumeration", multiple=True, options=("new",))
    assert same(enumeration, ["old", "new"], ["new", "old"])


@pytest.mark.parametrize(("of_type", "wrong", "right"), [("boolean", 1, True), ("integer", True, 1)])
def test_truth_and_one_are_different_values(of_type: str, wrong: Json, right: Json) -> None:
    assert not same(field(of_type), wrong, right)
    assert not same(field(of_type), right, wrong)


def test_a_value_that_the_type_does_not_allow_equals_only_itself() -> None:
    assert same(field("number"), "abc", "abc")
    assert not same(field("number"), "abc", "abd")


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


@given(st.data())
def test_a_value_is_the_same_as_its_canonical_form(data: st.DataObject) -> None:
    of = data.draw(fields)
    value = data.draw(values(of))
    assert same(of, value, normalise(of, value))


@given(st.data())
def test_equal_canonical_forms_are_the_same(data: st.DataObject) -> None:
    of = data.draw(fields)
    left, right = data.draw(values(of)), data.draw(values(of))
    if normalise(of, left) == normalise(of, right):
        assert same(of, left, right)


@given(st.data())
def test_being_the_same_is_an_equivalence(data: st.DataObject) -> None:
    of = data.draw(fields)
    a, b, c = (data.draw(values(of) | any_json) for _ in range(3))
    assert same(of, a, a)
    assert same(of, a, b) == same(of, b, a)
    if same(of, a, b):
        assert same(of, b, c) == same(of, a, c)
