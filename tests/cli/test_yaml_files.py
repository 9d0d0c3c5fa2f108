"""YAML that means what JSON means."""

from __future__ import annotations

import pytest

from crm.values import Json
from starter.yaml_files import YamlUnreadable, read_yaml, write_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("no", "no", id="no is text"),
        pytest.param("12:30", "12:30", id="a time is text"),
        pytest.param("2026-11-21", "2026-11-21", id="a date is text"),
        pytest.param("0123", "0123", id="a leading zero is text"),
        pytest.param("'true'", "true", id="quoted true is text"),
        pytest.param("true", True, id="true"),
        pytest.param("~", None, id="tilde is null"),
        pytest.param("", None, id="nothing is null"),
        pytest.param("-12", -12, id="integer"),
        pytest.param("1.5", 1.5, id="decimal"),
        pytest.param("1e3", 1000.0, id="exponent"),
        pytest.param("!!str 12", "12", id="text by its tag"),
    ],
)
def test_a_scalar_is_what_json_would_have(written: str, value: Json) -> None:
    assert read_yaml(f"key: {written}").content == {"key": value}


@pytest.mark.parametrize(
    "value",
    [
        "null", "~", "", "true", "12", "-1.5", "1e3", "no", "2026-11-21", "a: b", "- x", "# y", "é\nq", " x ",
        None, False, 0, 1.5, [], {}, [[1], {"a": [None]}],
    ],
    ids=repr,
)  # fmt: skip
def test_what_was_written_is_read_back_as_it_was(value: Json) -> None:
    content: Json = {"key": value, "list": [value]}
    assert read_yaml(write_yaml(content)).content == content


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("a: [1,", "line 1, column 7: ", id="not closed"),
        pytest.param("a: 1\na: 2", "line 2: the key 'a' is there twice", id="key twice"),
        pytest.param("? [x]\n: 1", "line 1: a key must be text", id="list as key"),
        pytest.param("a: !!python/name:os.system x", "line 1: the tag", id="python's own tag"),
        pytest.param("a: !!int x", "line 1: the tag", id="tag that its text does not fit"),
        pytest.param("a: &x [*x]", "an alias in it contains itself", id="endless"),
        pytest.param("[" * 5000, "it is nested too deeply", id="nested too deeply"),
        pytest.param("\x00", "unacceptable character", id="control character"),
    ],
)
def test_what_json_can_not_say_is_refused(text: str, reason: str) -> None:
    with pytest.raises(YamlUnreadable) as error:
        read_yaml(text)
    assert str(error.value).startswith(reason)


DOCUMENT = read_yaml(
    """\
pipeline: deal:sales
triggers:
  - id: first
    settings: {fields: []}
  - id: second
    condition:
      - field: amount
        value: 1
"""
)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("", 1),
        ("pipeline", 1),
        ("triggers", 2),
        ("triggers[0]", 3),
        ("triggers[0].settings.fields", 4),
        ("triggers.0.settings.fields.0.field", 4),
        ("triggers[1].condition[0].value", 8),
        ("triggers[1].condition[0].operator", 7),
        ("revision", 1),
    ],
)
def test_a_place_is_found_in_its_line_or_in_that_of_what_is_around_it(place: str, line: int) -> None:
    assert DOCUMENT.line(place) == line
