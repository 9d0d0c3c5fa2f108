"""Items that are to be created: what is given, what stands in for the rest, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from crm.automations import Automation
from crm.clients import ClientRef
from crm.errors import Problem, Refused, ValueRefused
from crm.items import Item, ItemRef
from crm.values import Json, normalise
from crm.values.references import MAX_ID

MAX_ITEM_ID = 10**18 - 1
"""The longest number that a reference to an item can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item to create.

    Without `item_id` it gets its type's next number; `pipeline` is by default the type's first,
    `stage` the pipeline's first. `fields` come as in a message and are normalised. `created_by`
    is a user id, `source` what raised the creation (`import`, the name of a service).
    `created_at`, aware, is now by default. `clients` and `links` are what it is linked to from the
    beginning: clients and other items, which may be created with it if their numbers are given.
    """

    item_type: str
    item_id: int | None = None
    title: str = ""
    pipeline: str | None = None
    stage: str | None = None
    responsible: int | None = None
    observers: Sequence[int] = ()
    fields: Mapping[str, Json] = field(default_factory=dict)
    version: int = 1
    created_by: int | None = None
    source: str | None = None
    created_at: datetime | None = None
    clients: Sequence[ClientRef] = ()
    links: Sequence[ItemRef] = ()

    @property
    def ref(self) -> ItemRef | None:
        """Its reference; None as long as it has no number."""
        return None if self.item_id is None else ItemRef(self.item_type, self.item_id)

    @property
    def cause(self) -> str:
        """Who or what raised the creation (R7)."""
        return self.source or ("user" if self.created_by is not None else "service")

    @property
    def users(self) -> tuple[int, ...]:
        """Every user that it names."""
        named = (self.responsible, *self.observers, self.created_by)
        return tuple(user for user in named if user is not None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What new items are held against.

    `automations` by item type, in the order of its pipelines; their triggers do not matter.
    `users`, `clients` and `items` are those that exist among those that the items name; an item that is
    to be created with them counts.
    """

    automations: Mapping[str, Sequence[Automation]]
    users: frozenset[int]
    clients: frozenset[ClientRef]
    items: frozenset[ItemRef]


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """A new item with nothing left open but its number, and the current revision of its pipeline."""

    given: NewItem
    pipeline: str
    stage: str
    revision: int
    fields: Mapping[str, Json]

    def item(self) -> Item:
        """The item that it becomes; needs its number."""
        assert self.given.item_id is not None
        return Item(
            item_type=self.given.item_type,
            item_id=self.given.item_id,
            pipeline=self.pipeline,
            stage=self.stage,
            responsible=self.given.responsible,
            fields=self.fields,
            version=self.given.version,
        )

    def numbered(self, item_id: int) -> CheckedItem:
        return replace(self, given=replace(self.given, item_id=item_id))


def check_new_item(new: NewItem, surroundings: Surroundings, place: str = "") -> CheckedItem:
    """Complete a new item; raises `Refused` with all problems, at places under `place`."""
    problems: list[Problem] = []

    def refuse(where: str, message: str) -> None:
        problems.append(Problem(f"{place}{where}", message))

    automations = surroundings.automations.get(new.item_type, ())
    codes = [one.pipeline.code for one in automations]
    if not automations:
        raise Refused(
            [Problem(f"{place}item_type", f"there is no item type {new.item_type!r} with a pipeline")]
        )
    if new.pipeline is not None and new.pipeline not in codes:
        refuse("pipeline", f"there is no pipeline {new.pipeline!r}; {new.item_type} has {', '.join(codes)}")
        raise Refused(problems)
    automation = automations[0 if new.pipeline is None else codes.index(new.pipeline)]
    stages = [stage.code for stage in automation.pipeline.stages]
    if new.stage is not None and new.stage not in stages:
        reference = automation.pipeline.reference
        refuse(
            "stage", f"pipeline {reference} has no stage {new.stage!r}; its stages are {', '.join(stages)}"
        )
    if new.item_id is not None and not 1 <= new.item_id <= MAX_ITEM_ID:
        refuse("item_id", f"{new.item_id} is no number of an item; it has 1 to 18 digits")
    if not 1 <= new.version <= MAX_ID:
        refuse("version", f"{new.version} is no version; they begin at 1")
    if new.created_at is not None and new.created_at.tzinfo is None:
        refuse("created_at", "the time has no offset from UTC")
    for where, users in _users_by_place(new):
        for user in users:
            if user not in surroundings.users:
                refuse(where, f"there is no user {user}")
    for number, client in enumerate(new.clients):
        if client not in surroundings.clients:
            refuse(f"clients[{number}]", f"there is no {client}")
    for number, item in enumerate(new.links):
        if item == new.ref:
            refuse(f"links[{number}]", f"{item} can't be linked to itself")
        elif item not in surroundings.items:
            refuse(f"links[{number}]", f"there is no item {item}")
    fields = _normalised(new.fields, automation, f"{place}fields", problems)
    if problems:
        raise Refused(problems)
    return CheckedItem(new, automation.pipeline.code, new.stage or stages[0], automation.revision, fields)


def _users_by_place(new: NewItem) -> Iterable[tuple[str, Sequence[int]]]:
    yield "responsible", () if new.responsible is None else (new.responsible,)
    yield "observers", new.observers
    yield "created_by", () if new.created_by is None else (new.created_by,)


def _normalised(
    values: Mapping[str, Json], automation: Automation, place: str, problems: list[Problem]
) -> dict[str, Json]:
    known = {field.code: field for field in automation.fields}
    normalised: dict[str, Json] = {}
    for code, value in values.items():
        if code not in known:
            problems.append(
                Problem(f"{place}.{code}", f"{automation.pipeline.item_type} has no field {code!r}")
            )
            continue
        try:
            normalised[code] = normalise(known[code], value)
        except ValueRefused as refusal:
            problems.append(Problem(f"{place}.{code}", str(refusal)))
    return normalised
