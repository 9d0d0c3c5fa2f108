"""When a save is no change (R15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.values import Json, normalise, same
from tests.unit.value_strategies import any_json, field, fields, money, values


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
