"""The state that goes from run to run: bounded, and never a reason to fail."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from crm import contract
from crm.commits import Outcome
from crm.decisions import Verdict
from crm.items import ItemRef
from tests.support.workbench import Workbench
from workflows import state
from workflows.state import Carried, decisions_that_fit, outcomes_that_fit, read_carried


def outcome(event_id: str, reason: str | None = None) -> Outcome:
    return Outcome(item="deal:1", event_id=event_id, verdict=Verdict.REJECTED, reason=reason)


def test_the_newest_outcomes_are_carried_as_far_as_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "CARRIED_OUTCOMES_BYTES", 2_500)
    recent = {f"e-{number}": outcome(f"e-{number}", "x" * 800) for number in range(4)}

    carried = outcomes_that_fit(recent)

    assert list(carried) == ["e-2", "e-3"]
    assert carried["e-3"] == recent["e-3"]


def test_all_outcomes_are_carried_where_they_fit() -> None:
    recent = {f"e-{number}": outcome(f"e-{number}") for number in range(200)}

    assert list(outcomes_that_fit(recent)) == list(recent)


@pytest.mark.parametrize("value", [None, 7, "hello", [], {"recent": 7}, {"unknown": 1}], ids=repr)
def test_what_is_no_state_of_an_earlier_run_begins_afresh(value: Any) -> None:
    assert read_carried(value) == Carried()


def test_explained_decisions_are_carried_as_far_as_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "CARRIED_DECISIONS_BYTES", 2_000)
    decisions = [{"event_id": f"e-{number}", "reason": "x" * 800} for number in range(4)]

    assert [one["event_id"] for one in decisions_that_fit(decisions)] == ["e-2", "e-3"]


def test_waiting_messages_that_this_code_can_not_read_are_not_thrown_away() -> None:
    waiting = {"name": "field_changed", "content": "{}"}
    with pytest.raises(ValidationError):
        read_carried({"pending": [waiting], "counters": "of a later version"})


async def test_an_item_whose_workflow_was_started_with_any_argument_works(sales: Workbench) -> None:
    for argument in (7, "hello", {"recent": 7}, b"\xff"):
        deal = await sales.create()
        await sales.temporal.start_workflow(
            contract.WORKFLOW_TYPE,
            argument,
            id=contract.workflow_id(ItemRef.parse(deal)),
            task_queue=contract.TASK_QUEUE,
        )
        assert (await sales.change_fields(deal, "e", note="a")).verdict is Verdict.NO_TRIGGER_MATCHED
