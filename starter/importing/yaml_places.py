"""YAML with the line of every value, so that an error can name it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import yaml

from crm.values import Json

Path = tuple[str | int, ...]
"""Where a value stands: `("triggers", 2, "stage")`."""

_STEP = re.compile(r"\[(?P<index>[0-9]+)\]|(?P<name>[^.\[\]]+)")
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class YamlRefused(Exception):
    """Text that is no YAML, or repeats a key; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class PlacedYaml:
    """A document's value, and the line of each value in it by path."""

    value: Json
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the value at `path`; where it is missing, of the nearest that it would stand in."""
        for end in range(len(path), 0, -1):
            if tuple(path[:end]) in self.lines:
                return self.lines[tuple(path[:end])]
        return 1


class _Loader(yaml.SafeLoader):
    """Dates stay text, as JSON has them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> PlacedYaml:
    """Read one document; raises `YamlRefused`."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines = dict(_walk(node, ())) if node else {}
        return PlacedYaml(loader.construct_document(node) if node else None, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlRefused(error.problem or str(error), mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:
        raise YamlRefused(f"no YAML: {error}", 1) from error


def written(path: Sequence[str | int]) -> str:
    """A path as it is read: `triggers[2].stage`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def parsed(place: str) -> Path:
    """The inverse of `written`, for places that others have written: `triggers[2].settings.fields.0`."""
    steps: list[str | int] = []
    for step in _STEP.finditer(place):
        name = step["index"] or step["name"]
        steps.append(int(name) if name.isdigit() else name)
    return tuple(steps)


def _walk(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, one in enumerate(node.value):
            yield from _walk(one, (*path, index))
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise YamlRefused(f"{written((*path, name))} is there twice", key.start_mark.line + 1)
            seen.add(name)
            yield from _walk(value, (*path, name))
            # An error about a value is about its key, which may stand lines above.
            yield (*path, name), key.start_mark.line + 1
