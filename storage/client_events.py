"""Client events: to which items each goes, decided once and recorded (R18)."""

from __future__ import annotations

from dataclasses import dataclass

from crm.clients import Address, ClientRef
from crm.items import BUILT_IN_TYPES, ItemRef
from crm.values import Json
from storage.addresses import normalise_address
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedEvent:
    """Where a client event went: the clients that were found and the items, each in order.

    `message` is what was sent there. `duplicate` says that all this was recorded before, under
    the same id; the address and the message of the repetition do not matter then.
    """

    items: tuple[ItemRef, ...]
    clients: tuple[ClientRef, ...]
    message: Json
    duplicate: bool


class ClientEventRouter:
    """Finds and records the items of client events. `phone_region`: see `Clients`."""

    def __init__(self, database: Database, phone_region: str | None = None) -> None:
        self._database = database
        self._phone_region = phone_region

    async def route(self, event_id: str, kind: str, address: Address, message: Json) -> RoutedEvent:
        """Record where the event goes, also if it finds nobody; the same id again goes nowhere new.

        Of each client that the address is of: the most recently modified deal in progress, else such
        a lead, and every smart-process item in progress whose pipeline has an enabled trigger of the
        kind; per item type, what is linked to the contact itself before what its companies have.
        Raises `Refused` for an address that can be nobody's, `DataRefused`.
        """
        wanted = normalise_address(address, self._phone_region)
        # One statement sees everything at one moment; of two with the same id the later waits for the first.
        async with self._database.transaction() as connection:
            row = await connection.fetch_row(
                "route_client_event",
                event_id,
                kind,
                wanted.content(),
                wanted.kind,
                wanted.value,
                BUILT_IN_TYPES,
                message,
            )
            duplicate = row is None
            if duplicate:
                row = await connection.fetch_row("routed_client_event", event_id)
        return RoutedEvent(
            items=tuple(ItemRef.parse(one) for one in row["items"]),
            clients=tuple(ClientRef.parse(one) for one in row["clients"]),
            message=row["message"],
            duplicate=duplicate,
        )
