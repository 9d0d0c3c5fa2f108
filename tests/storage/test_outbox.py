"""The outbox as producers write it and as its leader reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from pydantic_core import from_json, to_json

from crm import contract
from storage.database import Database
from storage.outbox import Leadership, Outbox, WaitingMessage
from tests.support.databases import query

WRITE = "insert into outbox (item_type, item_id, message) values ($1, $2, $3::jsonb)"


@pytest.fixture
async def leadership(database: Database) -> AsyncIterator[Leadership]:
    async with Outbox(database).lead() as leadership:
        assert leadership is not None
        yield leadership


async def write(database_url: str, *messages: tuple[int, str]) -> None:
    """One message for each deal's number and event id, in order."""
    for item_id, event_id in messages:
        await query(database_url, WRITE, "deal", item_id, to_json({"event_id": event_id}).decode())


def event_ids(messages: list[WaitingMessage]) -> list[str]:
    return [from_json(one.message)["event_id"] for one in messages]


async def test_what_waits_comes_oldest_first_with_all_that_a_delivery_needs(
    leadership: Leadership, database_url: str
) -> None:
    await write(database_url, (7, "e-1"), (8, "e-2"), (7, "e-3"))

    assert await leadership.waiting(2) == [
        WaitingMessage(id=1, item="deal:7", signal="item_event", message='{"event_id": "e-1"}', attempts=0),
        WaitingMessage(id=2, item="deal:8", signal="item_event", message='{"event_id": "e-2"}', attempts=0),
    ]


async def test_items_that_are_to_be_left_out_make_room_for_others(
    leadership: Leadership, database_url: str
) -> None:
    await write(database_url, (7, "e-1"), (7, "e-2"), (8, "e-3"), (9, "e-4"))

    assert event_ids(await leadership.waiting(2, besides=["deal:7", "deal:9"])) == ["e-3"]


async def test_what_was_delivered_waits_no_more_and_is_kept_for_a_time(
    leadership: Leadership, database_url: str
) -> None:
    await write(database_url, (7, "e-1"), (7, "e-2"), (7, "e-3"))

    await leadership.delivered([1, 3])

    assert event_ids(await leadership.waiting(10)) == ["e-2"]
    seen = "select id, attempts, delivered_at is not null from outbox order by id"
    assert await query(database_url, seen) == [(1, 1, True), (2, 0, False), (3, 1, True)]


async def test_an_attempt_that_failed_is_counted_and_its_error_kept_though_it_delivers_later(
    leadership: Leadership, database_url: str
) -> None:
    await write(database_url, (7, "e-1"))
    [message] = await leadership.waiting(1)

    await leadership.failed(message, "RPCError: no\0such\ud800namespace")
    [message] = await leadership.waiting(1)
    await leadership.failed(message, "TimeoutError")
    await leadership.delivered([1])

    assert message.attempts == 1
    assert await query(database_url, "select attempts, last_error from outbox") == [(3, "TimeoutError")]


async def test_an_error_is_written_whatever_it_holds(leadership: Leadership, database_url: str) -> None:
    await write(database_url, (7, "e-1"))
    [message] = await leadership.waiting(1)

    await leadership.failed(message, "a\0b\ud800c\n" + "d" * 2_000)

    [(error,)] = await query(database_url, "select last_error from outbox")
    assert error == "a b c " + "d" * 994


async def test_what_was_delivered_long_ago_is_forgotten_a_part_at_a_time(
    leadership: Leadership, database_url: str
) -> None:
    await write(database_url, *((7, f"e-{number}") for number in range(1, 6)))
    await leadership.delivered([1, 2, 3, 4])
    await query(database_url, "update outbox set delivered_at = now() - interval '2 hours' where id < 4")

    assert await leadership.forget(timedelta(hours=1), limit=2) == 2
    assert await leadership.forget(timedelta(hours=1), limit=2) == 1
    assert await leadership.forget(timedelta(hours=1), limit=2) == 0
    assert await query(database_url, "select id from outbox order by id") == [(4,), (5,)]


async def test_one_leads_at_a_time_and_the_next_one_when_it_has_ended(database: Database) -> None:
    outbox = Outbox(database)

    async with outbox.lead() as first, outbox.lead() as second:
        assert first is not None
        assert second is None
    async with outbox.lead() as third:
        assert third is not None


async def test_a_leader_that_is_cancelled_leads_no_more(database: Database) -> None:
    outbox, leads = Outbox(database), asyncio.Event()

    async def lead_for_ever() -> None:
        async with outbox.lead() as leadership:
            assert leadership is not None
            leads.set()
            await asyncio.Event().wait()

    leader = asyncio.create_task(lead_for_ever())
    await leads.wait()
    leader.cancel()
    await asyncio.gather(leader, return_exceptions=True)

    async with outbox.lead() as next_one:
        assert next_one is not None


async def test_a_leader_that_vanished_leads_no_longer_than_it_may_be_idle(database: Database) -> None:
    async with database.connection() as connection:
        assert await connection.fetch_value("lead_outbox", "100ms")
        leads_again = asyncio.create_task(_lead_when_possible(Outbox(database)))
        await asyncio.wait_for(leads_again, timeout=20)


async def _lead_when_possible(outbox: Outbox) -> None:
    while True:
        async with outbox.lead() as leadership:
            if leadership is not None:
                return


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("[]", id="no object"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="no event id"),
        pytest.param('{"event_id": null}', id="null as event id"),
        pytest.param('{"event_id": ""}', id="empty event id"),
    ],
)
async def test_a_message_that_can_never_be_told_from_another_is_refused(
    database: Database, database_url: str, message: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await query(database_url, WRITE, "deal", 7, message)


@pytest.mark.parametrize(
    ("item_type", "item_id"),
    [
        pytest.param("Deal", 7, id="no code of a type"),
        pytest.param("deal", 0, id="zero"),
        pytest.param("deal", 10**18, id="longer than a reference can be"),
    ],
)
async def test_what_is_no_reference_to_an_item_is_refused(
    database: Database, database_url: str, item_type: str, item_id: int
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await query(database_url, WRITE, item_type, item_id, '{"event_id": "e-1"}')


async def test_the_signals_of_the_contract_are_taken_and_no_others(
    database: Database, database_url: str
) -> None:
    write_signal = (
        "insert into outbox (item_type, item_id, signal, message) values ('deal', 7, $1, $2::jsonb)"
    )
    for signal in (
        contract.SIGNAL_FIELD_CHANGED,
        contract.SIGNAL_RESPONSIBLE_CHANGED,
        contract.SIGNAL_DOCUMENT_EXECUTED,
        contract.SIGNAL_ITEM_EVENT,
    ):
        await query(database_url, write_signal, signal, '{"event_id": "e-1"}')

    with pytest.raises(asyncpg.CheckViolationError):
        await query(database_url, write_signal, "move_stage", '{"event_id": "e-1"}')
