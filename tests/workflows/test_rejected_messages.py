"""What can't be understood is rejected and recorded, and the item goes on (design section 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload

from crm.decisions import Verdict
from storage.records import LedgerEntry
from tests.support.polling import eventually
from tests.support.raw_messages import NOTHING, binary, json_text, signal_raw
from tests.support.workbench import ANN, BOB, Workbench, watching


@dataclass(frozen=True)
class Odd:
    """Payloads under a signal's name, the event id they are recorded under, and why they are rejected.

    Without `event_id`, it is one that the workflow gives.
    """

    reason: str
    payloads: tuple[Payload, ...]
    event_id: str | None = None
    name: str = "item_event"


def event(event_id: str, reason: str, /, name: str = "item_event", **content: Any) -> Odd:
    """A JSON object with this event id that is no event."""
    return Odd(reason, (json_text(json.dumps({"event_id": event_id, **content})),), event_id, name)


def changes(event_id: str, reason: str, /, **fields: Any) -> Odd:
    """A field-changed event that is none."""
    return event(event_id, reason, name="field_changed", data={"changes": fields})


def nested(depth: int) -> str:
    return f"{'[' * depth}{']' * depth}"


HUGE = json.dumps({"event_id": "huge", "actor": BOB, "data": {"changes": {"note": {"new": "x" * 1_200_000}}}})

UNREADABLE = {
    "no payload": Odd("the message has no content; it must be a JSON object", ()),
    "two payloads": Odd(
        "the message came in 2 parts; it must be one JSON object",
        (json_text('{"event_id": "first of two"}'), json_text("{}")),
        "first of two",
    ),
    "null": Odd("the message is null; it must be a JSON object", (NOTHING,)),
    "null as JSON": Odd("the message is null; it must be a JSON object", (json_text("null"),)),
    "a number": Odd("the message is a number; it must be a JSON object", (json_text("7"),)),
    "true": Odd("the message is true or false; it must be a JSON object", (json_text("true"),)),
    "a text": Odd("the message is a text; it must be a JSON object", (json_text('"hello"'),)),
    "a list": Odd("the message is a list; it must be a JSON object", (json_text("[{}]"),)),
    "bytes": Odd("the message is encoded as 'binary/plain'; it must be JSON", (binary(b"\x00\xff"),)),
    "encoded in an unknown way": Odd(
        "the message is encoded as 'zip'; it must be JSON",
        (Payload(metadata={"encoding": b"zip"}, data=b"{}"),),
    ),
    "not encoded at all": Odd("the message is encoded as ''; it must be JSON", (Payload(data=b"{}"),)),
    "no JSON": Odd(
        "the message is no JSON: key must be a string at line 1 column 2",
        (json_text("{nope"),),
    ),
    "not in UTF-8": Odd("the message is no JSON: it is not in UTF-8", (json_text(b'"\xff"'),)),
    "nested too deeply": Odd(
        "the message is no JSON: recursion limit exceeded at line 1 column 202",
        (json_text(nested(300)),),
    ),
    "too large": Odd(
        f"the message of {len(HUGE):,} bytes is over the limit of 1,000,000 bytes",
        (json_text(HUGE),),
        "huge",
    ),
    "no event id": Odd(
        "the message has no event_id; give each event an id of 1 to 200 characters",
        (json_text('{"kind": "document_viewed"}'),),
    ),
    "NUL in the event id": Odd(
        "event_id: String should match pattern '^[^\\x00]*$'", (json_text('{"event_id": "a\\u0000b"}'),)
    ),
}

MISUNDERSTOOD = {
    "no kind": event("k1", "the message has no kind; name one of the catalogue"),
    "an unknown kind": event("k2", "unknown kind 'sneezed'", kind="sneezed"),
    "a move by hand": event("k3", "unknown kind 'move_stage'", kind="move_stage", data={"stage": "won"}),
    "a kind that disagrees": event(
        "k4",
        "the message says kind 'document_viewed', but what it came by says 'field_changed'",
        name="field_changed",
        kind="document_viewed",
    ),
    "an unknown signal": event("k5", "unknown signal 'hello'", name="hello"),
    "an unknown step": event(
        "k6",
        "data.step: unknown step 'burnt'; it must be one of created, viewed, signed_by_initiator, "
        "signed_by_counterparty, executed, revoked",
        name="document_executed",
        data={"step": "burnt", "document": "d"},
    ),
    "a step that disagrees": event(
        "k7",
        "the message says kind 'document_viewed', but what it came by says 'document_executed'",
        kind="document_viewed",
        data={"step": "executed", "document": "d"},
    ),
    "a time without offset": event(
        "k8",
        "occurred_at: Input should have timezone info",
        kind="document_viewed",
        occurred_at="2026-11-21T10:00:00",
    ),
    "a time that is none": event(
        "k9",
        "occurred_at: Input should be a valid datetime or date, input is too short",
        kind="document_viewed",
        occurred_at="noon",
    ),
    "no document": event("k10", "data.document: Field required", kind="document_viewed"),
    "no changes": changes(
        "k11", "data.changes: Dictionary should have at least 1 item after validation, not 0"
    ),
    "an unknown field": changes("k12", "unknown field 'nose'; did you mean 'note'?", nose={"new": 1}),
    "the stage as a field": changes(
        "k13", "'stage' is no field: it has an event of its own", stage={"new": "won"}
    ),
    "a value of the wrong type": changes(
        "k14", "data.changes.score: 'ten' is no number; write it as 12.5", score={"new": "ten"}
    ),
    "a change without a new value": changes("k15", "data.changes.note.new: Field required", note={"old": 1}),
    "too long a chain": event(
        "k17",
        "a chain of automatic steps ends here: a → b → c → d → e → f → g → h",
        kind="document_viewed",
        data={"document": "d"},
        chain=["a", "b", "c", "d", "e", "f", "g", "h"],
    ),
}

NUL = "the database refuses it: UntranslatableCharacterError: unsupported Unicode escape sequence"

# What is an event, but holds what the database can't keep; the first line of the reason.
UNKEEPABLE = {
    "NUL in a value": changes("n1", NUL, note={"new": "a\x00b"}),
    "NUL in a key that is ignored": event(
        "n2", NUL, kind="document_viewed", data={"document": "d", "a\x00b": 1}
    ),
    "NUL in a value that is ignored": event(
        "n3", NUL, kind="document_viewed", data={"document": "d", "remark": "a\x00b"}
    ),
    "infinity": Odd(
        "the database refuses it: InvalidTextRepresentationError: invalid input syntax for type json",
        (json_text('{"event_id": "n4", "kind": "document_viewed", "data": {"document": "d", "x": 1e400}}'),),
        "n4",
    ),
}


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
        assert (one.reason or "").endswith(" bytes is over the limit of 1,000,000 bytes")
