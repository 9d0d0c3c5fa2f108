"""Fields and values for tests: written short, and generated."""

from __future__ import annotations

from datetime import timedelta, timezone

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from crm.fields import Field, FieldType
from crm.values import Json

ALL_FIELDS = [
    Field(code=f"{'some_' * multiple}{of_type}", type=of_type, multiple=multiple)
    for of_type in FieldType
    for multiple in (False, True)
]


def field(of_type: FieldType | str, *, multiple: bool = False, options: tuple[str, ...] = ()) -> Field:
    return Field(code="f", type=FieldType(of_type), multiple=multiple, options=options)


def money(amount: Json, currency: str = "EUR") -> Json:
    return {"amount": amount, "currency": currency}


fields = st.sampled_from(ALL_FIELDS)
empties: SearchStrategy[Json] = st.sampled_from([None, "", [], [None, ""], [{"amount": None}, []]])
any_json: SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["\ud800", "\0", 10**4000, "9" * 5000, "1e9999999"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["amount", "currency", "id"]) | st.text(max_size=3), inner, max_size=3
        )
    ),
    max_leaves=8,
)

_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
_close_text = st.text(st.sampled_from("aAßsSéÉe\u0301İi "), min_size=1, max_size=4)
_decimal: SearchStrategy[Json] = (
    st.decimals(-1000, 1000, places=2).map(str) | st.integers(-20, 20) | st.sampled_from([0.5, "1e3", "-0.0"])
)
_id: SearchStrategy[int] = st.integers(1, 9)
_offset = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_host = st.sampled_from(["Example.com", "example.com", "[::1]:80", "user@example.com:8080"])

_SINGLE: dict[FieldType, SearchStrategy[Json]] = {
    FieldType.STRING: _text | _close_text,
    FieldType.TEXT: _text | _close_text,
    FieldType.INTEGER: st.integers(-20, 20) | st.integers(-(10**99), 10**99) | st.integers().map(str),
    FieldType.NUMBER: _decimal,
    FieldType.MONEY: st.builds(
        lambda amount, currency: {"amount": amount, "currency": currency},
        _decimal,
        st.sampled_from(["EUR", "USD"]),
    ),
    FieldType.DATE: st.dates().map(str),
    FieldType.DATETIME: st.datetimes(timezones=_offset).map(lambda moment: moment.isoformat()),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.ENUMERATION: st.sampled_from(["new", "NEW", "old"]) | _text,
    FieldType.USER: _id | _id.map(str) | _id.map(lambda number: f"user:{number}"),
    FieldType.CLIENT: st.builds(
        lambda kind, number: f"{kind}:{number}", st.sampled_from(["contact", "company"]), _id
    ),
    FieldType.ITEM: st.builds(
        lambda kind, number: f"{kind}:{number}", st.sampled_from(["deal", "lead"]), _id
    ),
    FieldType.URL: st.builds(
        lambda scheme, host, path: f"{scheme}://{host}{path}",
        st.sampled_from(["http", "HTTP", "https"]),
        _host,
        st.sampled_from(["", "/", "/a", "/A?b=C#d"]),
    ),
    FieldType.FILE: _text | _text.map(lambda file_id: {"id": file_id, "name": "contract.pdf"}),
}


def single_values(field: Field) -> SearchStrategy[Json]:
    """One value that the field's type allows, not empty."""
    return _SINGLE[field.type]


def values(field: Field) -> SearchStrategy[Json]:
    """What a message may bring for the field, empty values included."""
    one = single_values(field)
    return empties | one | st.lists(one | empties, max_size=4) if field.multiple else empties | one
