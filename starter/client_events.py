"""Events that are addressed to a client: routed once, then sent to each item (R18).

    events = ClientEvents(ItemClient(await connect()), ClientEventRouter(database, "IT"))
    sent = await events.send(
        "call_received", {"phone": "+39 02 1234567"}, {"line": "sales"}, event_id="pbx-4711"
    )

The same id sent again goes to the same items, and each of them handles it once (R8): after a failure
of any sort, send it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from pydantic_core import to_jsonable_python
from temporalio.service import RPCError

from crm import contract
from crm.clients import ClientRef, read_address
from crm.commits import Outcome
from crm.errors import CrmError
from crm.events import read_event
from crm.items import ItemRef
from crm.kinds import CATALOGUE, AnyKind
from crm.kinds.groups import Group
from crm.kinds.kind import nothing_changes
from crm.messages import MessageRefused
from crm.values import Json
from starter.client import ItemClient, fitting, message
from storage.client_events import ClientEventRouter

CAUSE = "client"
"""Who raised a client event, where nobody else is said to have (R7)."""

_SENT_AT_ONCE = 16


class ClientEventOptions(TypedDict, total=False):
    """The envelope of a client event; all may be left out. One event is for many items: it has no version."""

    occurred_at: datetime
    actor: int
    source: str
    automation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentToItem:
    """What one item answered: its outcome, or why there is none. Neither where it was not waited for."""

    item: ItemRef
    outcome: Outcome | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentClientEvent:
    """Where a client event went; `duplicate` if that was recorded before. Nobody found: both are empty."""

    event_id: str
    clients: tuple[ClientRef, ...]
    items: tuple[SentToItem, ...]
    duplicate: bool


class ClientEvents:
    """Sends client events."""

    def __init__(self, client: ItemClient, router: ClientEventRouter) -> None:
        self._client = client
        self._router = router

    async def send(
        self,
        kind: str,
        address: Json,
        data: Mapping[str, Json],
        *,
        event_id: str,
        wait: bool = True,
        **options: Unpack[ClientEventOptions],
    ) -> SentClientEvent:
        """Send an event to the items of `{"client": "contact:7"}`, `{"phone": ...}` or `{"email": ...}`.

        Without `wait` it goes as a signal, and no outcome is known. An item that does not answer keeps
        none of the others from it. Raises, before anything is recorded, `MessageRefused` for an event
        that can't be understood, `Refused` for an address that can be nobody's, `DataRefused`.
        """
        if "actor" not in options:
            options.setdefault("source", CAUSE)
        if kind in CATALOGUE and _is_of_one_item(CATALOGUE[kind]):
            raise MessageRefused(f"{kind} happens to an item, not to a client; send it to the item", event_id)
        content = fitting(to_jsonable_python({**message(event_id, data), **options, "kind": kind}))
        read_event(contract.SIGNAL_ITEM_EVENT, content)
        routed = await self._router.route(event_id, kind, read_address(address), content)
        at_once = asyncio.Semaphore(_SENT_AT_ONCE)

        async def send_to(item: ItemRef) -> SentToItem:
            async with at_once:
                # What was recorded first, though a repetition may say something else.
                return await self._send_to(item, routed.message, wait=wait)

        items = await asyncio.gather(*(send_to(item) for item in routed.items))
        return SentClientEvent(
            event_id=event_id, clients=routed.clients, items=tuple(items), duplicate=routed.duplicate
        )

    async def _send_to(self, item: ItemRef, content: Json, *, wait: bool) -> SentToItem:
        try:
            if wait:
                outcome = await self._client.update(str(item), contract.UPDATE_SUBMIT_EVENT, content)
                return SentToItem(item=item, outcome=outcome)
            await self._client.signal(str(item), contract.SIGNAL_ITEM_EVENT, content)
            return SentToItem(item=item)
        except CrmError as error:
            return SentToItem(item=item, failure=str(error))
        except RPCError as error:
            return SentToItem(item=item, failure=f"Temporal does not do it: {error.message}")


def _is_of_one_item(kind: AnyKind) -> bool:
    """Whether an event of this kind tells of a change of one certain item."""
    return kind.group is Group.ITEMS or kind.apply is not nothing_changes
