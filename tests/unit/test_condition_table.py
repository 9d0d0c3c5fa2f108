"""Every operator on every field type, single and multiple, on empty and other values (R20, scenario 12).

A block starts with its field types and the item's values, one a column. A row is an operator, the wanted
value and, for each of the item's values, + where it holds and - where it does not. `10 EUR` stands for money.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest

from crm.conditions import Operator, Row, compile_condition
from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.values import Json

TABLE = """
string, text: single | null | "" | "Abc" | "STRASSE 5" | " "
=            | "aBC"                      | - | - | + | - | -
!=           | "aBC"                      | + | + | - | + | +
in           | ["x", "abc", "straße 5"]   | - | - | + | + | -
not in       | ["x", "abc", "straße 5"]   | + | + | - | - | +
contains     | "B"                        | - | - | + | - | -
contains     | "aße"                      | - | - | - | + | -
contains     | " "                        | - | - | - | + | +
not contains | "B"                        | + | + | - | + | +
not contains | " "                        | + | + | + | - | -
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | >, >=, <, <=, between

string, text: multiple | null | [] | ["", null] | ["Abc"] | ["abc", "Def"] | ["abcd"] | [" "]
=            | "ABC"                      | - | - | - | + | - | - | -
=            | ["def", "abc"]             | - | - | - | - | + | - | -
!=           | "ABC"                      | + | + | + | - | + | + | +
!=           | ["def", "abc"]             | + | + | + | + | - | + | +
in           | ["ABC", "x"]               | - | - | - | + | + | - | -
not in       | ["ABC", "x"]               | + | + | + | - | - | + | +
contains     | "abc"                      | - | - | - | + | + | - | -
contains     | ["def", "ABC"]             | - | - | - | - | + | - | -
not contains | "abc"                      | + | + | + | - | - | + | +
not contains | ["def", "ABC"]             | + | + | + | + | - | + | +
empty        |                            | + | + | + | - | - | - | -
not empty    |                            | - | - | - | + | + | + | +
refused      | >, >=, <, <=, between

integer: single | null | "" | 0 | 9 | 10 | 11
=            | 10                         | - | - | - | - | + | -
=            | "10"                       | - | - | - | - | + | -
!=           | 10                         | + | + | + | + | - | +
>            | 9                          | - | - | - | - | + | +
>=           | 10                         | - | - | - | - | + | +
<            | 10                         | - | - | + | + | - | -
<=           | 10                         | - | - | + | + | + | -
between      | [9, 10]                    | - | - | - | + | + | -
between      | [9, 9]                     | - | - | - | + | - | -
in           | [0, 10]                    | - | - | + | - | + | -
not in       | [0, 10]                    | + | + | - | + | - | +
empty        |                            | + | + | - | - | - | -
not empty    |                            | - | - | + | + | + | +
refused      | contains, not contains

integer: multiple | null | [] | [5] | [5, 20] | [10] | [0]
=            | 5                          | - | - | + | - | - | -
=            | [20, 5]                    | - | - | - | + | - | -
!=           | 5                          | + | + | - | + | + | +
!=           | [20, 5]                    | + | + | + | - | + | +
>            | 10                         | - | - | - | + | - | -
>=           | 10                         | - | - | - | + | + | -
<            | 10                         | - | - | + | + | - | +
<=           | 10                         | - | - | + | + | + | +
between      | [6, 15]                    | - | - | - | - | + | -
between      | [5, 6]                     | - | - | + | + | - | -
in           | [20, 7]                    | - | - | - | + | - | -
not in       | [20, 7]                    | + | + | + | - | + | +
empty        |                            | + | + | - | - | - | -
not empty    |                            | - | - | + | + | + | +
refused      | contains, not contains

