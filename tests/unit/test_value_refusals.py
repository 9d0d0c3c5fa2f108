"""What a field's type does not allow is refused, with what would be right."""

from __future__ import annotations

import pytest

from crm.errors import ValueRefused
from crm.values import Json, normalise
from tests.unit.value_strategies import field, money

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
