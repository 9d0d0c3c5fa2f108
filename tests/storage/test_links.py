"""Links of items to clients and to each other."""

from __future__ import annotations

import asyncio

import pytest

from crm.clients import ClientKind, ClientRef
from crm.errors import Refused
from crm.items import ItemRef
from storage.clients import Clients, NewClient
from storage.database import Database
from storage.items import Items, NewItem
from storage.links import ItemLinks, Links
from tests.support.databases import query

CONTACT_1, CONTACT_2 = ClientRef(ClientKind.CONTACT, 1), ClientRef(ClientKind.CONTACT, 2)
COMPANY_1 = ClientRef(ClientKind.COMPANY, 1)
DEAL_1, DEAL_2, DEAL_3, DEAL_9 = (ItemRef("deal", number) for number in (1, 2, 3, 9))

NOTHING = ItemLinks((), ())


@pytest.fixture
async def links(deals: Database) -> Links:
    """Links of deal:1, deal:2 and deal:3, contact:1, contact:2 and company:1."""
    clients = Clients(deals)
    for kind in (ClientKind.CONTACT, ClientKind.CONTACT, ClientKind.COMPANY):
        await clients.define(NewClient(kind=kind))
    await Items(deals).create_many([NewItem(item_type="deal") for _ in range(3)])
    return Links(deals)


async def test_a_link_of_two_items_holds_both_ways(links: Links) -> None:
    assert await links.link(DEAL_2, DEAL_1)

    assert await links.of_item(DEAL_1) == ItemLinks((DEAL_2,), ())
    assert await links.of_item(DEAL_2) == ItemLinks((DEAL_1,), ())
    assert await links.of_item(DEAL_3) == NOTHING


async def test_the_links_of_an_item_come_in_order(links: Links) -> None:
    for other in (DEAL_3, COMPANY_1, CONTACT_2, DEAL_2, CONTACT_1):
        await links.link(DEAL_1, other)

    assert await links.of_item(DEAL_1) == ItemLinks((DEAL_2, DEAL_3), (CONTACT_1, CONTACT_2, COMPANY_1))


async def test_the_items_of_a_client_come_in_order(links: Links) -> None:
    for item in (DEAL_3, DEAL_1):
        await links.link(item, CONTACT_1)

    assert await links.of_client(CONTACT_1) == (DEAL_1, DEAL_3)
    assert await links.of_client(CONTACT_2) == ()


@pytest.mark.parametrize("other", [DEAL_2, CONTACT_1], ids=str)
async def test_what_is_linked_is_linked_once_and_undone_once(
    links: Links, other: ItemRef | ClientRef
) -> None:
    assert [await links.link(DEAL_1, other) for _ in range(2)] == [True, False]
    assert [await links.unlink(DEAL_1, other) for _ in range(2)] == [True, False]
    assert await links.of_item(DEAL_1) == NOTHING


async def test_a_link_can_be_undone_from_either_end(links: Links) -> None:
    await links.link(DEAL_1, DEAL_2)

    assert await links.unlink(DEAL_2, DEAL_1)
    assert [await links.of_item(ref) for ref in (DEAL_1, DEAL_2)] == [NOTHING, NOTHING]


async def test_both_ends_may_be_linked_at_the_same_time(links: Links, database_url: str) -> None:
    ends = [(DEAL_1, DEAL_2), (DEAL_2, DEAL_1)] * 4

    new = await asyncio.gather(*(links.link(one, other) for one, other in ends))

    assert sorted(new) == [False] * 7 + [True]
    assert await query(database_url, "select count(*) from item_links") == [(2,)]


@pytest.mark.parametrize(
    ("item", "other", "problems"),
    [
        (DEAL_9, CONTACT_1, ["item: there is no item deal:9"]),
        (DEAL_1, DEAL_9, ["other: there is no item deal:9"]),
        (DEAL_1, ClientRef(ClientKind.COMPANY, 9), ["other: there is no company:9"]),
        (DEAL_1, DEAL_1, ["other: deal:1 can't be linked to itself"]),
        (
            DEAL_9,
            ClientRef(ClientKind.COMPANY, 9),
            ["item: there is no item deal:9", "other: there is no company:9"],
        ),
    ],
    ids=str,
)
async def test_what_is_not_there_is_refused_with_its_place(
    links: Links, item: ItemRef, other: ItemRef | ClientRef, problems: list[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        await links.link(item, other)

    assert [str(problem) for problem in refusal.value.problems] == problems


async def test_an_item_is_created_with_its_links(links: Links, items: Items) -> None:
    await items.create(NewItem(item_type="deal", clients=(CONTACT_2, COMPANY_1), links=(DEAL_1, DEAL_3)))

    assert await links.of_item(ItemRef("deal", 4)) == ItemLinks((DEAL_1, DEAL_3), (CONTACT_2, COMPANY_1))
    assert await links.of_item(DEAL_1) == ItemLinks((ItemRef("deal", 4),), ())


async def test_items_that_are_created_together_may_be_linked_to_each_other(
    links: Links, items: Items
) -> None:
    ten, eleven = ItemRef("deal", 10), ItemRef("deal", 11)

    await items.create_many(
        [
            NewItem(item_type="deal", item_id=10, links=(eleven, eleven)),
            NewItem(item_type="deal", item_id=11, links=(ten,)),
        ]
    )

    assert await links.of_item(ten) == ItemLinks((eleven,), ())
    assert await links.of_item(eleven) == ItemLinks((ten,), ())


async def test_a_new_item_with_an_unknown_link_is_refused_with_its_places(links: Links, items: Items) -> None:
    wrong = NewItem(
        item_type="deal",
        item_id=10,
        clients=(CONTACT_1, ClientRef(ClientKind.CONTACT, 9)),
        links=(DEAL_1, DEAL_9, ItemRef("deal", 10)),
    )

    with pytest.raises(Refused) as refusal:
        await items.create_many([NewItem(item_type="deal"), wrong])

    assert [str(problem) for problem in refusal.value.problems] == [
        "items[1].clients[1]: there is no contact:9",
        "items[1].links[1]: there is no item deal:9",
        "items[1].links[2]: deal:10 can't be linked to itself",
    ]
    assert not await items.exists(ItemRef("deal", 10))