number: single | null | "" | "0" | "9" | "10" | "12.5"
=            | "12.50"                    | - | - | - | - | - | +
=            | 0.0                        | - | - | + | - | - | -
!=           | "12.50"                    | + | + | + | + | + | -
>            | 9.5                        | - | - | - | - | + | +
>=           | 10                         | - | - | - | - | + | +
<            | "10"                       | - | - | + | + | - | -
<=           | 10.0                       | - | - | + | + | + | -
between      | [9, 12.5]                  | - | - | - | + | + | +
in           | [0, "9.0"]                 | - | - | + | + | - | -
not in       | [0, "9.0"]                 | + | + | - | - | + | +
empty        |                            | + | + | - | - | - | -
not empty    |                            | - | - | + | + | + | +
refused      | contains, not contains

number: multiple | null | [] | ["1.5"] | ["1.5", "20"] | ["10"]
=            | "1.50"                     | - | - | + | - | -
=            | [20, 1.5]                  | - | - | - | + | -
!=           | "1.50"                     | + | + | - | + | +
>            | 10                         | - | - | - | + | -
>=           | 10                         | - | - | - | + | +
<            | 10                         | - | - | + | + | -
<=           | 10                         | - | - | + | + | +
between      | [2, 15]                    | - | - | - | - | +
in           | [20]                       | - | - | - | + | -
not in       | [20]                       | + | + | + | - | +
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | contains, not contains

money: single | null | 5 EUR | 10.00 EUR | 10 USD | {"amount": null, "currency": "EUR"}
=            | 10 EUR                     | - | - | + | - | -
!=           | 10 EUR                     | + | + | - | + | +
>            | 5 EUR                      | - | - | + | - | -
>=           | 10 EUR                     | - | - | + | - | -
<            | 10 EUR                     | - | + | - | - | -
<            | 20 EUR                     | - | + | + | - | -
<=           | 10 EUR                     | - | + | + | - | -
between      | [5 EUR, 10 EUR]            | - | + | + | - | -
in           | [10 EUR, 7 EUR]            | - | - | + | - | -
not in       | [10 EUR, 7 EUR]            | + | + | - | + | +
empty        |                            | + | - | - | - | +
not empty    |                            | - | + | + | + | -
refused      | contains, not contains

money: multiple | null | [] | [5 EUR] | [5 EUR, 20 USD] | [10 USD]
=            | 5.0 EUR                    | - | - | + | - | -
=            | [20 USD, 5 EUR]            | - | - | - | + | -
!=           | 5.0 EUR                    | + | + | - | + | +
>            | 4 EUR                      | - | - | + | + | -
>            | 5 EUR                      | - | - | - | - | -
>=           | 10 USD                     | - | - | - | + | +
<            | 10 EUR                     | - | - | + | + | -
<=           | 10 USD                     | - | - | - | - | +
between      | [10 USD, 20 USD]           | - | - | - | + | +
in           | [20 USD, 20 EUR]           | - | - | - | + | -
not in       | [20 USD, 20 EUR]           | + | + | + | - | +
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | contains, not contains

date: single | null | "" | "2026-11-20" | "2026-11-21" | "2026-12-01"
=            | "2026-11-21"                 | - | - | - | + | -
!=           | "2026-11-21"                 | + | + | + | - | +
>            | "2026-11-21"                 | - | - | - | - | +
>=           | "2026-11-21"                 | - | - | - | + | +
<            | "2026-11-21"                 | - | - | + | - | -
<=           | "2026-11-21"                 | - | - | + | + | -
between      | ["2026-11-20", "2026-11-21"] | - | - | + | + | -
in           | ["2026-12-01", "2026-11-20"] | - | - | + | - | +
not in       | ["2026-12-01", "2026-11-20"] | + | + | - | + | -
empty        |                              | + | + | - | - | -
not empty    |                              | - | - | + | + | +
refused      | contains, not contains

date: multiple | null | [] | ["2026-11-20"] | ["2026-11-20", "2026-12-01"]
=            | "2026-11-20"                 | - | - | + | -
=            | ["2026-12-01", "2026-11-20"] | - | - | - | +
!=           | "2026-11-20"                 | + | + | - | +
>            | "2026-11-25"                 | - | - | - | +
>=           | "2026-12-01"                 | - | - | - | +
<            | "2026-11-25"                 | - | - | + | +
<=           | "2026-11-20"                 | - | - | + | +
between      | ["2026-11-21", "2026-11-30"] | - | - | - | -
between      | ["2026-11-21", "2026-12-01"] | - | - | - | +
in           | ["2026-12-01"]               | - | - | - | +
not in       | ["2026-12-01"]               | + | + | + | -
empty        |                              | + | + | - | -
not empty    |                              | - | - | + | +
refused      | contains, not contains

