"""What can't be understood, or has no item to go to, is said and recorded, and blocks nobody."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from crm import contract
from crm.decisions import Verdict
from crm.values import Json
from starter.client import ItemNotFound, Refused
from tests.acceptance.records import MoveMade, decision, moves
from tests.support.polling import eventually
from tests.support.raw_messages import binary, json_text, signal_raw
from tests.support.workbench import ANN, Workbench, unused_number, watching

THREE_MEGABYTES = "x" * 3_000_000

STAGE_AS_FIELD = "'stage' is no field: it has an event of its own"

SIGNALS: list[tuple[str, Json, str | None, str]] = [
    (contract.SIGNAL_FIELD_CHANGED, "hello", None, "the message is a text; it must be a JSON object"),
    (contract.SIGNAL_FIELD_CHANGED, [1], None, "the message is a list; it must be a JSON object"),
    (contract.SIGNAL_FIELD_CHANGED, None, None, "the message is null; it must be a JSON object"),
    (
        contract.SIGNAL_FIELD_CHANGED,
        {"data": {"changes": {"note": {"new": "anonymous"}}}},
        None,
        "the message has no event_id; give each event an id of 1 to 200 characters",
    ),
    (contract.SIGNAL_ITEM_EVENT, {"event_id": "kind", "kind": "sneezed"}, "kind", "unknown kind 'sneezed'"),
    (
        contract.SIGNAL_FIELD_CHANGED,
        {"event_id": "large", "data": {"changes": {"note": {"new": THREE_MEGABYTES}}}},
        "large",
        "the message of 3,000,059 bytes is over the limit of 64,000 bytes",
    ),
    (
        contract.SIGNAL_FIELD_CHANGED,
        {"event_id": "stage", "data": {"changes": {"stage": {"new": "won"}}}},
        "stage",
        STAGE_AS_FIELD,
    ),
    (contract.SIGNAL_DOCUMENT_EXECUTED, {"event_id": "bare"}, "bare", "data.document: Field required"),
    ("field_chnaged", {"event_id": "name"}, "name", "unknown signal 'field_chnaged'"),
]
"""Signal, content, the id under which it is recorded (null: one of the workflow's own), the reason."""


async def test_signals_that_are_no_events_are_recorded_as_rejected_and_the_item_goes_on(
    sales: Workbench,
) -> None:
    """Scenario 28, told."""
    await sales.publish(watching("noted", "signing", "note"))
    deal = await sales.create("new")

    for name, content, _, _ in SIGNALS:
        await sales.client.signal(deal, name, content)
    outcome = await sales.change_fields(deal, "good", note="good")

    assert outcome.verdict is Verdict.MOVED
    assert await moves(sales, deal) == [MoveMade("new", "signing", "noted", ANN)]
    *rejected, good = await sales.decided(deal)
    assert good.event_id == "good"
    shown = await sales.timeline(deal, "rejected")
    assert len(rejected) == len(shown) == len(SIGNALS)
    for entry, record, (_, _, event_id, reason) in zip(rejected, shown, SIGNALS, strict=True):
        assert (entry.verdict, entry.reason, record.text) == (Verdict.REJECTED, reason, reason)
        assert record.event_id == entry.event_id
        assert entry.event_id == event_id or (event_id is None and entry.event_id.startswith("unidentified:"))
    assert (await sales.client.item(deal))["counters"] == {
        "handled": len(SIGNALS) + 1,
        "moved": 1,
        "rejected": len(SIGNALS),
        "duplicates": 0,
    }


async def test_payloads_that_are_not_even_json_are_recorded_as_rejected_and_the_item_goes_on(
    sales: Workbench,
) -> None:
    """Scenario 28, past the client: no JSON, and no content at all."""
    deal = await sales.create("new")

    await signal_raw(sales.temporal, deal, contract.SIGNAL_FIELD_CHANGED, json_text("{event_id: 7"))
    await signal_raw(sales.temporal, deal, contract.SIGNAL_FIELD_CHANGED, binary(b"\x00\x01"))
    await signal_raw(sales.temporal, deal, contract.SIGNAL_FIELD_CHANGED)
    outcome = await sales.change_fields(deal, "good", note="good")

    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    *rejected, _ = await sales.decided(deal)
    reasons = [one.reason or "" for one in rejected]
    assert [reason.partition(":")[0] for reason in reasons] == [
        "the message is no JSON",
        "the message is encoded as 'binary/plain'; it must be JSON",
        "the message has no content; it must be a JSON object",
    ]
    assert [one.text for one in await sales.timeline(deal, "rejected")] == reasons


async def test_who_awaits_the_outcome_of_what_is_no_event_learns_why(sales: Workbench) -> None:
    """Scenario 28, asked: refused at once without an id, else answered as rejected and recorded."""
    deal = await sales.create("new")
    asked: list[tuple[str, str, dict[str, Json], str]] = [
        ("kind", "sneezed", {}, "unknown kind 'sneezed'"),
        ("stage", "field_changed", {"changes": {"stage": {"new": "won"}}}, STAGE_AS_FIELD),
        (
            "large",
            "field_changed",
            {"changes": {"note": {"new": THREE_MEGABYTES}}},
            "the message of 3,000,082 bytes is over the limit of 64,000 bytes",
        ),
    ]

    with pytest.raises(Refused, match="the message has no event_id"):
        await sales.client.submit(deal, "field_changed", {}, event_id="")
    for event_id, kind, data, reason in asked:
        outcome = await sales.client.submit(deal, kind, data, event_id=event_id)
        assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, reason)
    assert (await sales.change_fields(deal, "good", note="good")).verdict is Verdict.NO_TRIGGER_MATCHED

    entries = await sales.decided(deal)
    assert [(one.event_id, one.verdict) for one in entries] == [
        ("kind", Verdict.REJECTED),
        ("stage", Verdict.REJECTED),
        ("large", Verdict.REJECTED),
        ("good", Verdict.NO_TRIGGER_MATCHED),
    ]
    assert await sales.stage(deal) == "new"


