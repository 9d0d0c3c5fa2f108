"""An automation made ready: packed and loaded, and its explanations in short."""

from __future__ import annotations

import pytest

from crm.automations import TriggerState
from crm.compiled import CompiledAutomation, load, pack
from crm.decide import decide
from crm.messages import Event
from crm.values import Json
from tests.support.builders import (
    BOB,
    a_row,
    a_trigger,
    an_automation,
    an_event,
    an_item,
    compiled,
    field_became,
    fields_changed,
    reasons,
    watching,
)

AUTOMATION = an_automation(
    a_trigger("draft", "s2", state=TriggerState.DRAFT),
    watching("emptied", "s3", {"field": "note", "becomes": None}),
    watching(
        "done", "s4", {"field": "status", "was": "open", "becomes": "done"}, on_behalf_of=BOB, name="Done"
    ),
    a_trigger("disabled", "s2", state=TriggerState.DISABLED, disabled_because="a field was deleted"),
    watching("back", "s1", "tags", condition=[a_row("score", ">", 3)], allow_previous_stage=True),
    a_trigger("viewed", "won", settings={"template": "offer"}),
)
EVENTS = {
    "emptied": fields_changed({"note": {"old": "a", "new": None}}),
    "filled": fields_changed({"note": {"old": None, "new": "a"}}),
    "done": field_became("status", "done"),
    "tagged": field_became("tags", ["a"]),
    "viewed": an_event("document_viewed", {"document": "d-1", "template": "offer"}),
    "suppressed": field_became("tags", ["a"], automation="suppress"),
    "rejected": field_became("nothing", 1),
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
@pytest.mark.parametrize("stage", ["s1", "s3", "won", "gone"])
def test_what_was_packed_and_loaded_decides_the_same(event: Event, stage: str) -> None:
    item = an_item(stage, fields={"status": "open", "score": 4})
    original = decide(item, CompiledAutomation(AUTOMATION), event)
    loaded = decide(item, load(pack(AUTOMATION)), event)
    assert (loaded.verdict, loaded.reason, loaded.move) == (original.verdict, original.reason, original.move)
    assert (loaded.reads, loaded.known, loaded.revision) == (original.reads, original.known, 7)
    assert reasons(loaded) == reasons(original)
    assert (loaded.trial and loaded.trial.record()) == (original.trial and original.trial.record())


def test_only_enabled_triggers_are_packed() -> None:
    without = an_automation(*(one for one in AUTOMATION.triggers if one.state is TriggerState.ENABLED))
    assert pack(AUTOMATION) == pack(without)
    assert [one.id for one in load(pack(AUTOMATION)).automation.triggers] == [
        "emptied",
        "done",
        "back",
        "viewed",
    ]


def test_the_same_content_is_loaded_once() -> None:
    assert load(pack(AUTOMATION)) is load(pack(AUTOMATION))
    assert load(pack(AUTOMATION)) is not load(pack(AUTOMATION.model_copy(update={"revision": 8})))


def test_a_hundred_triggers_are_small_enough_for_a_history() -> None:
    """Section 9: at most 16 KiB at 100 triggers."""
    hundred = [
        watching(
            f"trigger-{number}", "s3", "note", name=f"Name {number}", condition=[a_row("score", ">", number)]
        )
        for number in range(100)
    ]
    assert len(pack(an_automation(*hundred))) <= 16 * 1024


def test_a_trigger_that_is_not_valid_for_this_code_is_left_out_and_the_others_go_on() -> None:
    automation = compiled(watching("broken", "s2", "nothing"), watching("sound", "s3", "note"))

    assert automation.left_out == {"broken": "triggers[0].settings.fields[0].field: unknown field 'nothing'"}
    decision = decide(an_item(), automation, fields_changed({"note": {"new": "b"}}))
    assert decision.move is not None
    assert decision.move.trigger == "sound"


def test_what_this_code_leaves_out_does_not_enter_a_history() -> None:
    automation = an_automation(watching("broken", "s2", "nothing"), watching("sound", "s3", "note"))

    packed = pack(automation, CompiledAutomation(automation).left_out)

    assert [one.id for one in load(packed).automation.triggers] == ["sound"]
    assert load(packed).left_out == {}


def test_what_a_decision_can_need_of_the_item_is_known() -> None:
    automation = compiled(
        watching("one", "s2", "tags", "note"),
        watching("two", "s3", "note", condition=[a_row("score", ">", 3), a_row("responsible", "=", BOB)]),
        watching("draft", "s2", "due", state=TriggerState.DRAFT),
    )
    assert automation.fields_read == ("note", "score", "tags")


def test_triggers_that_the_event_can_not_match_are_not_tried() -> None:
    automation = compiled(
        *(watching(f"note-{number}", "s2", "note") for number in range(1_000)),
        watching("score", "s3", "score", "price"),
        watching("price", "s3", "price"),
    )
    triggers = automation.by_kind["field_changed"]
    event = fields_changed({"score": {"new": 1}, "price": {"new": 1}, "due": {"new": None}})
    assert list(triggers.possible(event.data)) == [1_000, 1_001]
    assert list(triggers.possible(field_became("due", None).data)) == []


@pytest.mark.parametrize(
    ("field", "becomes", "new", "others"),
    [
        pytest.param("note", "Done", "dONE", ["open", "don", None], id="text without case"),
        pytest.param("score", 3, "3", [4, None], id="a number by value"),
        pytest.param(
            "amount",
            {"amount": "12.50", "currency": "EUR"},
            {"amount": 12.5, "currency": "EUR"},
            [{"amount": "12.50", "currency": "USD"}],
            id="money by value and currency",
        ),
        pytest.param(
            "meeting",
            "2026-11-21T10:00:00+01:00",
            "2026-11-21T09:00:00Z",
            [None],
            id="a datetime as an instant",
        ),
        pytest.param(
            "page", "HTTP://Example.com/a", "http://example.com/a", ["http://example.com/A"], id="url"
        ),
        pytest.param(
            "tags", ["a", "B"], ["b", "A", "b"], [["a"], ["a", "b", "c"]], id="a multiple field as a set"
        ),
        pytest.param("tags", "a", ["A"], [["a", "b"]], id="one value for a set of one"),
        pytest.param("tags", [], None, [["a"]], id="an empty list is null"),
        pytest.param("note", None, "", ["a"], id="null is empty"),
    ],
)
def test_of_the_triggers_on_one_field_only_those_with_its_new_or_old_value_are_tried(
    field: str, becomes: Json, new: Json, others: list[Json]
) -> None:
    automation = compiled(
        *(
            watching(f"{side}-{number}", "s2", {"field": field, side: other})
            for number, other in enumerate(others)
            for side in ("becomes", "was")
        ),
        watching("it", "s2", {"field": field, "becomes": becomes}),
        watching("was", "s3", {"field": field, "was": becomes}),
        watching("any", "s3", field),
    )
    it = 2 * len(others)
    triggers = automation.by_kind["field_changed"]
    data = fields_changed({field: {"old": new, "new": new}}).data
    assert list(triggers.possible(data)) == [it, it + 1, it + 2]


def test_a_trigger_that_names_a_value_twice_is_tried_once() -> None:
    twice = a_trigger("twice", "s2", "responsible_changed", settings={"new_responsible": [7, "user:7"]})
    event = an_event("responsible_changed", {"new": 7})
    assert list(compiled(twice).by_kind["responsible_changed"].possible(event.data)) == [0]


@pytest.mark.parametrize(
    ("kind", "settings", "data"),
    [
        pytest.param("responsible_changed", {"new_responsible": [7, 8]}, {"new": 9}, id="a list of users"),
        pytest.param("webhook_called", {"code": "a"}, {"code": "b"}, id="a code"),
        pytest.param(
            "linked_item_moved",
            {"stage": "invoice:main/paid"},
            {"item": "invoice:7", "to": "invoice:main/sent"},
            id="a stage",
        ),
        pytest.param(
            "email_link_clicked", {"url": "https://example.com"}, {"url": "https://example.org/"}, id="a site"
        ),
    ],
)
def test_triggers_with_another_value_of_a_setting_are_not_tried(
    kind: str, settings: Json, data: Json
) -> None:
    automation = compiled(
        a_trigger("another", "s2", kind, settings=settings), a_trigger("later", "s3", kind, settings=settings)
    )
    assert list(automation.by_kind[kind].possible(an_event(kind, data).data)) == []
