"""Kinds about what employees do: tasks of the item, and who opens it."""

from __future__ import annotations

from typing import Annotated

from crm.conditions import Row
from crm.fields import Field, FieldType
from crm.kinds.data_types import Id, Maybe, Several
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, Settings
from crm.kinds.languages import Text
from crm.kinds.nested import NestedRecord
from crm.users import UserId
from crm.values import Json

TASK = NestedRecord(
    "task",
    (
        Field(code="title", type=FieldType.STRING, title="Title"),
        Field(code="deadline", type=FieldType.DATETIME, title="Deadline"),
        Field(code="responsible", type=FieldType.USER, title="Responsible person"),
        Field(code="priority", type=FieldType.ENUMERATION, title="Priority"),
    ),
)


class TaskStatusChangedSettings(Settings):
    status: Maybe[Id] = None
    """Only when the task reaches this status."""

    condition: Several[Row] = ()
    """Only if this condition over the task's fields holds."""


class TaskStatusChangedData(EventData):
    status: Id
    """The status that the task reached."""

    task: Maybe[Annotated[dict[str, Json], TASK]] = None
    """The task's fields as they are now."""


class ItemViewedSettings(Settings):
    users: Several[UserId] = ()
    """Only if one of these users opened the item."""


class ItemViewedData(EventData):
    user: UserId
    """The user who opened the item."""


TASK_STATUS_CHANGED = Kind(
    code="task_status_changed",
    group=Group.TASKS,
    title=Text("Task status changed", "Statut d'une tâche modifié", "Stato di un'attività modificato"),
    description=Text(
        "A task that is linked to the item reached a status.",
        "Une tâche liée à l'élément a atteint un statut.",
        "Un'attività collegata all'elemento ha raggiunto uno stato.",
    ),
    item_types="LDQIS",
    settings=TaskStatusChangedSettings,
    data=TaskStatusChangedData,
    equal=("status",),
    nested=TASK,
)

ITEM_VIEWED = Kind(
    code="item_viewed",
    group=Group.TASKS,
    title=Text("Item viewed", "Élément consulté", "Elemento visualizzato"),
    description=Text(
        "An employee opened the item.",
        "Un employé a ouvert l'élément.",
        "Un dipendente ha aperto l'elemento.",
    ),
    item_types="LDQIS",
    settings=ItemViewedSettings,
    data=ItemViewedData,
    equal={"users": "user"},
)

KINDS = (TASK_STATUS_CHANGED, ITEM_VIEWED)