async def test_three_megabytes_sent_past_the_client_are_refused_by_the_server(sales: Workbench) -> None:
    """Scenario 28: whoever sends them is told so, and the item never hears of it."""
    deal = await sales.create("new")
    await sales.client.start(deal)
    content = {"event_id": "large", "data": {"changes": {"note": {"new": THREE_MEGABYTES}}}}

    with pytest.raises(RPCError) as refusal:
        await sales.handle(deal).signal(contract.SIGNAL_FIELD_CHANGED, content)

    assert refusal.value.status is RPCStatusCode.INVALID_ARGUMENT
    assert "size" in refusal.value.message.lower()
    assert (await sales.change_fields(deal, "good", note="good")).verdict is Verdict.NO_TRIGGER_MATCHED
    assert [one.event_id for one in await sales.decided(deal)] == ["good"]


async def test_a_caller_with_an_event_for_an_unknown_item_is_told_so(sales: Workbench) -> None:
    """Scenario 30, asked: recorded as rejected, and no workflow is left running."""
    unknown = f"deal:{unused_number()}"

    with pytest.raises(ItemNotFound, match=f"^there is no item {unknown}$"):
        await sales.change_fields(unknown, "upload", contract="file-17")
    with pytest.raises(ItemNotFound, match=f"^there is no item {unknown}$"):
        await sales.client.move(unknown, "won", event_id="move", actor=ANN)

    for event_id in ("upload", "move"):
        entry = await decision(sales, unknown, event_id)
        assert (entry.verdict, entry.reason) == (Verdict.REJECTED, f"there is no item {unknown}")
    await eventually(lambda: status(sales, unknown), lambda found: found is WorkflowExecutionStatus.COMPLETED)


async def test_a_signal_to_an_unknown_item_is_recorded_and_leaves_no_workflow_running(
    sales: Workbench,
) -> None:
    """Scenario 30, told: an item that is created afterwards starts anew."""
    number = unused_number()
    unknown = f"deal:{number}"

    await sales.client.field_changed(unknown, {"contract": "file-17"}, event_id="upload", actor=ANN)

    await eventually(lambda: sales.decided(unknown))
    entry = await decision(sales, unknown, "upload")
    assert (entry.verdict, entry.reason) == (Verdict.REJECTED, f"there is no item {unknown}")
    assert (entry.kind, entry.actor) == ("field_changed", ANN)
    [shown] = await sales.timeline(unknown)
    assert (shown.kind, shown.event_id, shown.text) == ("rejected", "upload", f"there is no item {unknown}")
    await eventually(lambda: status(sales, unknown), lambda found: found is WorkflowExecutionStatus.COMPLETED)


async def status(bench: Workbench, item: str) -> WorkflowExecutionStatus | None:
    """Whether the item's workflow runs."""
    return (await bench.handle(item).describe()).status
