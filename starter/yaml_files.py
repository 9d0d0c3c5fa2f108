"""YAML that means what JSON means, with the line of every place in it.

Only `true`, `false`, `null` and JSON's numbers are more than text: `no`, `12:30` and `2026-11-21` stay text,
as they must where a value's type is decided by the field that it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from crm.errors import CrmError, Problem, Refused
from crm.values import Json

_SCALARS = {
    "tag:yaml.org,2002:bool": (re.compile(r"true|false"), "tf"),
    "tag:yaml.org,2002:null": (re.compile(r"null|~|"), ["n", "~", ""]),
    "tag:yaml.org,2002:int": (re.compile(r"-?(?:0|[1-9][0-9]*)"), "-0123456789"),
    "tag:yaml.org,2002:float": (
        re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"),
        "-0123456789",
    ),
}
_STEP = re.compile(r"[^.\[\]]+")
_TEXT_TAG, _LIST_TAG, _OBJECT_TAG = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))


class YamlUnreadable(CrmError):
    """A text that is no YAML, or that says what JSON can't; the message names the line."""


class _Loader(yaml.SafeLoader):
    """Knows no scalars but text; those of `_SCALARS` are added below."""


class _Dumper(yaml.SafeDumper):
    """Quotes what `_Loader` would not read as text; repeats in place of YAML's aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Loader.yaml_implicit_resolvers = {}
_Dumper.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _SCALARS.items():
    # Whole texts only: the resolver asks for a match at the beginning.
    _whole = re.compile(rf"(?:{_pattern.pattern})\Z")
    _Loader.add_implicit_resolver(_tag, _whole, list(_first))
    _Dumper.add_implicit_resolver(_tag, _whole, list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML text as JSON; `lines` has the line, from 1, of each place by its path of keys and indexes."""

    content: Json
    lines: Mapping[tuple[str, ...], int]

    def line(self, place: str) -> int | None:
        """The line of `triggers[2].condition[0].value`, or of the nearest place around it that is there."""
        steps = tuple(_STEP.findall(place))
        for length in range(len(steps), -1, -1):
            if steps[:length] in self.lines:
                return self.lines[steps[:length]]
        return None

    def located(self, problems: Iterable[Problem]) -> Refused:
        """The refusal of these problems, each with its line."""
        return Refused(
            Problem(f"line {self.line(problem.place)}, {problem.place or 'the file'}", problem.message)
            for problem in problems
        )


def read_yaml(text: str) -> Document:
    """Read a document; raises `YamlUnreadable`."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlUnreadable(f"{where}{error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise YamlUnreadable(str(error)) from error
    except RecursionError as error:
        raise YamlUnreadable("it is nested too deeply") from error
    return _document(node)


def write_yaml(content: Json) -> str:
    """The content as YAML, keys in their order; `read_yaml` reads it back as it is."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _document(node: yaml.Node | None) -> Document:
    lines: dict[tuple[str, ...], int] = {(): 1}
    try:
        return Document(None if node is None else _value(node, (), lines), lines)
    except RecursionError as error:
        raise YamlUnreadable("an alias in it contains itself") from error


def _value(node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> Json:
    lines.setdefault(path, node.start_mark.line + 1)
    match node:
        case yaml.ScalarNode():
            return _scalar(node)
        case yaml.SequenceNode(tag=tag) if tag == _LIST_TAG:
            return [_value(one, (*path, str(number)), lines) for number, one in enumerate(node.value)]
        case yaml.MappingNode(tag=tag) if tag == _OBJECT_TAG:
            content: dict[str, Json] = {}
            for key_node, value_node in node.value:
                key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
                if key is None or key in content:
                    problem = "a key must be text" if key is None else f"the key {key!r} is there twice"
                    raise YamlUnreadable(f"line {key_node.start_mark.line + 1}: {problem}")
                lines[(*path, key)] = key_node.start_mark.line + 1
                content[key] = _value(value_node, (*path, key), lines)
            return content
        case _:
            raise _meaningless(node)


def _scalar(node: yaml.ScalarNode) -> Json:
    text: str = node.value
    if node.tag == _TEXT_TAG:
        return text
    if node.tag not in _SCALARS or not _SCALARS[node.tag][0].fullmatch(text):
        raise _meaningless(node)
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case _:
            return float(text)


def _meaningless(node: yaml.Node) -> YamlUnreadable:
    return YamlUnreadable(f"line {node.start_mark.line + 1}: the tag {node.tag} means nothing here")