datetime: single | null | "" | "2026-11-21T10:00:00Z" | "2026-11-21T10:00:00+02:00" | "2026-11-21T11:00:00Z"
=            | "2026-11-21T12:00:00+02:00"                      | - | - | + | - | -
!=           | "2026-11-21T12:00:00+02:00"                      | + | + | - | + | +
>            | "2026-11-21T10:00:00Z"                           | - | - | - | - | +
>=           | "2026-11-21T10:00:00Z"                           | - | - | + | - | +
<            | "2026-11-21T10:00:00Z"                           | - | - | - | + | -
<=           | "2026-11-21T10:00:00Z"                           | - | - | + | + | -
between      | ["2026-11-21T08:00:00Z", "2026-11-21T10:00:00Z"] | - | - | + | + | -
in           | ["2026-11-21T08:00:00Z"]                         | - | - | - | + | -
not in       | ["2026-11-21T08:00:00Z"]                         | + | + | + | - | +
empty        |                                                  | + | + | - | - | -
not empty    |                                                  | - | - | + | + | +
refused      | contains, not contains

datetime: multiple | null | [] | ["2026-11-21T10:00:00Z"] | ["2026-11-21T08:00:00Z", "2026-11-21T11:00:00Z"]
=            | "2026-11-21T12:00:00+02:00"                      | - | - | + | -
=            | ["2026-11-21T11:00:00Z", "2026-11-21T08:00:00Z"] | - | - | - | +
!=           | "2026-11-21T12:00:00+02:00"                      | + | + | - | +
>            | "2026-11-21T10:00:00Z"                           | - | - | - | +
>=           | "2026-11-21T10:00:00Z"                           | - | - | + | +
<            | "2026-11-21T10:00:00Z"                           | - | - | - | +
<=           | "2026-11-21T10:00:00Z"                           | - | - | + | +
between      | ["2026-11-21T09:00:00Z", "2026-11-21T10:30:00Z"] | - | - | + | -
in           | ["2026-11-21T08:00:00Z"]                         | - | - | - | +
not in       | ["2026-11-21T08:00:00Z"]                         | + | + | + | -
empty        |                                                  | + | + | - | -
not empty    |                                                  | - | - | + | +
refused      | contains, not contains

boolean: single | null | false | true
=            | true                       | - | - | +
=            | false                      | - | + | -
!=           | true                       | + | + | -
!=           | false                      | + | - | +
empty        |                            | + | - | -
not empty    |                            | - | + | +
refused      | >, >=, <, <=, between, in, not in, contains, not contains

boolean: multiple | null | [] | [false] | [true] | [true, false]
=            | true                       | - | - | - | + | -
=            | [false, true]              | - | - | - | - | +
!=           | true                       | + | + | + | - | +
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | >, >=, <, <=, between, in, not in, contains, not contains

enumeration: single | null | "" | "new" | "NEW" | "old"
=            | "new"                      | - | - | + | - | -
!=           | "new"                      | + | + | - | + | +
in           | ["new", "old"]             | - | - | + | - | +
not in       | ["new", "old"]             | + | + | - | + | -
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | >, >=, <, <=, between, contains, not contains

enumeration: multiple | null | [] | ["new"] | ["new", "old"] | ["NEW"]
=            | "new"                      | - | - | + | - | -
=            | ["old", "new"]             | - | - | - | + | -
!=           | "new"                      | + | + | - | + | +
in           | ["old", "x"]               | - | - | - | + | -
not in       | ["old", "x"]               | + | + | + | - | +
contains     | "new"                      | - | - | + | + | -
contains     | ["new", "old"]             | - | - | - | + | -
not contains | "new"                      | + | + | - | - | +
not contains | ["new", "old"]             | + | + | + | - | +
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | >, >=, <, <=, between

