"""What a move of one item does to those that it is linked to (R9)."""

from __future__ import annotations

from functools import partial

import pytest

from crm.decisions import Verdict
from crm.items import ItemRef
from storage.links import Links
from storage.outbox import Outbox
from tests.acceptance.records import MoveMade, decision, moves
from tests.acceptance.worker_processes import WorkerProcesses
from tests.support.databases import connected, query
from tests.support.invoices import create_invoice, define_invoices
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, Workbench, trigger, unused_number

DELIVERED = "select count(*) from outbox where delivered_at is not null"
WAITING = "select count(*) from outbox where delivered_at is null"
LOCK_OUTBOX = "select from outbox for update"
HELD_BACK = "select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))"
END_BACKEND = "select pg_terminate_backend($1, 5000)"

RECOVERY_SECONDS = 60
"""Temporal gives a killed worker up to 15 seconds before it asks another one."""


@pytest.fixture
async def billing(bench: Workbench) -> Workbench:
    """A workbench where invoices are defined too, and a paid one moves its deals to `won`."""
    await define_invoices(bench.database)
    await bench.publish(trigger("invoice-paid", "invoice_paid", "won"))
    return bench


async def linked_invoice(bench: Workbench, deal: str) -> str:
    """An invoice that is linked to the deal; its reference."""
    return str(await create_invoice(bench.database, ItemRef.parse(deal), item_id=unused_number()))


async def counters(bench: Workbench, item: str) -> dict[str, int]:
    """What the item's workflow counts of its events."""
    found: dict[str, int] = (await bench.client.item(item))["counters"]
    return found


async def test_a_deal_moves_when_an_invoice_that_is_linked_to_it_is_paid(billing: Workbench) -> None:
    """Scenario 33."""
    deal = await billing.create("negotiation")
    invoice = await linked_invoice(billing, deal)

    async with billing.worker(), billing.relay():
        await billing.client.move(invoice, "sent", event_id="m-1", actor=BOB)
        await billing.client.move(invoice, "paid", event_id="m-2", actor=BOB)
        await eventually(partial(billing.stage, deal), "won".__eq__)

    assert await moves(billing, deal) == [MoveMade("negotiation", "won", "invoice-paid", ANN)]
    [record] = await billing.timeline(deal, "moved")
    # The later automatic step is not put down to Bob (R7).
    assert (record.cause, record.cause_user) == ("linked item", None)
    assert record.event_id == f"{invoice}#3:invoice_paid"
    entry = await decision(billing, deal, f"{invoice}#3:invoice_paid")
    assert (entry.kind, entry.verdict, entry.chain) == ("invoice_paid", Verdict.MOVED, (f"{invoice}#3",))


async def test_a_trigger_that_moves_an_invoice_moves_its_deal_as_one_chain(billing: Workbench) -> None:
    await billing.publish(
        trigger("payment", "payment_received", "paid"), item_type="invoice", pipeline="billing"
    )
    deal = await billing.create("negotiation")
    invoice = await linked_invoice(billing, deal)

    async with billing.worker(), billing.relay():
        payment = {"amount": "12.50", "currency": "EUR"}
        await billing.client.submit(invoice, "payment_received", payment, event_id="p-1")
        await eventually(partial(billing.stage, deal), "won".__eq__)

    assert await moves(billing, invoice) == [MoveMade("draft", "paid", "payment", None)]
    [entry] = await billing.decided(deal)
    assert (entry.event_id, entry.chain) == (f"{invoice}#2:invoice_paid", (f"{invoice}#2",))


async def test_a_deal_follows_linked_items_that_enter_a_stage_of_the_semantics_that_it_watches(
    billing: Workbench,
) -> None:
    await billing.publish(
        trigger(
            "given-up", "linked_item_moved", "lost", settings={"item_type": "invoice", "semantics": "lost"}
        )
    )
    deal = await billing.create("negotiation")
    invoice = await linked_invoice(billing, deal)

    async with billing.worker(), billing.relay():
        await billing.client.move(invoice, "sent", event_id="m-1", actor=BOB)
        await billing.client.move(invoice, "unpaid", event_id="m-2", actor=BOB)
        await eventually(partial(billing.decided, deal), lambda found: len(found) == 2)

    sent = await decision(billing, deal, f"{invoice}#2:linked_item_moved")
    unpaid = await decision(billing, deal, f"{invoice}#3:linked_item_moved")
    assert (sent.verdict, unpaid.verdict) == (Verdict.NO_TRIGGER_MATCHED, Verdict.MOVED)
    assert unpaid.data == {
        "item": invoice,
        "from": "invoice:billing/sent",
        "to": "invoice:billing/unpaid",
        "to_semantics": "lost",
    }
    assert await moves(billing, deal) == [MoveMade("negotiation", "lost", "given-up", ANN)]


