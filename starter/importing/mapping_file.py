"""Reading a mapping file: every problem at once, each with its line and its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from crm.automations import check
from crm.errors import Refused, ValueRefused
from crm.fields import Field
from crm.kinds import EventRefused
from crm.kinds.documents import STEPS
from crm.kinds.items import known_field
from crm.values import Json, normalise
from starter.importing import yaml_places
from starter.importing.errors import MappingRefused
from starter.importing.mapping import Mapping
from starter.importing.templates import is_constant
from starter.importing.yaml_places import PlacedYaml, YamlRefused

Found = tuple[yaml_places.Path, str]
"""A problem: where, and what."""


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping that is right in itself, and where its parts stand in its file."""

    mapping: Mapping
    name: str
    source: PlacedYaml

    def refuse(self, problems: list[Found]) -> MappingRefused:
        """The error that names each problem with its line."""
        return MappingRefused("\n".join(_sentence(self.name, self.source, *problem) for problem in problems))


def read_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file; raises `MappingRefused`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
        raise MappingRefused(f"{path}: the mapping can't be read: {reason}") from error
    return parse_mapping(text, str(path))


def parse_mapping(text: str, name: str) -> MappingFile:
    """Read and check the text of a mapping file called `name`; raises `MappingRefused`."""
    try:
        source = yaml_places.read_yaml(text)
    except YamlRefused as refusal:
        raise MappingRefused(f"{name}:{refusal.line}: {refusal}") from refusal
    try:
        file = MappingFile(Mapping.model_validate(source.value), name, source)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise MappingRefused(
            "\n".join(_sentence(name, source, detail["loc"], detail["msg"]) for detail in details)
        ) from error
    problems = list(_problems(file.mapping))
    if problems:
        raise file.refuse(problems)
    return file


def _sentence(name: str, source: PlacedYaml, path: yaml_places.Path, message: str) -> str:
    place = yaml_places.written(path)
    message = message.removeprefix("Value error, ")
    return f"{name}:{source.line(path)}: {place}: {message}" if place else f"{name}: {message}"


def _problems(mapping: Mapping) -> Iterator[Found]:
    fields = mapping.item_type.field_map()
    yield from _automation_problems(mapping)
    for person in mapping.users.inactive:
        if mapping.users.id_of(person) is None:
            yield ("users", "inactive"), f"{person!r} is no user: `number` and `others` don't provide for it"
    yield from _value_problems(("items", "fields"), mapping.items.fields, fields)
    for name, task in mapping.tasks.items():
        yield from _value_problems(("tasks", name, "fields"), task.fields, fields)
        if task.document is not None and not STEPS[task.document.step].has(mapping.item_type.code):
            place = ("tasks", name, "document", "step")
            yield place, f"documents of type {mapping.item_type.code} have no step {task.document.step}"


def _automation_problems(mapping: Mapping) -> Iterator[Found]:
    """Those of the triggers. Whether the users whom they name exist is known with the log (`plan`)."""
    named = [one.on_behalf_of for one in mapping.triggers if one.on_behalf_of is not None]
    try:
        check(mapping.automation(), named)
    except Refused as refusal:
        for problem in refusal.problems:
            yield yaml_places.parsed(problem.place), problem.message


def _value_problems(
    path: yaml_places.Path, values: dict[str, Json], fields: dict[str, Field]
) -> Iterator[Found]:
    for code, value in values.items():
        try:
            field = known_field(code, fields)
            if is_constant(value):
                normalise(field, value)
        except (EventRefused, ValueRefused) as refusal:
            yield (*path, code), str(refusal)


def nearest(name: str, known: list[str]) -> str:
    """`; did you mean ...?`, where one of the known names is near."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
