"""Events of clients, told by who they are, by phone number or e-mail address (R18)."""

from __future__ import annotations

from typing import Any

import pytest

from crm.clients import Address, AddressKind, ClientKind, ClientRef
from crm.decisions import Verdict
from crm.errors import Refused
from crm.items import ItemRef
from crm.messages import MessageRefused
from starter.client import ItemClient
from starter.client_events import ClientEvents, SentClientEvent, SentToItem
from storage.client_events import ClientEventRouter
from storage.clients import Clients, NewClient
from storage.links import Links
from tests.acceptance.records import MoveMade, moves
from tests.support.databases import query
from tests.support.polling import eventually
from tests.support.workbench import ANN, Workbench, trigger

PHONE, EMAIL = "02 1234567", "anna@example.com"
ANSWERED = trigger("a-call", "call_received", "negotiation", settings={"line": "sales"})


def client_events(bench: Workbench, *, answer_timeout_seconds: float = 30) -> ClientEvents:
    client = ItemClient(bench.temporal, answer_timeout_seconds=answer_timeout_seconds)
    return ClientEvents(client, ClientEventRouter(bench.database, "IT"))


async def a_contact(bench: Workbench) -> ClientRef:
    """A contact with a phone number and an e-mail address."""
    new = NewClient(kind=ClientKind.CONTACT, name="Anna Bianchi", phones=[PHONE], emails=[EMAIL])
    return (await Clients(bench.database, "IT").define(new)).ref


async def a_deal_of(bench: Workbench, client: ClientRef, stage: str = "new") -> str:
    """A deal, modified later than those that were made before."""
    deal = await bench.create(stage)
    await Links(bench.database).link(ItemRef.parse(deal), client)
    return deal


async def call(
    events: ClientEvents, event_id: str = "pbx-1", phone: str = PHONE, **options: Any
) -> SentClientEvent:
    data = {"line": "sales", "from_number": phone}
    return await events.send("call_received", {"phone": phone}, data, event_id=event_id, **options)


async def test_a_call_moves_the_latest_deal_of_who_calls_and_twice_sent_moves_once(sales: Workbench) -> None:
    await sales.publish(ANSWERED)
    contact = await a_contact(sales)
    older, deal = await a_deal_of(sales, contact), await a_deal_of(sales, contact)
    await a_deal_of(sales, contact, stage="won")
    stranger = await sales.create("new")

    first = await call(client_events(sales), phone="+39 02 123 4567")
    again = await call(client_events(sales), phone="+39 02 123 4567")

    [moved] = first.items
    assert (first.clients, str(moved.item), first.duplicate) == ((contact,), deal, False)
    assert moved.outcome is not None
    assert (moved.outcome.verdict, moved.outcome.duplicate) == (Verdict.MOVED, False)
    [repeated] = again.items
    assert (str(repeated.item), again.duplicate) == (deal, True)
    assert repeated.outcome is not None
    assert (repeated.outcome.verdict, repeated.outcome.duplicate) == (Verdict.MOVED, True)
    assert await moves(sales, deal) == [MoveMade("new", "negotiation", "a-call", ANN)]
    assert [one.cause for one in await sales.timeline(deal, "moved")] == ["client"]
    assert [await sales.decided(one) for one in (older, stranger)] == [[], []]


async def test_that_nobody_was_found_is_an_answer_and_is_recorded(sales: Workbench) -> None:
    await sales.publish(ANSWERED)
    await a_deal_of(sales, await a_contact(sales))

    sent = await call(client_events(sales), phone="+39 02 7654321")

    assert sent == SentClientEvent(event_id="pbx-1", clients=(), items=(), duplicate=False)
    recorded = "select event_id, kind, address ->> 'phone', clients, items from client_events"
    assert await query(sales.database_url, recorded) == [("pbx-1", "call_received", "+39027654321", [], [])]


async def test_what_was_routed_but_not_sent_reaches_the_recorded_items_when_it_is_sent_again(
    sales: Workbench,
) -> None:
    """The sender died after it had recorded where the event goes."""
    await sales.publish(ANSWERED)
    contact = await a_contact(sales)
    deal = await a_deal_of(sales, contact)
    message = {"event_id": "pbx-1", "kind": "call_received", "data": {"line": "sales"}, "source": "client"}
    address = Address(AddressKind.CLIENT, str(contact))
    await ClientEventRouter(sales.database).route("pbx-1", "call_received", address, message)
    later = await a_deal_of(sales, contact)

    sent = await call(client_events(sales))

    assert [str(one.item) for one in sent.items] == [deal]
    assert await moves(sales, deal) == [MoveMade("new", "negotiation", "a-call", ANN)]
    assert await sales.decided(later) == []


async def test_an_item_that_does_not_answer_is_told_and_answers_when_it_is_sent_again(
    bench: Workbench,
) -> None:
    await bench.publish(ANSWERED)
    deal = await a_deal_of(bench, await a_contact(bench))

    without_worker = await call(client_events(bench, answer_timeout_seconds=0.5))

    [silent] = without_worker.items
    assert (str(silent.item), silent.outcome) == (deal, None)
    assert "is a worker running?" in (silent.failure or "")
    async with bench.worker():
        assert (await call(client_events(bench))).duplicate
    assert await moves(bench, deal) == [MoveMade("new", "negotiation", "a-call", ANN)]


async def test_a_client_event_that_is_not_waited_for_arrives_as_a_signal(sales: Workbench) -> None:
    await sales.publish(ANSWERED)
    contact = await a_contact(sales)
    deal = await a_deal_of(sales, contact)

    sent = await client_events(sales).send(
        "call_received", {"email": EMAIL}, {"line": "sales"}, event_id="pbx-1", wait=False
    )

    assert sent.items == (SentToItem(item=ItemRef.parse(deal)),)
    await eventually(lambda: sales.stage(deal), lambda stage: stage == "negotiation")


@pytest.mark.parametrize(
    ("kind", "address", "data", "error", "reason"),
    [
        pytest.param("call_recieved", {"phone": PHONE}, {}, MessageRefused, "unknown kind", id="kind"),
        pytest.param("call_received", {"phone": PHONE}, {"line": {}}, MessageRefused, "data.line", id="data"),
        pytest.param("call_received", {"phone": "anonymous"}, {}, Refused, "phone: ", id="phone number"),
        pytest.param("call_received", {}, {}, Refused, "client, phone, email", id="no address"),
        pytest.param(
            "call_received", {"phone": PHONE}, {"noise": "x" * 1_000_000}, MessageRefused, "limit", id="size"
        ),
    ],
)
async def test_what_cannot_be_understood_is_refused_before_anything_is_recorded(
    bench: Workbench, kind: str, address: Any, data: Any, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        await client_events(bench).send(kind, address, data, event_id="pbx-1")

    assert await query(bench.database_url, "select count(*) from client_events") == [(0,)]
