"""Reading a mapping file: every problem at once, each with its line and its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from crm.automations import check
from crm.errors import Problem, Refused, ValueRefused, place_of
from crm.fields import Field
from crm.kinds import EventRefused
from crm.kinds.documents import STEPS
from crm.kinds.items import known_field
from crm.values import Json, normalise
from starter.importing.errors import MappingRefused
from starter.importing.mapping import Mapping
from starter.importing.templates import is_constant
from starter.yaml_files import Document, YamlUnreadable, read_yaml


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping that is right in itself, and where its parts stand in the file `name`."""

    mapping: Mapping
    name: str
    document: Document

    def refusal(self, problems: Iterable[Problem]) -> MappingRefused:
        """The error that names each problem with its line."""
        return _refusal(self.name, self.document, problems)


def read_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file in UTF-8; raises `MappingRefused`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MappingRefused(f"{path}: the mapping can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MappingRefused(f"{path}: the mapping can't be read: it is no text in UTF-8") from error
    return parse_mapping(text, str(path))


def parse_mapping(text: str, name: str) -> MappingFile:
    """Read and check the text of a mapping file called `name`; raises `MappingRefused`."""
    try:
        document = read_yaml(text)
    except YamlUnreadable as error:
        raise MappingRefused(f"{name}: no YAML: {error}") from error
    try:
        mapping = Mapping.model_validate(document.content)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [
            Problem(place_of(detail["loc"]), detail["msg"].removeprefix("Value error, "))
            for detail in details
        ]
        raise _refusal(name, document, problems) from error
    file = MappingFile(mapping, name, document)
    found = list(_problems(mapping))
    if found:
        raise file.refusal(found)
    return file


def _refusal(name: str, document: Document, problems: Iterable[Problem]) -> MappingRefused:
    return MappingRefused("\n".join(f"{name}:{document.line(one.place)}: {one}" for one in problems))


def _problems(mapping: Mapping) -> Iterator[Problem]:
    """What no model sees by itself: parts of the mapping that do not fit each other."""
    fields = mapping.item_type.field_map()
    yield from _trigger_problems(mapping)
    for number, person in enumerate(mapping.users.inactive):
        if mapping.users.id_of(person) is None:
            yield Problem(f"users.inactive[{number}]", f"{person!r} is in neither `number` nor `others`")
    yield from _value_problems("items.fields", mapping.items.fields, fields)
    for name, task in mapping.tasks.items():
        yield from _value_problems(f"tasks.{name}.fields", task.fields, fields)
        if task.document is not None and not STEPS[task.document.step].has(mapping.item_type.code):
            message = f"documents of type {mapping.item_type.code} have no step {task.document.step}"
            yield Problem(f"tasks.{name}.document.step", message)


def _trigger_problems(mapping: Mapping) -> Iterator[Problem]:
    # Whether the users for whom they act exist is known with the log.
    users = [one.on_behalf_of for one in mapping.triggers if one.on_behalf_of is not None]
    try:
        check(mapping.automation(), users)
    except Refused as refusal:
        yield from refusal.problems


def _value_problems(where: str, values: dict[str, Json], fields: dict[str, Field]) -> Iterator[Problem]:
    for code, value in values.items():
        try:
            field = known_field(code, fields)
            if is_constant(value):
                normalise(field, value)
        except (EventRefused, ValueRefused) as refusal:
            yield Problem(f"{where}.{code}", str(refusal))
