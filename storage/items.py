"""Items: created, loaded, and what happened to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from typing import Any, TypeVar

from crm.automations import Automation
from crm.errors import Problem, Refused
from crm.items import Item, ItemRef
from storage.database import Connection, Database
from storage.links import known_clients, known_items, write_client_links, write_item_links
from storage.new_items import CheckedItem, NewItem, Surroundings, check_new_item
from storage.records import StageChange, StoredItem, TimelineRecord

__all__ = ["Items", "NewItem"]

Record = TypeVar("Record", StageChange, TimelineRecord)


class Items:
    """Creates and reads items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, new: NewItem) -> Item:
        """Write an item with the first row of its stage history and a timeline record (R11).

        Raises `Refused` with the place of each problem: `fields.amount`.
        """
        async with self._database.transaction() as connection:
            return (await _create(connection, [check_new_item(new, await _surroundings(connection, [new]))]))[
                0
            ]

    async def create_many(self, news: Sequence[NewItem]) -> tuple[Item, ...]:
        """Write many items, all or none, in a few round trips; answers in the given order.

        Raises `Refused` with the problems of all items: `items[3].fields.amount`.
        """
        async with self._database.transaction() as connection:
            surroundings = await _surroundings(connection, news)
            return await _create(connection, _check_all(news, surroundings), "items[{}].")

    async def load(self, ref: ItemRef) -> StoredItem | None:
        """An item with all its fields; None where there is none."""
        row = await self._database.fetch_row("load_item", ref.item_type, ref.item_id)
        return None if row is None else _stored_item(row)

    async def exists(self, ref: ItemRef) -> bool:
        """Whether there is such an item."""
        return bool(await self._database.fetch_value("item_exists", ref.item_type, ref.item_id))

    async def timeline(self, ref: ItemRef, limit: int = 100) -> tuple[TimelineRecord, ...]:
        """The newest timeline records, newest last; an item that does not exist may have some."""
        rows = await self._database.fetch("item_timeline", ref.item_type, ref.item_id, limit)
        return tuple(_record(TimelineRecord, row) for row in rows)

    async def history(self, ref: ItemRef) -> tuple[StageChange, ...]:
        """Every stage change, newest last, beginning with the creation."""
        rows = await self._database.fetch("item_stage_history", ref.item_type, ref.item_id)
        return tuple(_record(StageChange, row) for row in rows)


async def _surroundings(connection: Connection, news: Sequence[NewItem]) -> Surroundings:
    types = sorted({new.item_type for new in news})
    automations: dict[str, list[Automation]] = defaultdict(list)
    for row in await connection.fetch("current_automations", types):
        automations[row["item_type"]].append(Automation.model_validate(row["content"]))
    named = sorted({user for new in news for user in new.users})
    users = frozenset(row["id"] for row in await connection.fetch("known_users", named))
    clients = await known_clients(connection, [client for new in news for client in new.clients])
    items = await known_items(connection, [item for new in news for item in new.links])
    created = {new.ref for new in news if new.ref is not None}
    return Surroundings(automations, users, clients, items | created)


def _check_all(news: Sequence[NewItem], surroundings: Surroundings) -> list[CheckedItem]:
    checked: list[CheckedItem] = []
    problems: list[Problem] = []
    for number, new in enumerate(news):
        try:
            checked.append(check_new_item(new, surroundings, f"items[{number}]."))
        except Refused as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise Refused(problems)
    return checked


async def _create(
    connection: Connection, checked: Sequence[CheckedItem], place: str = ""
) -> tuple[Item, ...]:
    """Number the items and write them. `place` says where in the list an item with a problem is."""
    numbered = list(checked)
    places_by_type: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(checked):
        places_by_type[one.given.item_type].append(at)
    # In the order of types, which every transaction keeps, so that none waits for one that waits for it.
    for item_type, places in sorted(places_by_type.items()):
        given = {at: item_id for at in places if (item_id := checked[at].given.item_id) is not None}
        open_places = [at for at in places if at not in given]
        last = await connection.fetch_value(
            "reserve_item_ids", item_type, max(given.values(), default=0), len(open_places)
        )
        for item_id, at in enumerate(open_places, start=last - len(open_places) + 1):
            numbered[at] = checked[at].numbered(item_id)
        await _refuse_taken(connection, item_type, given, place)
    await connection.execute("insert_items", [_row(one) for one in numbered])
    made = tuple(one.item() for one in numbered)
    givens = [(item.ref, one.given) for item, one in zip(made, numbered, strict=True)]
    await write_client_links(connection, [(ref, client) for ref, given in givens for client in given.clients])
    await write_item_links(connection, [(ref, item) for ref, given in givens for item in given.links])
    return made


async def _refuse_taken(connection: Connection, item_type: str, given: Mapping[int, int], place: str) -> None:
    """The lock on the type's numbers is held: what is free now is free until the items are written."""
    taken = {row["item_id"] for row in await connection.fetch("existing_items", item_type, [*given.values()])}
    problems: list[Problem] = []
    for at, item_id in given.items():
        if item_id in taken:
            problems.append(Problem(f"{place.format(at)}item_id", f"{item_type}:{item_id} exists already"))
        taken.add(item_id)
    if problems:
        raise Refused(problems)


def _row(checked: CheckedItem) -> dict[str, Any]:
    given = checked.given
    return {
        "item_type": given.item_type,
        "item_id": given.item_id,
        "title": given.title,
        "pipeline": checked.pipeline,
        "stage": checked.stage,
        "responsible": given.responsible,
        "observers": list(given.observers),
        "fields": checked.fields,
        "version": given.version,
        "cause": given.cause,
        "cause_user": given.created_by,
        "revision": checked.revision,
        "created_at": given.created_at,
    }


def _stored_item(row: Any) -> StoredItem:
    item = Item(
        item_type=row["item_type"],
        item_id=row["item_id"],
        pipeline=row["pipeline"],
        stage=row["stage"],
        responsible=row["responsible"],
        fields=row["fields"],
        executed_documents=tuple(row["executed_documents"]),
        version=row["version"],
        arrival=row["arrival"],
    )
    return StoredItem(
        item=item,
        title=row["title"],
        observers=tuple(row["observers"]),
        created_at=row["created_at"],
        modified_at=row["modified_at"],
    )


def _record(kind: type[Record], row: Any) -> Record:
    return kind(**{field.name: row[field.name] for field in fields_of(kind)})
