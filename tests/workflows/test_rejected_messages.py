"""What can't be understood is rejected and recorded, and the item goes on (design section 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from crm.decisions import Verdict
from storage.records import LedgerEntry
from tests.support.odd_messages import HUGE, MISUNDERSTOOD, UNKEEPABLE, UNREADABLE, Odd, nested
from tests.support.polling import eventually
from tests.support.raw_messages import json_text, signal_raw
from tests.support.workbench import ANN, BOB, Workbench, watching


async def send(sales: Workbench, deal: str, odds: Mapping[str, Odd]) -> list[LedgerEntry]:
    """Send them all and a good event after them; the ledger's entries without the last."""
    for odd in odds.values():
        await signal_raw(sales.temporal, deal, odd.name, *odd.payloads)
    await sales.client.field_changed(deal, {"contract": "file-17"}, event_id="afterwards")
    *entries, last = await eventually(
        lambda: sales.decided(deal), lambda found: bool(found) and found[-1].event_id == "afterwards"
    )
    assert last.verdict is Verdict.MOVED
    return entries


@pytest.mark.parametrize("odds", [UNREADABLE, MISUNDERSTOOD], ids=["unreadable", "misunderstood"])
async def test_what_cannot_be_understood_is_recorded_with_its_reason_and_the_item_goes_on(
    sales: Workbench, odds: dict[str, Odd]
) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation")

    entries = await send(sales, deal, odds)

    given = [
        one.event_id if one.event_id in {odd.event_id for odd in odds.values()} else None for one in entries
    ]
    assert dict(zip(odds, zip(given, [one.reason for one in entries], strict=True), strict=True)) == {
        case: (odd.event_id, odd.reason) for case, odd in odds.items()
    }
    assert {one.verdict for one in entries} == {Verdict.REJECTED}
    unidentified = [one.event_id for one in entries if one.event_id.startswith("unidentified:")]
    assert len(set(unidentified)) == sum(odd.event_id is None for odd in odds.values())
    assert [one.text for one in await sales.timeline(deal, "rejected")] == [
        odd.reason for odd in odds.values()
    ]
    counters = (await sales.client.item(deal))["counters"]
    assert counters == {"handled": len(odds) + 1, "moved": 1, "rejected": len(odds), "duplicates": 0}


async def test_what_the_database_cannot_keep_is_rejected_and_the_item_goes_on(sales: Workbench) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation")

    entries = await send(sales, deal, UNKEEPABLE)

    assert {one.event_id: (one.reason or "").splitlines()[0] for one in entries} == {
        odd.event_id: odd.reason for odd in UNKEEPABLE.values()
    }
    assert {one.verdict for one in entries} == {Verdict.REJECTED}
    assert len(await sales.timeline(deal, "rejected")) == 4


async def test_a_signal_name_with_nul_in_it_is_recorded_with_a_sign_in_its_place(sales: Workbench) -> None:
    deal = await sales.create()

    await signal_raw(sales.temporal, deal, "a\x00b", json_text('{"event_id": "e"}'))

    [entry] = await eventually(lambda: sales.decided(deal))
    assert (entry.kind, entry.reason) == ("a␀b", "unknown signal 'a\\x00b'")


async def test_a_rejection_names_who_sent_the_message_as_far_as_that_can_be_told(sales: Workbench) -> None:
    deal = await sales.create()
    unknown_kind = {"event_id": "1", "kind": "sneezed", "actor": BOB, "source": "telephony"}
    unkeepable = {"event_id": "2", "actor": BOB, "data": {"changes": {"note": {"new": "a\x00b"}}}}

    await signal_raw(sales.temporal, deal, "item_event", json_text(json.dumps(unknown_kind)))
    await signal_raw(sales.temporal, deal, "field_changed", json_text(json.dumps(unkeepable)))
    await signal_raw(sales.temporal, deal, "field_changed", json_text(HUGE))

    decided = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 3)
    assert [(one.event_id, one.actor, one.cause) for one in decided] == [
        ("1", BOB, "telephony"),
        ("2", BOB, "user"),
        ("huge", BOB, "user"),
    ]
    rejected = await sales.timeline(deal, "rejected")
    assert [(one.cause_user, one.cause) for one in rejected] == [
        (BOB, "telephony"),
        (BOB, "user"),
        (BOB, "user"),
    ]


async def test_a_message_as_deeply_nested_as_json_may_be_is_handled(sales: Workbench) -> None:
    deal = await sales.create()
    message = (
        f'{{"event_id": "deep", "kind": "document_viewed", "data": {{"document": "d", "x": {nested(197)}}}}}'
    )

    await signal_raw(sales.temporal, deal, "item_event", json_text(message))

    [entry] = await eventually(lambda: sales.decided(deal))
    assert (entry.verdict, entry.reason) == (Verdict.NO_TRIGGER_MATCHED, None)


async def test_the_client_sends_in_place_of_too_large_a_message_what_records_its_rejection(
    sales: Workbench,
) -> None:
    deal = await sales.create()

    await sales.client.field_changed(deal, {"note": "x" * 3_000_000}, event_id="told", actor=ANN)
    outcome = await sales.change_fields(deal, "awaited", note="x" * 3_000_000)

    assert outcome.verdict is Verdict.REJECTED
    decided = await sales.decided(deal)
    assert [(one.event_id, one.verdict, one.actor) for one in decided] == [
        ("told", Verdict.REJECTED, ANN),
        ("awaited", Verdict.REJECTED, ANN),
    ]
    for one in decided:
        assert (one.reason or "").startswith("the message of 3,000,")
        assert (one.reason or "").endswith(" bytes is over the limit of 64,000 bytes")
