"""What items are linked to: other items, and clients. A link of two items holds both ways."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from crm.clients import ClientRef
from crm.errors import Problem, Refused
from crm.items import ItemRef
from storage.database import Connection, Database


@dataclass(frozen=True, slots=True)
class ItemLinks:
    """All that an item is linked to, in order."""

    items: tuple[ItemRef, ...]
    clients: tuple[ClientRef, ...]


class Links:
    """Makes, undoes and reads links. Linking what is linked changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def link(self, item: ItemRef, other: ItemRef | ClientRef) -> bool:
        """Link an item to another or to a client; whether that is new.

        Raises `Refused` with the place, `item` or `other`, of what is not there.
        """
        async with self._database.transaction() as connection:
            await _refuse_unknown(connection, item, other)
            if isinstance(other, ItemRef):
                return await write_item_links(connection, [(item, other)])
            return await write_client_links(connection, [(item, other)])

    async def unlink(self, item: ItemRef, other: ItemRef | ClientRef) -> bool:
        """Undo a link; whether there was one."""
        if isinstance(other, ItemRef):
            ends = (item.item_type, item.item_id, other.item_type, other.item_id)
            return bool(await self._database.fetch("unlink_items", *ends))
        return bool(await self._database.fetch("unlink_client", item.item_type, item.item_id, str(other)))

    async def of_item(self, ref: ItemRef) -> ItemLinks:
        """All links of an item; none for one that does not exist."""
        row = await self._database.fetch_row("links_of_item", ref.item_type, ref.item_id)
        return ItemLinks(
            tuple(ItemRef.parse(one) for one in row["items"]),
            tuple(ClientRef.parse(one) for one in row["clients"]),
        )

    async def of_client(self, ref: ClientRef) -> tuple[ItemRef, ...]:
        """The items that are linked to a client, in order."""
        rows = await self._database.fetch("items_of_client", str(ref))
        return tuple(ItemRef(row["item_type"], row["item_id"]) for row in rows)


async def known_items(connection: Connection, refs: Collection[ItemRef]) -> frozenset[ItemRef]:
    """Those of the items that there are."""
    if not refs:
        return frozenset()
    types, numbers = [one.item_type for one in refs], [one.item_id for one in refs]
    rows = await connection.fetch("known_items", types, numbers)
    return frozenset(ItemRef(row["item_type"], row["item_id"]) for row in rows)


async def known_clients(connection: Connection, refs: Collection[ClientRef]) -> frozenset[ClientRef]:
    """Those of the clients that there are."""
    if not refs:
        return frozenset()
    rows = await connection.fetch("known_clients", [str(one) for one in refs])
    return frozenset(ClientRef.parse(row["client"]) for row in rows)


async def write_item_links(connection: Connection, pairs: Iterable[tuple[ItemRef, ItemRef]]) -> bool:
    """Link pairs of items that there are; whether any link is new."""
    rows = [(one.item_type, one.item_id, other.item_type, other.item_id) for one, other in pairs]
    return bool(rows and await connection.fetch("link_items", *map(list, zip(*rows, strict=True))))


async def write_client_links(connection: Connection, pairs: Iterable[tuple[ItemRef, ClientRef]]) -> bool:
    """Link items to clients, all of which there are; whether any link is new."""
    rows = [(item.item_type, item.item_id, str(client)) for item, client in pairs]
    return bool(rows and await connection.fetch("link_clients", *map(list, zip(*rows, strict=True))))


async def _refuse_unknown(connection: Connection, item: ItemRef, other: ItemRef | ClientRef) -> None:
    problems: list[Problem] = []
    items = [one for one in (item, other) if isinstance(one, ItemRef)]
    there = await known_items(connection, items)
    if item not in there:
        problems.append(Problem("item", f"there is no item {item}"))
    if isinstance(other, ItemRef):
        if other == item:
            problems.append(Problem("other", f"{item} can't be linked to itself"))
        elif other not in there:
            problems.append(Problem("other", f"there is no item {other}"))
    elif not await known_clients(connection, [other]):
        problems.append(Problem("other", f"there is no {other}"))
    if problems:
        raise Refused(problems)
