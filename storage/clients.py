"""Contacts and companies: defined, and found by reference, phone number or e-mail address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crm.clients import Address, AddressKind, ClientKind, ClientRef, normalise_email
from crm.errors import Problem, Refused, ValueRefused
from crm.values.references import MAX_ID
from storage.addresses import normalise_address, normalise_phone
from storage.database import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client to define, with all its addresses, as people write them.

    Without `number` it gets its kind's next. `companies` are references (`company:3`), of a contact only.
    """

    kind: ClientKind
    number: int | None = None
    name: str = ""
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    companies: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client with its addresses in the form in which they are looked up (storage.addresses)."""

    ref: ClientRef
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    companies: tuple[ClientRef, ...]


class Clients:
    """Defines and finds clients. `phone_region` is where numbers without a country code belong: `IT`."""

    def __init__(self, database: Database, phone_region: str | None = None) -> None:
        self._database = database
        self._phone_region = phone_region

    async def define(self, new: NewClient) -> Client:
        """Write a client; one with this number is brought to what is given.

        Raises `Refused` with the place of each problem: `phones[0]`, `companies[1]`.
        """
        problems: list[Problem] = []
        phones = _read("phones", new.phones, self._normalise_phone, problems)
        emails = _read("emails", new.emails, normalise_email, problems)
        companies = _read("companies", new.companies, ClientRef.parse, problems)
        if new.kind is ClientKind.COMPANY and new.companies:
            problems.append(Problem("companies", "a company belongs to no other"))
        if new.number is not None and not 1 <= new.number <= MAX_ID:
            problems.append(Problem("number", f"{new.number} is no number of a client; they begin at 1"))
        async with self._database.transaction() as connection:
            if new.kind is ClientKind.CONTACT:
                await _refuse_unknown_companies(connection, companies, problems)
            if problems:
                raise Refused(problems)
            await connection.execute("lock_client_numbers", new.kind)
            number = new.number or await connection.fetch_value("next_client_number", new.kind)
            client = str(ClientRef(new.kind, number))
            kinds = [AddressKind.PHONE] * len(phones) + [AddressKind.EMAIL] * len(emails)
            await connection.execute("upsert_client", client, new.name)
            await connection.execute("replace_client_addresses", client, kinds, [*phones, *emails])
            await connection.execute("replace_contact_companies", client, [str(one) for one in companies])
            [written] = await connection.fetch("find_clients", AddressKind.CLIENT, client)
            return _client(written)

    async def find(self, address: Address) -> tuple[Client, ...]:
        """Every client that the address is of, in order; raises `Refused` for one that can be nobody's."""
        wanted = normalise_address(address, self._phone_region)
        return tuple(
            _client(row) for row in await self._database.fetch("find_clients", wanted.kind, wanted.value)
        )

    async def get(self, ref: ClientRef) -> Client | None:
        """One client by reference; None where there is none."""
        found = await self.find(Address(AddressKind.CLIENT, str(ref)))
        return found[0] if found else None

    def _normalise_phone(self, text: str) -> str:
        return normalise_phone(text, self._phone_region)


def _read(
    place: str, texts: Sequence[str], parse: Callable[[str], Any], problems: list[Problem]
) -> list[Any]:
    values = []
    for number, text in enumerate(texts):
        try:
            values.append(parse(text))
        except ValueRefused as refusal:
            problems.append(Problem(f"{place}[{number}]", str(refusal)))
    return values


async def _refuse_unknown_companies(
    connection: Connection, companies: Sequence[ClientRef], problems: list[Problem]
) -> None:
    names = [str(one) for one in companies]
    known = {row["client"] for row in await connection.fetch("known_clients", names)}
    for number, company in enumerate(companies):
        if company.kind is not ClientKind.COMPANY:
            problems.append(Problem(f"companies[{number}]", f"{company} is no company"))
        elif str(company) not in known:
            problems.append(Problem(f"companies[{number}]", f"there is no {company}"))


def _client(row: Any) -> Client:
    return Client(
        ref=ClientRef.parse(row["client"]),
        name=row["name"],
        phones=tuple(row["phones"]),
        emails=tuple(row["emails"]),
        companies=tuple(ClientRef.parse(one) for one in row["companies"]),
    )
