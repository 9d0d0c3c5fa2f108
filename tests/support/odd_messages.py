"""Messages that are no events, with what is recorded of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from temporalio.api.common.v1 import Payload

from tests.support.raw_messages import NOTHING, binary, json_text
from tests.support.workbench import BOB


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
        f"the message of {len(HUGE):,} bytes is over the limit of 64,000 bytes",
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
        "occurred_at: '2026-11-21T10:00:00' has no offset from UTC; write it as 2026-11-21T10:30:00+01:00",
        kind="document_viewed",
        occurred_at="2026-11-21T10:00:00",
    ),
    "a time that is none": event(
        "k9",
        "occurred_at: 'noon' is no datetime; write it as 2026-11-21T10:30:00+01:00",
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
    "NUL in a value": changes(
        "n1",
        "data.changes.note: text must not hold the NUL character; PostgreSQL can't store it",
        note={"new": "a\x00b"},
    ),
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
