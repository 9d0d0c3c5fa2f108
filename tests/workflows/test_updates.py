"""Events that somebody awaits: accepted and answered with their outcome, or refused at once."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from crm import contract
from crm.decisions import Verdict
from starter.client import Refused
from tests.support.raw_messages import NOTHING, binary, json_text
from tests.support.workbench import ANN, BOB, Workbench, watching

UPDATES = [contract.UPDATE_SUBMIT_EVENT, contract.UPDATE_MOVE_STAGE]

# What can't be answered, because it has no id to record it under, and why it is refused.
REFUSED = {
    "nothing": (NOTHING, "the message is null; it must be a JSON object"),
    "a number": (json_text("7"), "the message is a number; it must be a JSON object"),
    "a text": (json_text('"hello"'), "the message is a text; it must be a JSON object"),
    "a list": (json_text("[]"), "the message is a list; it must be a JSON object"),
    "bytes": (binary(b"{}"), "the message is encoded as 'binary/plain'; it must be JSON"),
    "no JSON": (json_text("{"), "the message is no JSON: EOF while parsing an object at line 1 column 1"),
    "no event id": (
        json_text('{"kind": "field_changed"}'),
        "the message has no event_id; give each event an id of 1 to 200 characters",
    ),
    "an empty event id": (
        json_text('{"event_id": ""}'),
        "the message has no event_id; give each event an id of 1 to 200 characters",
    ),
    "an event id that is a number": (
        json_text('{"event_id": 7}'),
        "event_id: Input should be a valid string",
    ),
    "an event id of 201 characters": (
        json_text(f'{{"event_id": "{"x" * 201}"}}'),
        "event_id: String should have at most 200 characters",
    ),
}

# What has an id and is no event all the same: recorded, and answered as rejected.
REJECTED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no kind": ("submit_event", {}, "the message has no kind; name one of the catalogue"),
    "an unknown kind": ("submit_event", {"kind": "sneezed"}, "unknown kind 'sneezed'"),
    "no data": ("submit_event", {"kind": "field_changed"}, "data.changes: Field required"),
    "a time without offset": (
        "submit_event",
        {"kind": "field_changed", "occurred_at": "2026-11-21T10:00:00"},
        "occurred_at: '2026-11-21T10:00:00' has no offset from UTC; write it as 2026-11-21T10:30:00+01:00",
    ),
    "no stage": ("move_stage", {}, "data.stage: Field required"),
    "a stage that is a number": (
        "move_stage",
        {"data": {"stage": 4}},
        "data.stage: Input should be a valid string",
    ),
}


async def test_an_awaited_event_is_answered_with_its_outcome(sales: Workbench) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract", name="Contract uploaded"))
    deal = await sales.create("negotiation")

    outcome = await sales.change_fields(deal, "upload", contract="f-1")

    assert (outcome.item, outcome.event_id, outcome.verdict) == (deal, "upload", Verdict.MOVED)
    assert (outcome.from_stage, outcome.to_stage) == ("negotiation", "contract-approval")
    assert (outcome.trigger, outcome.trigger_name) == ("uploaded", "Contract uploaded")
    assert (outcome.author, outcome.author_note, outcome.revision, outcome.arrival) == (ANN, None, 2, 2)
    assert (outcome.duplicate, outcome.reason) == (False, None)
    [entry] = await sales.decided(deal)
    assert (entry.outcome, entry.decided_at) == (outcome, outcome.decided_at)


@pytest.mark.parametrize("update", UPDATES)
async def test_a_message_without_a_usable_event_id_is_refused_at_once_and_not_recorded(
    sales: Workbench, update: str
) -> None:
    deal = await sales.create()
    await sales.client.start(deal)

    refused: dict[str, str] = {}
    for case, (payload, _) in REFUSED.items():
        with pytest.raises(WorkflowUpdateFailedError) as error:
            await sales.handle(deal).execute_update(update, RawValue(payload))
        cause = error.value.cause
        assert isinstance(cause, ApplicationError)
        assert cause.type == contract.ERROR_MESSAGE_REFUSED
        refused[case] = cause.message

    assert refused == {case: reason for case, (_, reason) in REFUSED.items()}
    assert await sales.decided(deal) == []
    assert (await sales.client.item(deal))["counters"]["handled"] == 0


async def test_an_update_takes_one_argument_and_no_other_number_of_them_harms_the_item(
    sales: Workbench,
) -> None:
    deal = await sales.create()
    await sales.client.start(deal)

    for update in UPDATES:
        for arguments in ([], [{"event_id": "e"}, {"event_id": "f"}]):
            with pytest.raises(WorkflowUpdateFailedError):
                await sales.handle(deal).execute_update(update, args=arguments)

    assert (await sales.change_fields(deal, "next", note="x")).verdict is Verdict.NO_TRIGGER_MATCHED


async def test_a_message_with_an_event_id_is_accepted_recorded_and_answered_whatever_else_is_wrong(
    sales: Workbench,
) -> None:
    deal = await sales.create()
    await sales.client.start(deal)

    answers: dict[str, tuple[Any, Any]] = {}
    for case, (update, content, _) in REJECTED.items():
        message = {"event_id": case, **content}
        outcome = await sales.handle(deal).execute_update(update, message)
        answers[case] = (outcome["verdict"], outcome["reason"])

    assert answers == {case: ("rejected", reason) for case, (_, _, reason) in REJECTED.items()}
    decided = await sales.decided(deal)
    assert [(one.event_id, one.reason) for one in decided] == [
        (case, reason) for case, (_, _, reason) in REJECTED.items()
    ]


async def test_the_client_says_why_a_message_was_refused(sales: Workbench) -> None:
    deal = await sales.create()

    with pytest.raises(Refused, match="give each event an id of 1 to 200 characters"):
        await sales.client.submit(deal, "field_changed", {}, event_id="")


async def test_events_told_and_awaited_keep_one_order(sales: Workbench) -> None:
    deal = await sales.create()

    await sales.client.field_changed(deal, {"note": "1"}, event_id="1")
    await sales.change_fields(deal, "2", note="2")
    await sales.client.responsible_changed(deal, BOB, event_id="3")
    await sales.client.move(deal, "negotiation", event_id="4", actor=ANN)

    assert [one.event_id for one in await sales.decided(deal)] == ["1", "2", "3", "4"]
