"""Malformed settings and event data of every kind are refused with the place (R15, R21)."""

from __future__ import annotations

from typing import Any

import pytest

from crm.automations import check
from crm.errors import Refused
from crm.events import read_event
from crm.kinds import CATALOGUE
from crm.kinds.catalogue import entry_of
from crm.messages import MessageRefused
from crm.values import Json
from tests.support.builders import PIPELINE, a_row, a_trigger, an_automation

# No key of any kind takes a list with this in it.
WRONG: Json = [{"wrong": "type"}]


def keys(schema: str, *, required_alone: bool) -> list[Any]:
    """Each kind with each key of its `settings_schema` or its `data_schema`."""
    return [
        pytest.param(code, name, id=f"{code}: {name}")
        for code in CATALOGUE
        for name in getattr(entry_of(code), schema).get("required" if required_alone else "properties", ())
    ]


def problems_of(kind: str, settings: Json) -> dict[str, str]:
    """The reasons for which the settings are refused, by place; none if they are not."""
    item_type = "deal" if CATALOGUE[kind].has("deal") else "procurement"
    pipeline = PIPELINE.model_copy(update={"item_type": item_type})
    try:
        check(an_automation(a_trigger("one", "s2", kind, settings=settings), pipeline=pipeline), ())
    except Refused as refused:
        return {problem.place: problem.message for problem in refused.problems}
    return {}


def reason_of(kind: str, data: Json) -> str:
    """Why the event is refused."""
    with pytest.raises(MessageRefused) as refusal:
        read_event("item_event", {"event_id": "e-1", "kind": kind, "data": data})
    assert refusal.value.event_id == "e-1"
    return refusal.value.reason


@pytest.mark.parametrize(("kind", "key"), keys("settings_schema", required_alone=True))
def test_a_required_setting_must_be_there(kind: str, key: str) -> None:
    assert problems_of(kind, {})[f"triggers[0].settings.{key}"] == "Field required"
    for empty in (None, ""):
        assert f"triggers[0].settings.{key}" in problems_of(kind, {key: empty})


@pytest.mark.parametrize(("kind", "key"), keys("settings_schema", required_alone=False))
def test_a_setting_of_the_wrong_type_is_refused_with_its_place(kind: str, key: str) -> None:
    places = list(problems_of(kind, {key: WRONG}))
    assert any(place.startswith(f"triggers[0].settings.{key}") for place in places), places


@pytest.mark.parametrize("kind", CATALOGUE)
def test_an_unknown_setting_is_refused_with_its_place(kind: str) -> None:
    assert "triggers[0].settings.colour" in problems_of(kind, {"colour": "red"})


@pytest.mark.parametrize(("kind", "key"), keys("data_schema", required_alone=True))
def test_event_data_without_what_its_kind_requires_is_rejected_with_the_place(kind: str, key: str) -> None:
    assert f"data.{key}: Field required" in reason_of(kind, {})


@pytest.mark.parametrize(("kind", "key"), keys("data_schema", required_alone=False))
def test_event_data_of_the_wrong_type_is_rejected_with_the_place(kind: str, key: str) -> None:
    assert f"data.{key}" in reason_of(kind, {key: WRONG})


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        pytest.param(
            "task_status_changed",
            {"status": "done", "task": {"title": "x", "deadline": "soon", "responsible": "Anna"}},
            "data.task.deadline: 'soon' is no datetime; write it as 2026-11-21T10:30:00+01:00; "
            "data.task.responsible: 'Anna' is no user; write the id as 5 or user:5",
            id="each wrong field of a record",
        ),
        pytest.param(
            "shipment_changed",
            {"shipment": "s-1"},
            "data.shipment: 's-1' is no record; write it as an object",
            id="no record",
        ),
        pytest.param(
            "shipment_changed",
            {"shipment": None},
            "data.shipment: null is no record; write it as an object",
            id="null",
        ),
        pytest.param(
            "email_link_clicked",
            {"url": "example.com"},
            "data.url: 'example.com' is no url; write scheme and host, as https://example.com/page",
            id="no url",
        ),
        pytest.param(
            "linked_item_moved",
            {"item": "invoice", "to": "paid", "from": 3},
            "data.item: 'invoice' is no item; write it as deal:42; "
            "data.from: 3 is no stage with its pipeline; write it as deal:sales/won; "
            "data.to: 'paid' is no stage with its pipeline; write it as deal:sales/won",
            id="neither items nor stages",
        ),
        pytest.param(
            "payment_received",
            {"paid_total": "much"},
            "data.paid_total: 'much' is no number; write it as 12.5",
            id="amount",
        ),
    ],
)
def test_the_reason_says_what_would_be_right(kind: str, data: Json, reason: str) -> None:
    assert reason_of(kind, data) == reason


@pytest.mark.parametrize(
    ("kind", "data", "place"),
    [
        pytest.param("order_paid", {"order": ""}, "data.order", id="an empty id"),
        pytest.param("order_paid", {"order": "o" * 201}, "data.order", id="an id that is too long"),
        pytest.param("order_paid", {"order": "o\0"}, "data.order", id="NUL in an id"),
        pytest.param("order_paid", {"order": "\ud800"}, "data.order", id="half of a surrogate pair"),
        pytest.param("order_paid", {"order": 7}, "data.order", id="a number for an id"),
        pytest.param("email_sent", {"subject": "a\0"}, "data.subject", id="NUL in a text"),
        pytest.param(
            "chat_unanswered", {"waited_seconds": -1}, "data.waited_seconds", id="less than no time"
        ),
        pytest.param(
            "chat_unanswered", {"waited_seconds": True}, "data.waited_seconds", id="true for a time"
        ),
        pytest.param("chat_unanswered", {"waited_seconds": "9"}, "data.waited_seconds", id="text for a time"),
        pytest.param("chat_unanswered", {"waited_seconds": 2**63}, "data.waited_seconds", id="for ever"),
        pytest.param("payment_received", {"currency": "eur"}, "data.currency", id="no currency"),
        pytest.param("payment_received", {"amount": True}, "data.amount", id="true for an amount"),
        pytest.param("employee_document_progressed", {"phase": "burnt"}, "data.phase", id="unknown phase"),
        pytest.param("item_viewed", {"user": 0}, "data.user", id="no user"),
    ],
)
def test_what_can_not_be_kept_is_rejected_with_the_place(kind: str, data: Json, place: str) -> None:
    assert f"{place}: " in reason_of(kind, data)


def test_an_id_of_200_characters_is_one() -> None:
    message: Json = {"event_id": "e-1", "kind": "order_paid", "data": {"order": "ö" * 200}}
    assert read_event("item_event", message).kind == "order_paid"


@pytest.mark.parametrize(
    ("row", "place"),
    [
        pytest.param(a_row("colour", "=", "red"), "condition[0].field", id="unknown field"),
        pytest.param(a_row("priority", ">", "high"), "condition[0].operator", id="operator of another type"),
        pytest.param(a_row("deadline", ">", "soon"), "condition[0].value", id="value of another type"),
        pytest.param({"field": "title"}, "condition[0].operator", id="no operator"),
    ],
)
def test_a_condition_over_a_record_is_checked_like_any_other(row: Json, place: str) -> None:
    assert list(problems_of("task_status_changed", {"condition": [row]})) == [f"triggers[0].settings.{place}"]
