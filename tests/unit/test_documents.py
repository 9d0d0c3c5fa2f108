"""The kinds about a document: one for each of its steps (R17)."""

from __future__ import annotations

import pytest

from crm.automations import check
from crm.decide import decide
from crm.decisions import Verdict
from crm.errors import Refused
from crm.events import read_event
from crm.messages import Event, MessageRefused
from crm.values import Json
from tests.support.builders import (
    PIPELINE,
    a_trigger,
    after,
    an_automation,
    an_event,
    an_item,
    committed,
    compiled,
)

STEPS = ["created", "viewed", "signed_by_initiator", "signed_by_counterparty", "executed", "revoked"]


def executed(document: str = "d-1", **envelope: Json) -> Event:
    return an_event("document_executed", {"document": document}, **envelope)


def revoked(document: str = "d-1", **envelope: Json) -> Event:
    return an_event("document_revoked", {"document": document}, **envelope)


# ---------------------------------------------------------------------------- which step it is


@pytest.mark.parametrize("step", STEPS)
def test_in_its_own_signal_the_step_says_which_kind_it_is(step: str) -> None:
    message: Json = {"event_id": "e-1", "data": {"document": "d-1", "step": step}}
    assert read_event("document_executed", message).kind == f"document_{step}"


@pytest.mark.parametrize("data", [{"document": "d-1"}, {"document": "d-1", "step": None}])
def test_in_its_own_signal_a_document_without_a_step_is_executed(data: Json) -> None:
    assert read_event("document_executed", {"event_id": "e-1", "data": data}).kind == "document_executed"


@pytest.mark.parametrize("name", ["item_event", "submit_event"])
@pytest.mark.parametrize("step", STEPS)
def test_elsewhere_the_kind_says_which_step_it_is(name: str, step: str) -> None:
    message: dict[str, Json] = {"event_id": "e-1", "kind": f"document_{step}"}
    for data in ({"document": "d-1"}, {"document": "d-1", "step": step}):
        assert read_event(name, {**message, "data": data}).kind == f"document_{step}"


@pytest.mark.parametrize(
    ("name", "kind", "step"),
    [
        pytest.param("document_executed", None, "burnt", id="unknown in its own signal"),
        pytest.param("document_executed", None, 7, id="no text"),
        pytest.param("document_executed", None, ["executed"], id="a list"),
        pytest.param("document_executed", None, 10**5_000, id="a number that can't be written"),
        pytest.param(
            "document_executed", "document_executed", "viewed", id="its own signal and the kind disagree"
        ),
        pytest.param("document_executed", "document_viewed", None, id="the default and the kind disagree"),
        pytest.param("document_executed", "field_changed", "viewed", id="a kind that is about no document"),
        pytest.param("item_event", "document_viewed", "burnt", id="unknown elsewhere"),
        pytest.param("item_event", "document_viewed", "executed", id="the kind and the step disagree"),
        pytest.param("submit_event", "document_viewed", "executed", id="they disagree in an update"),
    ],
)
def test_a_step_that_is_unknown_or_disagrees_is_rejected(name: str, kind: str | None, step: Json) -> None:
    message: Json = {"event_id": "e-1", "kind": kind, "data": {"document": "d-1", "step": step}}
    with pytest.raises(MessageRefused) as refusal:
        read_event(name, message)
    assert refusal.value.event_id == "e-1"


def test_a_step_means_nothing_to_a_kind_that_is_about_no_document() -> None:
    message: Json = {"event_id": "e-1", "kind": "responsible_changed", "data": {"new": 5, "step": "burnt"}}
    assert read_event("item_event", message).kind == "responsible_changed"


# ------------------------------------------------------------------------------ what is a change


def test_executing_a_document_again_is_no_change_until_it_was_revoked() -> None:
    """Scenario 3, its pure part."""
    automation = compiled(a_trigger("one", "won", "document_executed"))
    item = an_item()
    first = decide(item, automation, executed())
    assert first.verdict is Verdict.MOVED

    once = after(item, automation, executed(), stage="s2")
    again = decide(once, automation, executed(event_id="e-2"))
    assert again.verdict is Verdict.NO_CHANGE
    assert again.reason == "document d-1 is executed already"

    without = after(once, automation, revoked())
    assert decide(without, automation, executed(event_id="e-3")).verdict is Verdict.MOVED