user: single | null | "" | 5 | 7
=            | 5                          | - | - | + | -
=            | "user:5"                   | - | - | + | -
!=           | "5"                        | + | + | - | +
in           | [5, "user:9"]              | - | - | + | -
not in       | [5, "user:9"]              | + | + | - | +
empty        |                            | + | + | - | -
not empty    |                            | - | - | + | +
refused      | >, >=, <, <=, between, contains, not contains

user: multiple | null | [] | [5] | [5, 7] | [9]
=            | "user:5"                   | - | - | + | - | -
=            | [7, 5]                     | - | - | - | + | -
!=           | 5                          | + | + | - | + | +
in           | [7, 9]                     | - | - | - | + | +
not in       | [7, 9]                     | + | + | + | - | -
contains     | 5                          | - | - | + | + | -
contains     | [5, 7]                     | - | - | - | + | -
not contains | 5                          | + | + | - | - | +
not contains | [5, 7]                     | + | + | + | - | +
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | >, >=, <, <=, between

client: single | null | "" | "contact:7" | "company:7"
=            | "contact:7"                | - | - | + | -
!=           | "contact:7"                | + | + | - | +
in           | ["company:7", "company:8"] | - | - | - | +
not in       | ["company:7", "company:8"] | + | + | + | -
empty        |                            | + | + | - | -
not empty    |                            | - | - | + | +
refused      | >, >=, <, <=, between, contains, not contains

client: multiple | null | [] | ["contact:7"] | ["contact:7", "company:3"]
=            | "contact:7"                | - | - | + | -
=            | ["company:3", "contact:7"] | - | - | - | +
!=           | "contact:7"                | + | + | - | +
in           | ["company:3"]              | - | - | - | +
not in       | ["company:3"]              | + | + | + | -
contains     | "contact:7"                | - | - | + | +
contains     | ["contact:7", "company:3"] | - | - | - | +
not contains | "company:3"                | + | + | + | -
empty        |                            | + | + | - | -
not empty    |                            | - | - | + | +
refused      | >, >=, <, <=, between

item: single | null | "" | "deal:42" | "deal:4"
=            | "deal:42"                  | - | - | + | -
!=           | "deal:42"                  | + | + | - | +
in           | ["deal:4", "lead:42"]      | - | - | - | +
not in       | ["deal:4", "lead:42"]      | + | + | + | -
empty        |                            | + | + | - | -
not empty    |                            | - | - | + | +
refused      | >, >=, <, <=, between, contains, not contains

item: multiple | null | [] | ["deal:42"] | ["deal:42", "procurement:1"]
=            | "deal:42"                    | - | - | + | -
=            | ["procurement:1", "deal:42"] | - | - | - | +
!=           | "deal:42"                    | + | + | - | +
in           | ["procurement:1"]            | - | - | - | +
not in       | ["procurement:1"]            | + | + | + | -
contains     | "deal:42"                    | - | - | + | +
contains     | ["deal:42", "procurement:1"] | - | - | - | +
not contains | "procurement:1"              | + | + | + | -
empty        |                              | + | + | - | -
not empty    |                              | - | - | + | +
refused      | >, >=, <, <=, between

url: single | null | "" | "https://Example.com/Path" | "https://example.com/path" | "https://user@example.com/Path"
=            | "HTTPS://EXAMPLE.com/Path" | - | - | + | - | -
!=           | "HTTPS://EXAMPLE.com/Path" | + | + | - | + | +
contains     | "/PATH"                    | - | - | + | + | +
contains     | "//EXAMPLE"                | - | - | + | + | -
not contains | "//EXAMPLE"                | + | + | - | - | +
empty        |                            | + | + | - | - | -
not empty    |                            | - | - | + | + | +
refused      | >, >=, <, <=, between, in, not in

url: multiple | null | [] | ["https://Example.com/Path"] | ["https://example.com/Path", "https://example.org/b"]
=            | "https://example.COM/Path"                             | - | - | + | -
=            | ["https://example.ORG/b", "https://example.com/Path"]  | - | - | - | +
!=           | "https://example.COM/Path"                             | + | + | - | +
contains     | "PATH"                                                 | - | - | + | +
contains     | ["path", ".org"]                                       | - | - | - | +
not contains | "PATH"                                                 | + | + | - | -
not contains | ["path", ".org"]                                       | + | + | + | -
empty        |                                                        | + | + | - | -
not empty    |                                                        | - | - | + | +
refused      | >, >=, <, <=, between, in, not in

