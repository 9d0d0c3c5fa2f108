"""Whatever arrives is an event that can be decided, or is refused with a reason; nothing ever fails."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from crm.decide import decide
from crm.events import read_event
from crm.kinds import CATALOGUE
from crm.kinds.documents import STEPS
from crm.messages import Event, MessageRefused
from crm.values import Json
from tests.support.builders import FIELDS, a_row, a_trigger, an_item, compiled, watching
from tests.unit.value_strategies import any_json

NAMES = [
    "field_changed",
    "responsible_changed",
    "document_executed",
    "item_event",
    "submit_event",
    "move_stage",
    "anything",
]
_changed_fields = st.sampled_from([*(field.code for field in FIELDS), "stage", "nothing"]) | st.text(
    max_size=3
)
_ids: SearchStrategy[Json] = st.sampled_from(["e-1", "e" * 200, "\ud800", "\0", ""]) | any_json
_changes = st.fixed_dictionaries({"new": any_json}, optional={"old": any_json})
_data: SearchStrategy[Json] = (
    st.fixed_dictionaries(
        {},
        optional={
            "changes": st.dictionaries(
                _changed_fields,
                st.fixed_dictionaries({"new": any_json}, optional={"old": any_json}) | any_json,
                max_size=3,
            )
            | any_json,
            "responsible": st.integers(1, 9) | any_json,
            "old": st.none() | st.integers(1, 9) | any_json,
            "new": st.none() | st.integers(1, 9) | any_json,
            "document": st.sampled_from(["d-1", "d-2"]) | any_json,
            "template": st.sampled_from(["offer", ""]) | any_json,
            "step": st.sampled_from(["executed", "viewed", "burnt"]) | any_json,
            "stage": st.sampled_from(["s1", "s2", "gone"]) | any_json,
        },
    )
    | any_json
)
_messages: SearchStrategy[Json] = (
    st.fixed_dictionaries(
        {"event_id": _ids, "data": _data},
        optional={
            "kind": st.sampled_from(list(CATALOGUE)) | any_json,
            "actor": st.integers(1, 9) | any_json,
            "automation": st.sampled_from(["run", "suppress"]) | any_json,
            "item_version": st.integers(1, 20) | any_json,
            "chain": st.lists(st.sampled_from(["a", "b"]), max_size=9) | any_json,
            "oversized_bytes": any_json,
            "occurred_at": any_json,
            "source": any_json,
        },
    )
    | any_json
)
AUTOMATION = compiled(
    watching("fields", "s2", *(field.code for field in FIELDS), condition=[a_row("score", ">", 3)]),
    a_trigger("responsible", "s3", "responsible_changed", allow_previous_stage=True),
    *(a_trigger(f"document-{number}", "won", f"document_{step}") for number, step in enumerate(STEPS)),
)


@given(st.sampled_from(NAMES), _messages, st.sampled_from(["s1", "s3", "won", "gone"]))
def test_any_json_is_an_event_that_can_be_decided_or_a_refusal(name: str, message: Any, stage: str) -> None:
    event = read(name, message)
    if isinstance(event, MessageRefused):
        assert event.event_id is None or event.event_id == message["event_id"]
        assert_can_be_recorded(event.reason)
    else:
        assert event.event_id == message["event_id"]
        decision = decide(an_item(stage, executed_documents=("d-1",)), AUTOMATION, event)
        assert_can_be_recorded(decision.reason or "")


def read(name: str, message: Json) -> Event | MessageRefused:
    try:
        return read_event(name, message)
    except MessageRefused as refusal:
        return refusal


def assert_can_be_recorded(reason: str) -> None:
    assert len(reason) < 2_000
    assert "\0" not in reason
    reason.encode()
