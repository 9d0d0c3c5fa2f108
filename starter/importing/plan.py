"""The plan: which items to create, and which messages to send to each, in the order of time. Pure.

A row is one save: what its task changes, and, where its person is not the one who is responsible
by then, a new responsible person, fields first (R16); then its document's step. The ids come from
the row alone (`receipt:case-10011:task-42935:fields`), so that a second import changes nothing (R8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.errors import Problem
from crm.items import ItemRef
from crm.values import Json
from starter.importing.mapping import Mapping
from starter.importing.mapping_file import MappingFile
from starter.importing.rows import Log, Row

SOURCE = "import"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the log names, as a user (R6)."""

    id: int
    name: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """One event as it is sent."""

    event_id: str
    kind: str
    data: dict[str, Json]
    occurred_at: datetime
    actor: int | None
    suppress: bool

    @property
    def options(self) -> dict[str, Any]:
        """The envelope beside the id (crm.messages.Envelope)."""
        options: dict[str, Any] = {"occurred_at": self.occurred_at, "source": SOURCE}
        if self.actor is not None:
            options["actor"] = self.actor
        if self.suppress:
            options["automation"] = "suppress"
        return options

    @property
    def content(self) -> dict[str, Any]:
        """The whole message, as JSON has it."""
        written = {**self.options, "occurred_at": self.occurred_at.isoformat()}
        return {"event_id": self.event_id, "kind": self.kind, "data": self.data, **written}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """An item as it is created, and its messages in order."""

    ref: ItemRef
    title: str
    responsible: int | None
    fields: dict[str, Json]
    created_at: datetime
    created_by: int | None
    messages: tuple[PlannedMessage, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole import. Items stand in the order in which the log first names them."""

    users: tuple[Person, ...]
    items: tuple[PlannedItem, ...]

    @property
    def number_of_messages(self) -> int:
        return sum(len(item.messages) for item in self.items)


def make_plan(file: MappingFile, log: Log, *, suppress: bool = False) -> Plan:
    """Plan the import of the log.

    Raises `MappingRefused` where two persons are one user, or a trigger acts for nobody in the log.
    """
    mapping = file.mapping
    users = _users(file, log)
    known = {user.id for user in users}
    unknown = [
        Problem(f"triggers[{number}].on_behalf_of", f"user {one.on_behalf_of} is nobody in the log")
        for number, one in enumerate(mapping.triggers)
        if one.on_behalf_of is not None and one.on_behalf_of not in known
    ]
    if unknown:
        raise file.refusal(unknown)
    cases: dict[int, list[Row]] = {}
    for row in log.rows:
        cases.setdefault(row.item_id, []).append(row)
    return Plan(users, tuple(_item(mapping, rows, suppress) for rows in cases.values()))


def _users(file: MappingFile, log: Log) -> tuple[Person, ...]:
    mapping = file.mapping
    names = [*mapping.users.others, *mapping.users.inactive]
    names += [name for row in log.rows for name in (row.owner, row.person) if name is not None]
    name_of: dict[int, str] = {}
    for name in names:
        number = _user(mapping, name)
        first = name_of.setdefault(number, name)
        if first != name:
            raise file.refusal([Problem("users", f"{first!r} and {name!r} are both user {number}")])
    return tuple(
        Person(number, name, name not in mapping.users.inactive) for number, name in sorted(name_of.items())
    )


def _user(mapping: Mapping, name: str) -> int:
    user = mapping.users.id_of(name)
    assert user is not None, "rows whose persons nobody provides for are rejected"
    return user


def _item(mapping: Mapping, rows: list[Row], suppress: bool) -> PlannedItem:
    # Sorting is stable: rows of the same time stay in the order of the file.
    in_time = sorted(rows, key=lambda row: row.at)
    first = in_time[0]
    ref = ItemRef(mapping.item_type.code, first.item_id)
    owner = None if first.owner is None else _user(mapping, first.owner)
    messages: list[PlannedMessage] = []
    responsible = owner
    for row in in_time:
        person = responsible if row.person is None else _user(mapping, row.person)
        messages += _messages(row, person, person != responsible, suppress)
        responsible = person
    return PlannedItem(
        ref=ref,
        title=first.title,
        responsible=owner,
        fields=first.fields,
        created_at=first.at,
        created_by=owner,
        messages=tuple(messages),
    )


def _messages(row: Row, person: int | None, is_new: bool, suppress: bool) -> Iterator[PlannedMessage]:
    def message(suffix: str, kind: str, data: dict[str, Json]) -> PlannedMessage:
        return PlannedMessage(
            event_id=f"{row.save_id}:{suffix}",
            kind=kind,
            data=data,
            occurred_at=row.at,
            actor=person if row.person is not None else None,
            suppress=suppress,
        )

    if row.changes:
        changes = {code: {"new": value} for code, value in row.changes.items()}
        seen: dict[str, Json] = {"responsible": person} if is_new else {}
        yield message("fields", "field_changed", {"changes": changes, **seen})
    if is_new:
        yield message("responsible", "responsible_changed", {"new": person})
    if row.document is not None:
        yield message(
            "document",
            f"document_{row.document.step}",
            {"document": row.document.id, "template": row.document.template},
        )
