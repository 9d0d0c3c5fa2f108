"""What a command names, looked up before anything is sent: what is not there is refused, with the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from crm.automations import Automation
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline
from starter.cli.failures import CommandRefused
from storage.automations import Automations
from storage.database import Database
from storage.items import Items
from storage.portal import Portal
from storage.records import StoredItem

_LISTED_USERS = 10


class Lookups:
    """Reads by name; every miss raises `CommandRefused`."""

    def __init__(self, database: Database) -> None:
        self._items = Items(database)
        self._portal = Portal(database)
        self._automations = Automations(database)

    async def item(self, ref: ItemRef) -> StoredItem:
        stored = await self._items.load(ref)
        if stored is None:
            await self.item_type(ref.item_type)
            raise CommandRefused(
                f"there is no item {ref}; `crm-triggers item create {ref.item_type}` makes one"
            )
        return stored

    async def item_type(self, code: str) -> ItemType:
        item_type = await self._portal.item_type(code)
        if item_type is None:
            known = [one.code for one in await self._portal.item_types()]
            raise CommandRefused(f"there is no item type {code!r}{nearest(code, known)}")
        return item_type

    async def user_names(self) -> dict[int, str]:
        """The name of every user by id."""
        return {user.id: user.name for user in await self._portal.users()}

    async def require_users(self, named: Iterable[int | None]) -> None:
        """Refuse the first user that is not there."""
        known = await self.user_names()
        for user in named:
            if user is not None and user not in known:
                listed = ", ".join(f"{one} {name}" for one, name in list(known.items())[:_LISTED_USERS])
                there_are = f"there are {listed}" if known else "there are none yet"
                raise CommandRefused(f"there is no user {user}; {there_are}")

    async def automation(self, reference: str) -> Automation:
        """The current automation of `deal:sales`."""
        item_type, _, code = reference.partition(":")
        automation = await self._automations.current(item_type, code)
        if automation is None:
            known = [one.reference for one in await self._portal.pipelines()]
            raise CommandRefused(f"there is no pipeline {reference!r}{nearest(reference, known)}")
        return automation

    async def pipeline_of(self, stored: StoredItem) -> Pipeline:
        return (await self.automation(f"{stored.item.item_type}:{stored.item.pipeline}")).pipeline


def nearest(wanted: str, known: Iterable[str]) -> str:
    """What follows "there is no ...": the nearest that there is, else all of them."""
    names = list(known)
    near = get_close_matches(wanted, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are {', '.join(names)}" if names else "; there are none yet"


def name_of(user: int | None, names: Mapping[int, str], nobody: str = "the system") -> str:
    """A user as people read it: the name with the id."""
    if user is None:
        return nobody
    return f"{names[user]}, user {user}" if names.get(user) else f"user {user}"