file: single | null | "" | "f-17"
empty        |                            | + | + | -
not empty    |                            | - | - | +
refused      | =, !=, >, >=, <, <=, between, in, not in, contains, not contains

file: multiple | null | [] | ["f-17"]
empty        |                            | + | + | -
not empty    |                            | - | - | +
refused      | =, !=, >, >=, <, <=, between, in, not in, contains, not contains
"""


@dataclass(frozen=True)
class Block:
    types: tuple[FieldType, ...]
    multiple: bool
    items: tuple[Json, ...]
    rows: tuple[tuple[Operator, str, str], ...]
    """Operator, wanted value as JSON (empty: none), and the expected cells, one character each."""
    refused: tuple[Operator, ...]

    def fields(self) -> list[Field]:
        return [Field(code="f", type=of_type, multiple=self.multiple) for of_type in self.types]


def read_json(text: str) -> Json:
    value: Json = json.loads(re.sub(r"([0-9.]+) ([A-Z]{3})", r'{"amount": "\1", "currency": "\2"}', text))
    return value


def read_block(text: str) -> Block:
    head, *lines = ([cell.strip() for cell in line.split("|")] for line in text.splitlines())
    types, multiplicity = head[0].split(": ")
    *rows, refused = lines
    return Block(
        types=tuple(map(FieldType, types.split(", "))),
        multiple={"single": False, "multiple": True}[multiplicity],
        items=tuple(map(read_json, head[1:])),
        rows=tuple((Operator(row[0]), row[1], "".join(row[2:])) for row in rows),
        refused=tuple(map(Operator, refused[1].split(", "))) if refused[0] == "refused" else (),
    )


BLOCKS = [read_block(text) for text in TABLE.strip().split("\n\n")]


def name(field: Field) -> str:
    return f"{'multiple ' * field.multiple}{field.type}"


@pytest.mark.parametrize(
    ("field", "operator", "wanted", "items", "expected"),
    [
        pytest.param(
            field, operator, wanted, block.items, cells, id=f"{name(field)} {operator} {wanted}".strip()
        )
        for block in BLOCKS
        for field in block.fields()
        for operator, wanted, cells in block.rows
    ],
)
def test_an_operator_holds_for_exactly_the_values_of_its_row(
    field: Field, operator: Operator, wanted: str, items: tuple[Json, ...], expected: str
) -> None:
    row = Row(field="f", operator=operator, value=read_json(wanted) if wanted else None)
    condition = compile_condition([row], {"f": field}, "condition")
    cells = ["+" if condition.evaluate({"f": item}).holds else "-" for item in items]
    assert "".join(cells) == expected


@pytest.mark.parametrize(
    ("field", "operator"),
    [
        pytest.param(field, operator, id=f"{name(field)} {operator}")
        for block in BLOCKS
        for field in block.fields()
        for operator in block.refused
    ],
)
def test_an_operator_that_the_type_does_not_allow_is_refused(field: Field, operator: Operator) -> None:
    with pytest.raises(Refused) as refused:
        compile_condition([Row(field="f", operator=operator, value="x")], {"f": field}, "condition")
    assert [problem.place for problem in refused.value.problems] == ["condition[0].operator"]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: name(block.fields()[0]))
def test_each_block_of_the_table_has_every_operator_and_a_cell_for_each_value(block: Block) -> None:
    assert {operator for operator, _, _ in block.rows} | set(block.refused) == set(Operator)
    assert {len(cells) for _, _, cells in block.rows} == {len(block.items)}


def test_the_table_has_every_field_type_single_and_multiple() -> None:
    blocks = sorted((of_type, block.multiple) for block in BLOCKS for of_type in block.types)
    assert blocks == sorted((of_type, multiple) for of_type in FieldType for multiple in (False, True))