def test_another_document_can_be_executed() -> None:
    automation = compiled(a_trigger("one", "s3", "document_executed"))
    item = an_item(executed_documents=("d-1",))
    decision = decide(item, automation, executed("d-2"))
    assert decision.verdict is Verdict.MOVED
    assert committed(item, decision, executed("d-2")).executed_documents == ("d-1", "d-2")


def test_revoking_an_executed_document_fires() -> None:
    automation = compiled(a_trigger("one", "s3", "document_revoked"))
    item = an_item(executed_documents=("d-1", "d-2"))
    decision = decide(item, automation, revoked())
    assert decision.verdict is Verdict.MOVED
    assert committed(item, decision, revoked()).executed_documents == ("d-2",)


def test_revoking_what_is_not_executed_is_no_change() -> None:
    automation = compiled(a_trigger("one", "s3", "document_revoked"))
    item = an_item(executed_documents=("d-2",))
    decision = decide(item, automation, revoked())
    assert decision.verdict is Verdict.NO_CHANGE
    assert decision.reason == "document d-1 is not executed"
    assert committed(item, decision, revoked()).executed_documents is None


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("executed", "revoked")])
def test_the_other_steps_fire_each_time(step: str) -> None:
    automation = compiled(a_trigger("one", "s2", f"document_{step}"))
    event = an_event(f"document_{step}", {"document": "d-1"})
    item = an_item()
    assert decide(item, automation, event).verdict is Verdict.MOVED
    assert decide(after(item, automation, event, stage="s1"), automation, event).verdict is Verdict.MOVED


def test_a_document_is_executed_even_if_the_item_contains_the_save() -> None:
    """Which documents stand executed is known from events alone, whatever version they name."""
    item, automation = an_item(version=10), compiled()
    assert after(item, automation, executed(item_version=10)).executed_documents == ("d-1",)


# -------------------------------------------------------------------------------- the template


@pytest.mark.parametrize(
    ("wanted", "template", "fires"),
    [
        pytest.param({}, None, True, id="any, and none"),
        pytest.param({}, "offer", True, id="any, and one"),
        pytest.param({"template": None}, "offer", True, id="null is any"),
        pytest.param({"template": ""}, "offer", True, id="empty is any"),
        pytest.param({"template": "offer"}, "offer", True, id="the wanted one"),
        pytest.param({"template": "offer"}, "contract", False, id="another one"),
        pytest.param({"template": "offer"}, None, False, id="none"),
    ],
)
def test_a_template_narrows_a_step(wanted: Json, template: str | None, fires: bool) -> None:
    automation = compiled(a_trigger("one", "s2", settings=wanted))
    event = an_event("document_viewed", {"document": "d-1", "template": template})
    assert (decide(an_item(), automation, event).verdict is Verdict.MOVED) is fires


def test_triggers_with_and_without_a_template_are_tried_in_pipeline_order() -> None:
    offer, any_of_them = {"template": "offer"}, {"template": None}
    event = an_event("document_viewed", {"document": "d-1", "template": "offer"})
    for first, second in ((offer, any_of_them), (any_of_them, offer)):
        automation = compiled(a_trigger("a", "s2", settings=first), a_trigger("b", "s3", settings=second))
        decision = decide(an_item(), automation, event)
        assert decision.move is not None
        assert decision.move.trigger == "a"


def test_leads_have_no_step_of_the_initiator() -> None:
    leads = PIPELINE.model_copy(update={"item_type": "lead"})
    automation = an_automation(a_trigger("one", "s2", "document_signed_by_initiator"), pipeline=leads)
    with pytest.raises(
        Refused, match="items of type lead have no triggers of kind document_signed_by_initiator"
    ):
        check(automation, ())
