"""From a message to an event: what is understood, and what is refused with which reason (section 5, R15)."""

from __future__ import annotations

from datetime import datetime

import pytest

from crm.events import read_event
from crm.messages import MessageRefused
from crm.values import Json

MAX_REASON_CHARACTERS = 1_000


def refused(name: str, message: Json) -> MessageRefused:
    with pytest.raises(MessageRefused) as refusal:
        read_event(name, message)
    return refusal.value


# -------------------------------------------------------------------------------------- understood


def test_the_signal_of_the_contract_becomes_an_event() -> None:
    event = read_event(
        "field_changed",
        {
            "event_id": "crm-4711",
            "occurred_at": "2026-11-21T10:00:00+01:00",
            "actor": 5,
            "item_version": 3,
            "data": {"changes": {"contract": {"old": None, "new": "file-17"}}},
        },
    )
    assert (event.event_id, event.kind, event.suppressed) == ("crm-4711", "field_changed", False)
    assert event.envelope.occurred_at == datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    assert (event.envelope.actor, event.envelope.item_version, event.envelope.chain) == (5, 3, ())


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("field_changed", "field_changed", {"changes": {"note": {"new": "a"}}}),
        ("responsible_changed", "responsible_changed", {"new": 5}),
        ("document_executed", "document_executed", {"document": "d-1"}),
    ],
    ids=["field_changed", "responsible_changed", "document_executed"],
)
def test_a_kind_of_its_own_signal_comes_by_the_general_ones_too(name: str, kind: str, data: Json) -> None:
    assert read_event(name, {"event_id": "e-1", "data": data}).kind == kind
    for general in ("item_event", "submit_event"):
        assert read_event(general, {"event_id": "e-1", "kind": kind, "data": data}).kind == kind


def test_unknown_keys_are_ignored_everywhere() -> None:
    changes = {"note": {"new": "a", "newer": 1}}
    message: Json = {"event_id": "e-1", "priority": 9, "data": {"changes": changes, "reason": "none"}}
    assert read_event("field_changed", message).kind == "field_changed"


def test_a_users_id_may_be_written_as_everywhere_else() -> None:
    for written in (5, "5", "user:5"):
        event = read_event(
            "responsible_changed", {"event_id": "e", "actor": written, "data": {"new": written}}
        )
        assert event.envelope.actor == 5
        assert event.data.model_dump()["new"] == 5


@pytest.mark.parametrize(
    ("envelope", "cause"),
    [
        pytest.param({"actor": 5}, "user", id="a user"),
        pytest.param({}, "service", id="a service"),
        pytest.param({"actor": 5, "source": "import"}, "import", id="what is stated counts first"),
    ],
)
def test_an_event_says_who_or_what_raised_it(envelope: dict[str, Json], cause: str) -> None:
    """R7."""
    event = read_event("responsible_changed", {"event_id": "e-1", "data": {"new": 5}, **envelope})
    assert event.envelope.cause == cause


def test_the_ids_of_a_save_have_room_for_what_is_appended() -> None:
    """R16."""
    event_id = f"{'s' * 180}:responsible"
    event = read_event("responsible_changed", {"event_id": event_id, "data": {"new": 5}})
    assert event.event_id == event_id


# ----------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param(None, "the message is null", id="null"),
        pytest.param("field_changed", "the message is a text", id="text"),
        pytest.param([{"event_id": "e-1"}], "the message is a list", id="a list"),
        pytest.param(7, "the message is a number", id="a number"),
        pytest.param(True, "the message is true or false", id="a boolean"),
        pytest.param({}, "the message has no event_id", id="no id"),
        pytest.param({"event_id": None}, "the message has no event_id", id="null as id"),
        pytest.param({"event_id": ""}, "the message has no event_id", id="an empty id"),
        pytest.param({"event_id": 17}, "event_id: ", id="a number as id"),
        pytest.param({"event_id": "e" * 201}, "event_id: ", id="an id of 201 characters"),
        pytest.param({"event_id": "a\0b"}, "event_id: ", id="an id with NUL"),
        pytest.param({"event_id": "\ud800"}, "event_id: ", id="an id that is no Unicode text"),
    ],
)
def test_a_message_without_a_usable_id_is_refused_without_one(message: Json, reason: str) -> None:
    refusal = refused("item_event", message)
    assert refusal.reason.startswith(reason)
    assert refusal.event_id is None


