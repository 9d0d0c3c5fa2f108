"""Whether an event of a kind fires a trigger with these settings, all the way through `decide()`."""

from __future__ import annotations

from crm.automations import check
from crm.compiled import CompiledAutomation
from crm.decide import decide
from crm.decisions import Verdict
from crm.kinds import CATALOGUE
from crm.values import Json
from tests.support.builders import PIPELINE, a_trigger, an_automation, an_event, an_item


def fires(kind: str, settings: Json, data: Json) -> bool:
    """On an item of a type that has such triggers; the settings and the data must be valid."""
    item_type = "deal" if CATALOGUE[kind].has("deal") else "procurement"
    pipeline = PIPELINE.model_copy(update={"item_type": item_type})
    automation = an_automation(a_trigger("one", "s2", kind, settings=settings), pipeline=pipeline)
    check(automation, ())
    item = an_item(item_type=item_type)
    decision = decide(item, CompiledAutomation(automation), an_event(kind, data))
    assert decision.verdict in (Verdict.MOVED, Verdict.NO_TRIGGER_MATCHED)
    return decision.verdict is Verdict.MOVED
