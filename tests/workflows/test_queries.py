"""What an item's workflow tells of itself: the queries of the contract."""

from __future__ import annotations

from tests.support.raw_messages import json_text, signal_raw
from tests.support.workbench import ANN, BOB, LEA, Workbench, watching


async def test_the_query_item_tells_what_is_known_and_what_was_handled(sales: Workbench) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation", responsible=LEA, note="not read by any trigger")

    await sales.change_fields(deal, "1", contract="f-1")
    await sales.client.submit(deal, "sneezed", {}, event_id="2")
    await sales.client.move(deal, "signing", event_id="3", actor=BOB)
    await sales.client.move(deal, "signing", event_id="3", actor=BOB)

    state = await sales.client.item(deal)
    number = int(deal.split(":")[1])
    assert state == {
        "item": deal,
        "known": {
            "item_type": "deal",
            "item_id": number,
            "pipeline": "sales",
            "stage": "signing",
            "responsible": LEA,
            "fields": {"contract": "f-1"},
            "executed_documents": [],
            "version": 3,
            "arrival": 3,
        },
        "revision": 2,
        "counters": {"handled": 3, "moved": 2, "rejected": 1, "duplicates": 1},
        "waiting": 0,
        "trouble": None,
        "runs": 1,
    }


async def test_the_query_decisions_explains_every_trigger_that_was_considered(sales: Workbench) -> None:
    rich = ({"field": "score", "operator": ">", "value": 5},)
    await sales.publish(
        watching("backward", "new", "contract", name="Backward"),
        watching("current", "negotiation", "contract", name="Current"),
        watching("unread", "contract-approval", "note", name="Other field"),
        watching("poor", "contract-approval", "contract", name="Poor", condition=rich),
        watching("winner", "signing", "contract", name="Winner"),
        watching("later", "won", "contract", name="Later"),
    )
    deal = await sales.create("negotiation", score=2)

    await sales.change_fields(deal, "upload", contract="f-1")

    [decision] = await sales.client.decisions(deal)
    assert decision == {
        "event_id": "upload",
        "kind": "field_changed",
        "verdict": "moved",
        "reason": None,
        "revision": 2,
        "from_stage": "negotiation",
        "to_stage": "signing",
        "trigger": "winner",
        "author": ANN,
        "author_note": None,
        "considered": [
            considered("backward", "Backward", "new", "not allowed backward"),
            considered("current", "Current", "negotiation", "on the current stage"),
            considered("unread", "Other field", "contract-approval", "settings did not match"),
            considered(
                "poor", "Poor", "contract-approval", "condition false", "score > 5 is false: the item has 2"
            ),
            considered("winner", "Winner", "signing", "won"),
            considered("later", "Later", "won", "came after the winner"),
        ],
        "considered_in_all": 6,
    }


def considered(trigger: str, name: str, stage: str, reason: str, *false_rows: str) -> dict[str, object]:
    return {"trigger": trigger, "name": name, "stage": stage, "reason": reason, "false_rows": [*false_rows]}


async def test_the_query_decisions_keeps_the_last_twenty_rejected_messages_included(sales: Workbench) -> None:
    deal = await sales.create("new", score=0)

    for number in range(1, 22):
        await sales.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")
    await signal_raw(sales.temporal, deal, "item_event", json_text("[]"))
    await sales.client.submit(deal, "sneezed", {}, event_id="last")

    decisions = await sales.client.decisions(deal)
    assert [one["event_id"] for one in decisions[:-2]] == [f"e-{number}" for number in range(4, 22)]
    assert [(one["kind"], one["verdict"], one["reason"], one["considered"]) for one in decisions[-2:]] == [
        ("item_event", "rejected", "the message is a list; it must be a JSON object", []),
        ("submit_event", "rejected", "unknown kind 'sneezed'", []),
    ]


async def test_of_a_decision_with_many_triggers_the_first_twenty_are_explained(sales: Workbench) -> None:
    await sales.publish(*(watching(f"t-{number}", "won", "contract") for number in range(30)))
    deal = await sales.create("new")

    await sales.change_fields(deal, "e", note="a")

    [decision] = await sales.client.decisions(deal)
    assert [one["trigger"] for one in decision["considered"]] == [f"t-{number}" for number in range(20)]
    assert decision["considered_in_all"] == 30
