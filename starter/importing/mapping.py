"""The mapping: how rows of a log become items, their events and what these need to be defined.

In every value that is text, `{column}` stands for the row's cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from annotated_types import Ge, Interval, MinLen
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    model_validator,
)

from crm.automations import Automation, Trigger, TriggerState
from crm.pipelines import ItemType, Pipeline
from crm.values import Json
from crm.values.references import MAX_ID
from starter.importing.templates import columns_of

Column = Annotated[str, MinLen(1)]
UserId = Annotated[int, Ge(1)]
Step = Literal["created", "viewed", "signed_by_initiator", "signed_by_counterparty", "executed", "revoked"]


def _one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    if groups != 1:
        raise ValueError(f"a regular expression with one group, the number; this one has {groups}")
    return pattern


def _enabled_by_default(triggers: Any) -> Any:
    if not isinstance(triggers, list):
        return triggers
    return [{"state": TriggerState.ENABLED, **one} if isinstance(one, dict) else one for one in triggers]


NumberPattern = Annotated[str, AfterValidator(_one_group)]
"""A regular expression that the whole text must match; its one group is a number from 1."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Part):
    """What the import reads of every row. `row` tells the rows of the log apart."""

    case: Column
    row: Column
    time: Column
    task: Column
    person: Column


class Users(_Part):
    """Who the log's persons are: by `number` from their name, with `offset` added, or named in `others`.

    A person is a user whose id never depends on the other rows. `inactive` ones exist,
    but nothing is done in their name.
    """

    number: NumberPattern | None = None
    offset: Annotated[int, Interval(ge=0, le=10**9)] = 0
    others: dict[str, UserId] = {}
    inactive: tuple[str, ...] = ()

    def id_of(self, person: str) -> int | None:
        """The user's id; None for somebody who is not provided for."""
        if person in self.others:
            return self.others[person]
        number = number_in(self.number, person) if self.number else None
        return None if number is None else self.offset + number


class NewItems(_Part):
    """A case's item, made from the case's first row. `responsible` is the column of a person."""

    number: NumberPattern
    title: str = ""
    responsible: Column | None = None
    fields: dict[str, Json] = {}


class Document(_Part):
    """A step of a document of the item; `name` tells an item's documents of one template apart."""

    step: Step
    template: str
    name: str = ""


class Task(_Part):
    """What a task raises: a save of fields, a step of a document, both, or neither."""

    fields: dict[str, Json] = {}
    document: Document | None = None


class Mapping(_Part):
    """A whole mapping file. `log` names the log in the ids of events."""

    log: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    columns: Columns
    users: Users
    item_type: ItemType
    pipeline: Pipeline
    triggers: Annotated[tuple[Trigger, ...], BeforeValidator(_enabled_by_default)] = ()
    items: NewItems
    tasks: Annotated[dict[str, Task], MinLen(1)]

    @model_validator(mode="before")
    @classmethod
    def _pipeline_of_the_type(cls, content: Any) -> Any:
        """The pipeline is the item type's: its own file need not say so."""
        match content:
            case {"item_type": {"code": code}, "pipeline": dict(pipeline)}:
                return {**content, "pipeline": {"item_type": code, **pipeline}}
        return content

    def automation(self) -> Automation:
        """What is published where the pipeline has no trigger yet."""
        return Automation(
            pipeline=self.pipeline, fields=self.item_type.fields, triggers=self.triggers, revision=1
        )

    def columns_read(self) -> tuple[str, ...]:
        """Every column that the log must have, in the order of the file."""
        return tuple(dict.fromkeys(self._columns_read()))

    def _columns_read(self) -> Iterator[str]:
        yield from self.columns.model_dump().values()
        yield from columns_of(self.items.title)
        if self.items.responsible is not None:
            yield self.items.responsible
        templates: list[Json] = [*self.items.fields.values()]
        for task in self.tasks.values():
            templates += task.fields.values()
            if task.document is not None:
                templates += (task.document.template, task.document.name)
        for template in templates:
            yield from columns_of(template)


def number_in(pattern: str, text: str) -> int | None:
    """The number that the pattern finds in the whole text; None where there is none from 1 on."""
    found = re.fullmatch(pattern, text)
    if found is None or not (found[1] or "").isdecimal():
        return None
    number = int(found[1])
    return number if 1 <= number <= MAX_ID else None
