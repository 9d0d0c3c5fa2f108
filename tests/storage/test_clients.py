"""Clients: defined, found by whatever of theirs is known."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crm.clients import Address, AddressKind, ClientKind, ClientRef
from crm.errors import Refused
from storage.clients import Client, Clients, NewClient
from storage.database import Database
from tests.support.databases import query

ANNA = ClientRef(ClientKind.CONTACT, 7)
BRENNER = ClientRef(ClientKind.COMPANY, 3)


@pytest.fixture
def clients(database: Database) -> Clients:
    return Clients(database, "IT")


def a_contact(**others: Any) -> NewClient:
    return NewClient(kind=ClientKind.CONTACT, **others)


def a_company(**others: Any) -> NewClient:
    return NewClient(kind=ClientKind.COMPANY, **others)


def phone(number: str) -> Address:
    return Address(AddressKind.PHONE, number)


def email(address: str) -> Address:
    return Address(AddressKind.EMAIL, address)


async def references(clients: Clients, address: Address) -> list[str]:
    return [str(one.ref) for one in await clients.find(address)]


async def test_a_client_without_a_number_gets_the_next_of_its_kind(clients: Clients) -> None:
    defined = [
        await clients.define(new)
        for new in (a_contact(), a_contact(number=7), a_contact(), a_company(), a_company())
    ]

    assert [str(one.ref) for one in defined] == [
        "contact:1",
        "contact:7",
        "contact:8",
        "company:1",
        "company:2",
    ]


async def test_clients_that_are_defined_at_once_get_different_numbers(clients: Clients) -> None:
    defined = await asyncio.gather(*(clients.define(a_contact()) for _ in range(8)))

    assert sorted(one.ref.number for one in defined) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_client_is_found_by_reference_phone_number_and_email_address(clients: Clients) -> None:
    await clients.define(a_company(number=3, name="Brenner AG", phones=["02 7654321"]))
    given = a_contact(
        number=7,
        name="Anna Bianchi",
        phones=["+39 02 1234567", "333 1234567", "+39021234567"],
        emails=["Anna@Example.com"],
        companies=["company:3"],
    )

    defined = await clients.define(given)

    assert defined == Client(
        ref=ANNA,
        name="Anna Bianchi",
        phones=("+39021234567", "+393331234567"),
        emails=("anna@example.com",),
        companies=(BRENNER,),
    )
    assert await clients.get(ANNA) == defined
    assert await clients.find(phone("0039 02 1234567")) == (defined,)
    assert await clients.find(email(" ANNA@example.COM")) == (defined,)


async def test_a_number_may_be_of_several_clients(clients: Clients) -> None:
    for new in (a_company(phones=["02 1234567"]), a_contact(phones=["02 1234567"]), a_contact()):
        await clients.define(new)

    assert await references(clients, phone("+39 02 1234567")) == ["contact:1", "company:1"]


async def test_nobody_is_found_by_what_is_nobodys(clients: Clients) -> None:
    await clients.define(a_contact(number=7, phones=["02 1234567"]))

    assert await clients.get(ClientRef(ClientKind.COMPANY, 7)) is None
    assert await references(clients, phone("02 1234568")) == []
    assert await references(clients, email("anna@example.com")) == []


async def test_a_client_that_is_defined_again_is_as_it_was_given_last(
    clients: Clients, database_url: str
) -> None:
    await clients.define(a_company(number=3))
    await clients.define(a_company(number=4))
    first = a_contact(number=7, name="Anna", phones=["02 1234567", "02 7654321"], companies=["company:3"])
    await clients.define(first)

    again = await clients.define(
        a_contact(number=7, name="Anna B.", phones=["02 7654321"], emails=["a@b.it"], companies=["company:4"])
    )

    assert again == Client(
        ref=ANNA,
        name="Anna B.",
        phones=("+39027654321",),
        emails=("a@b.it",),
        companies=(ClientRef(ClientKind.COMPANY, 4),),
    )
    assert await references(clients, phone("02 1234567")) == []
    assert await query(database_url, "select count(*) from client_addresses") == [(2,)]


@pytest.mark.parametrize(
    ("new", "places"),
    [
        pytest.param(a_contact(phones=["02 1234567", "anonymous"]), ["phones[1]"], id="phone"),
        pytest.param(a_contact(emails=["anna"]), ["emails[0]"], id="email"),
        pytest.param(a_contact(companies=["company:3", "company:9"]), ["companies[1]"], id="unknown company"),
        pytest.param(a_contact(companies=["contact:1"]), ["companies[0]"], id="no company"),
        pytest.param(a_contact(companies=["Brenner"]), ["companies[0]"], id="no reference"),
        pytest.param(a_company(companies=["company:3"]), ["companies"], id="company of a company"),
        pytest.param(a_contact(number=0), ["number"], id="number"),
        pytest.param(
            a_contact(phones=["?"], emails=["?"], companies=["company:9"]),
            ["phones[0]", "emails[0]", "companies[0]"],
            id="all at once",
        ),
    ],
)
async def test_what_is_wrong_is_refused_with_its_place_and_nothing_is_written(
    clients: Clients, database_url: str, new: NewClient, places: list[str]
) -> None:
    await clients.define(a_company(number=3))

    with pytest.raises(Refused) as refusal:
        await clients.define(new)

    assert [problem.place for problem in refusal.value.problems] == places
    assert await query(database_url, "select client from clients") == [("company:3",)]
