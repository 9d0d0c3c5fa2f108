"""Where a client event went is recorded, and the same event id goes nowhere new (R18)."""

from __future__ import annotations

import asyncio

import pytest

from crm.clients import Address, AddressKind, ClientKind
from crm.errors import Refused
from storage.client_events import ClientEventRouter, RoutedEvent
from storage.clients import Clients, NewClient
from storage.database import Database
from storage.errors import DataRefused
from tests.support.databases import connected, query
from tests.support.polling import eventually
from tests.support.routing import CONTACT_1, KIND, OTHER_KIND, Placed, names, place, route

WAITING = """
select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


async def test_where_it_went_is_recorded_and_the_same_id_goes_nowhere_new(
    world: Database, database_url: str
) -> None:
    await place(world, Placed("deal:1", "contact:1", day=1))
    first = await route(world, {"phone": "0039 02 1111111"}, "pbx-1")
    await place(world, Placed("deal:2", "contact:1", day=2))

    again = await ClientEventRouter(world, "IT").route(
        "pbx-1", OTHER_KIND, Address(AddressKind.CLIENT, "contact:3"), {"event_id": "pbx-1", "other": True}
    )

    assert (names(first.clients), names(first.items), first.duplicate) == (
        ["contact:1", "contact:3"],
        ["deal:1"],
        False,
    )
    assert (names(again.clients), names(again.items), again.duplicate) == (
        ["contact:1", "contact:3"],
        ["deal:1"],
        True,
    )
    assert again.message == {"event_id": "pbx-1"}
    recorded = "select event_id, kind, address ->> 'phone', clients, items from client_events"
    assert await query(database_url, recorded) == [
        ("pbx-1", KIND, "+39021111111", ["contact:1", "contact:3"], ["deal:1"])
    ]


async def test_that_nobody_was_found_is_recorded_too(world: Database, database_url: str) -> None:
    await place(world, Placed("deal:1", ""))

    assert await route(world, {"phone": "02 9999999"}) == RoutedEvent(
        items=(), clients=(), message={"event_id": "e-1"}, duplicate=False
    )
    await Clients(world, "IT").define(NewClient(kind=ClientKind.CONTACT, number=1, phones=["02 9999999"]))
    await place(world, Placed("deal:2", "contact:1"))
    assert await route(world, {"phone": "02 9999999"}) == RoutedEvent(
        items=(), clients=(), message={"event_id": "e-1"}, duplicate=True
    )
    assert await query(database_url, "select clients, items from client_events") == [([], [])]


async def test_an_address_that_can_be_nobodys_is_refused_and_nothing_is_recorded(
    world: Database, database_url: str
) -> None:
    with pytest.raises(Refused, match="phone: 'anonymous' is no phone number"):
        await route(world, {"phone": "anonymous"})

    assert await query(database_url, "select count(*) from client_events") == [(0,)]


async def test_a_message_that_cannot_be_kept_is_refused(world: Database) -> None:
    with pytest.raises(DataRefused):
        await ClientEventRouter(world).route(
            "e-1", KIND, Address(AddressKind.CLIENT, "contact:1"), {"data": "NUL \0"}
        )


async def test_of_two_with_the_same_id_the_later_answers_with_what_the_first_found(
    world: Database, database_url: str
) -> None:
    await place(world, Placed("deal:1", "contact:1"))
    async with connected(database_url) as slow, slow.transaction():
        await slow.execute(
            "insert into client_events (event_id, kind, address, clients, items, message) "
            "values ('e-1', 'document_viewed', '{}', '{contact:1}', '{deal:7}', '{}')"
        )
        rival = asyncio.create_task(route(world, CONTACT_1))
        await eventually(lambda: query(database_url, WAITING), [(1,)].__eq__)
        assert not rival.done()

    routed = await rival

    assert (names(routed.items), routed.duplicate) == (["deal:7"], True)


async def test_of_many_with_the_same_id_one_is_the_first(world: Database) -> None:
    await place(world, Placed("deal:1", "contact:1"))

    routed = await asyncio.gather(*(route(world, CONTACT_1) for _ in range(8)))

    assert sorted(one.duplicate for one in routed) == [False] + [True] * 7
    assert {tuple(names(one.items)) for one in routed} == {("deal:1",)}
