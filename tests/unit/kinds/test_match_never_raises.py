"""Whatever a kind's data model accepts can be held against whatever settings are valid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm.automations import check
from crm.compiled import CompiledAutomation
from crm.decide import decide
from crm.decisions import Verdict
from crm.errors import Refused
from crm.kinds import CATALOGUE
from tests.support.builders import PIPELINE, a_trigger, an_automation, an_event, an_item
from tests.unit.kinds import strategies

DECIDED = (Verdict.MOVED, Verdict.NO_TRIGGER_MATCHED, Verdict.NO_CHANGE)


@pytest.mark.parametrize("code", CATALOGUE)
@settings(max_examples=50, deadline=None)  # the first example of a kind makes its schemas
@given(data=st.data())
def test_a_match_never_raises(code: str, data: Any) -> None:
    """And what the schema allows is accepted; that a trigger is found by its keys changes nothing."""
    kind = CATALOGUE[code]
    given_settings = data.draw(strategies.settings(kind), label="settings")
    event = an_event(code, data.draw(strategies.event_data(kind), label="data"))

    item_type = "deal" if kind.has("deal") else "procurement"
    trigger = a_trigger("one", "s2", code, settings=given_settings)
    automation = an_automation(trigger, pipeline=PIPELINE.model_copy(update={"item_type": item_type}))
    try:
        check(automation, ())
    except Refused:
        # Two settings that exclude each other.
        assume(False)
    compiled = CompiledAutomation(automation)
    item = an_item(item_type=item_type)
    decision = decide(item, compiled, event)

    assert decision.verdict in DECIDED, decision.reason
    if decision.verdict is not Verdict.NO_CHANGE:
        completed = kind.apply(item, event.data, compiled.fields).data
        matches = compiled.by_kind[code].triggers[0].matcher.matches(completed)
        assert matches is (decision.verdict is Verdict.MOVED)