@pytest.mark.parametrize(
    ("name", "message", "reason"),
    [
        pytest.param("item_event", {}, "the message has no kind", id="no kind"),
        pytest.param("item_event", {"kind": "burnt"}, "unknown kind 'burnt'", id="an unknown kind"),
        pytest.param("item_event", {"kind": "x" * 9_999}, "unknown kind 'xxx", id="an endless kind"),
        pytest.param(
            "item_event", {"kind": "move_stage"}, "unknown kind 'move_stage'", id="a move is no event"
        ),
        pytest.param("item_event", {"kind": 7}, "kind: ", id="a number as kind"),
        pytest.param("burnt", {"kind": "field_changed"}, "unknown signal 'burnt'", id="an unknown signal"),
        pytest.param(
            "field_changed",
            {"kind": "responsible_changed"},
            "the message says kind 'responsible_changed', but what it came by says 'field_changed'",
            id="the signal and the kind disagree",
        ),
        pytest.param(
            "move_stage",
            {"kind": "field_changed", "data": {"stage": "s2"}},
            "the message says kind 'field_changed', but what it came by says 'move_stage'",
            id="the update and the kind disagree",
        ),
        pytest.param("move_stage", {}, "data.stage: ", id="a move to nowhere"),
        pytest.param("field_changed", {}, "data.changes: ", id="no data"),
        pytest.param("field_changed", {"data": []}, "data: ", id="a list as data"),
        pytest.param("field_changed", {"data": {"changes": {}}}, "data.changes: ", id="no changes"),
        pytest.param(
            "field_changed", {"data": {"changes": ["note"]}}, "data.changes: ", id="a list of changes"
        ),
        pytest.param(
            "field_changed", {"data": {"changes": {"note": "a"}}}, "data.changes.note: ", id="no change"
        ),
        pytest.param(
            "field_changed",
            {"data": {"changes": {"note": {"old": 1}}}},
            "data.changes.note.new: ",
            id="no new",
        ),
        pytest.param("responsible_changed", {}, "data.new: ", id="no new responsible person"),
        pytest.param(
            "responsible_changed", {"data": {"new": True}}, "data.new: true is no user", id="true as user"
        ),
        pytest.param("responsible_changed", {"data": {"new": 0}}, "data.new: 0 is no user", id="user 0"),
        pytest.param("responsible_changed", {"data": {"new": 2**63}}, "data.new: ", id="more than a bigint"),
        pytest.param("document_executed", {"data": {}}, "data.document: ", id="no document"),
        pytest.param(
            "document_executed", {"data": {"document": ""}}, "data.document: ", id="an empty document"
        ),
        pytest.param("item_event", {"automation": "stop"}, "automation: ", id="an unknown mode"),
        pytest.param("item_event", {"occurred_at": "2026-11-21T10:00:00"}, "occurred_at: ", id="no offset"),
        pytest.param("item_event", {"occurred_at": "yesterday"}, "occurred_at: ", id="no time"),
        pytest.param("item_event", {"actor": "Ann"}, "actor: ", id="a name as actor"),
        pytest.param("item_event", {"item_version": 0}, "item_version: ", id="version 0"),
        pytest.param("item_event", {"item_version": True}, "item_version: ", id="true as version"),
        pytest.param("item_event", {"item_version": 10**400}, "item_version: ", id="an endless version"),
        pytest.param("item_event", {"source": "s" * 51}, "source: ", id="a long source"),
        pytest.param("item_event", {"source": "\0"}, "source: ", id="a source with NUL"),
        pytest.param("item_event", {"chain": ["a", ""]}, "chain.1: ", id="an empty link"),
        pytest.param(
            "field_changed",
            {"oversized_bytes": 3_000_000},
            "the message of 3,000,000 bytes is over the limit of 64,000 bytes",
            id="too large to send",
        ),
        pytest.param(
            "field_changed", {"oversized_bytes": 10**5_000}, "oversized_bytes: ", id="an endless size"
        ),
    ],
)
def test_a_message_with_an_id_is_refused_with_it(name: str, message: dict[str, Json], reason: str) -> None:
    """Scenario 28, its pure part."""
    refusal = refused(name, {"event_id": "e-1", **message})
    assert refusal.reason.startswith(reason)
    assert refusal.event_id == "e-1"
    assert len(refusal.reason) < MAX_REASON_CHARACTERS


def test_a_refusal_for_many_reasons_stays_short() -> None:
    changes: Json = {f"{number}{'x' * 9_999}": {} for number in range(50)}
    refusal = refused("field_changed", {"event_id": "e-1", "data": {"changes": changes}})
    assert refusal.reason.count("Field required") == 5
    assert len(refusal.reason) < MAX_REASON_CHARACTERS


def test_a_refusal_of_data_knows_who_sent_it() -> None:
    for message in ({"kind": "burnt"}, {"kind": "document_viewed"}, {"oversized_bytes": 3_000_000}):
        refusal = refused("item_event", {"event_id": "e-1", "actor": 5, **message})
        assert refusal.envelope is not None
        assert refusal.envelope.actor == 5