async def test_two_deals_that_move_each_other_to_and_fro_stop_at_depth_8(bench: Workbench) -> None:
    await bench.publish(
        trigger("to", "linked_item_moved", "negotiation"),
        trigger("fro", "linked_item_moved", "in-progress", allow_previous_stage=True),
    )
    one, other = await bench.create("new"), await bench.create("in-progress")
    await Links(bench.database).link(ItemRef.parse(one), ItemRef.parse(other))

    async with bench.worker(), bench.relay():
        await bench.client.move(one, "in-progress", event_id="by-hand", actor=BOB)
        await eventually(partial(bench.timeline, one, "rejected"))

    [stopped] = await bench.timeline(one, "rejected")
    assert stopped.event_id == f"{other}#5:linked_item_moved"
    assert stopped.text == (
        "a chain of automatic steps ends here: "
        f"{one}#2 → {other}#2 → {one}#3 → {other}#3 → {one}#4 → {other}#4 → {one}#5 → {other}#5"
    )
    assert [made.trigger for made in await moves(bench, one)] == [None, "to", "fro", "to"]
    assert [made.trigger for made in await moves(bench, other)] == ["to", "fro", "to", "fro"]
    assert (await bench.decided(one))[-1].verdict is Verdict.REJECTED
    assert await query(bench.database_url, WAITING) == [(0,)]


async def test_a_worker_killed_after_the_commit_leaves_the_event_to_the_next_one(
    billing: Workbench, worker_processes: WorkerProcesses
) -> None:
    deal = await billing.create("negotiation")
    invoice = await linked_invoice(billing, deal)
    async with Outbox(billing.database).lead() as leadership:
        # As long as we lead, the worker's relay stands by.
        assert leadership is not None
        killed = await worker_processes.start()
        await billing.client.move(invoice, "paid", event_id="m-1", actor=BOB)
        killed.kill()
        await killed.exited
    assert await query(billing.database_url, WAITING) == [(1,)]
    assert await billing.decided(deal) == []

    await worker_processes.start()

    await eventually(partial(billing.stage, deal), "won".__eq__, within_seconds=RECOVERY_SECONDS)
    assert [one.event_id for one in await billing.decided(deal)] == [f"{invoice}#2:invoice_paid"]
    assert await counters(billing, deal) == {"handled": 1, "moved": 1, "rejected": 0, "duplicates": 0}


async def test_a_worker_killed_between_delivery_and_note_leaves_one_event_decided(
    billing: Workbench, worker_processes: WorkerProcesses
) -> None:
    deal = await billing.create("negotiation")
    invoice = await linked_invoice(billing, deal)
    async with connected(billing.database_url) as connection, connection.transaction():
        async with Outbox(billing.database).lead() as leadership:
            assert leadership is not None
            killed = await worker_processes.start()
            await billing.client.move(invoice, "paid", event_id="m-1", actor=BOB)
            await connection.execute(LOCK_OUTBOX)
        held_back = partial(query, billing.database_url, HELD_BACK, connection.get_server_pid())
        [(backend,)] = await eventually(held_back)
        await eventually(partial(billing.stage, deal), "won".__eq__)
        killed.kill()
        await killed.exited
        # PostgreSQL would go on with what it was asked for last.
        await query(billing.database_url, END_BACKEND, backend)
    assert await query(billing.database_url, WAITING) == [(1,)]

    await worker_processes.start()

    await eventually(
        partial(query, billing.database_url, DELIVERED), [(1,)].__eq__, within_seconds=RECOVERY_SECONDS
    )
    await eventually(
        partial(counters, billing, deal),
        {"handled": 1, "moved": 1, "rejected": 0, "duplicates": 1}.__eq__,
        within_seconds=RECOVERY_SECONDS,
    )
    assert await moves(billing, deal) == [MoveMade("negotiation", "won", "invoice-paid", ANN)]
    assert [one.event_id for one in await billing.decided(deal)] == [f"{invoice}#2:invoice_paid"]
