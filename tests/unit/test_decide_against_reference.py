"""`decide()` against a slow evaluation that follows the rules word by word (R2 to R5, R14)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from crm.automations import Trigger, TriggerState
from crm.compiled import CompiledAutomation
from crm.decide import decide
from storage.decisions import explain
from tests.support.builders import a_row, an_automation, an_item, fields_changed

STAGES = ("s1", "s2", "s3", "s4", "s5", "s6", "won", "lost")
IN_PROGRESS = ("s1", "s2", "s3", "s4", "s5", "s6")
CODES = ("note", "score", "due")

# Saves and conditions are about three numbers, so that the reference needs no comparison of its own.
VALUES = (1, 2, 3)
Changes = dict[str, tuple[int | None, int | None]]
"""Old and new value by field; None is empty."""
AUTOMATION_FIELDS = tuple({"code": code, "type": "integer"} for code in CODES)


def reference(
    triggers: list[Trigger], stage: str, changes: Changes, values: dict[str, int | None]
) -> dict[str, str]:
    """Each considered trigger's reason, by id, in the order in which they are tried."""
    considered = [
        trigger
        for position in STAGES
        for trigger in triggers
        if trigger.stage == position
        if trigger.kind == "field_changed" and trigger.state is TriggerState.ENABLED
    ]
    found: dict[str, str] = {}
    somebody_won = False
    for trigger in considered:
        reason = reason_of(trigger, stage, changes, values, somebody_won)
        somebody_won = somebody_won or reason == "won"
        found[trigger.id] = reason
    return found


def reason_of(
    trigger: Trigger, stage: str, changes: Changes, values: dict[str, int | None], somebody_won: bool
) -> str:
    if trigger.stage == stage:
        return "on the current stage"
    if stage not in IN_PROGRESS and not trigger.allow_previous_stage:
        return "closed"
    if STAGES.index(trigger.stage) < STAGES.index(stage) and not trigger.allow_previous_stage:
        return "not allowed backward"
    if somebody_won:
        return "came after the winner"
    if not any(matches(watched, changes) for watched in trigger.settings["fields"]):
        return "settings did not match"
    if trigger.condition and not any(
        all(values[row["field"]] == row["value"] for row in group) for group in groups(trigger)
    ):
        return "condition false"
    return "won"


def matches(watched: dict[str, Any], changes: Changes) -> bool:
    if watched["field"] not in changes:
        return False
    old, new = changes[watched["field"]]
    return watched.get("was", old) == old and watched.get("becomes", new) == new


def groups(trigger: Trigger) -> list[list[Any]]:
    """The rows of a condition, cut behind each that is joined by OR."""
    cut: list[list[Any]] = [[]]
    for row in trigger.condition:
        cut[-1].append(row)
        if row.get("join") == "or":
            cut.append([])
    return [group for group in cut if group]


codes = st.sampled_from(CODES)
values = st.sampled_from(VALUES)
conditions = st.lists(
    st.builds(
        lambda code, value, join: a_row(code, "=", value, join), codes, values, st.sampled_from(["and", "or"])
    ),
    max_size=3,
)
values_or_none = st.none() | values
watched = st.lists(
    st.fixed_dictionaries({"field": codes}, optional={"was": values_or_none, "becomes": values_or_none}),
    min_size=1,
    max_size=3,
)
triggers_without_ids: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(STAGES),
        "kind": st.just("field_changed"),
        "settings": watched.map(lambda fields: {"fields": fields}),
        "condition": conditions,
        "allow_previous_stage": st.booleans(),
        "state": st.sampled_from(["enabled"] * 4 + ["draft", "disabled"]),
    }
) | st.fixed_dictionaries(
    {"stage": st.sampled_from(STAGES), "kind": st.just("document_viewed"), "state": st.just("enabled")}
)
many_triggers = st.lists(triggers_without_ids, max_size=12).map(
    lambda written: [
        Trigger.model_validate({"id": f"t{number}", **one}) for number, one in enumerate(written)
    ]
)


changed = st.tuples(values_or_none, values_or_none).filter(lambda change: change[0] != change[1])


@given(many_triggers, st.sampled_from(STAGES), st.dictionaries(codes, changed, min_size=1))
def test_every_trigger_considered_has_the_one_reason_that_the_rules_give_it(
    triggers: list[Trigger], stage: str, changes: Changes
) -> None:
    """However the index finds those that are tried."""
    before: dict[str, int | None] = dict.fromkeys(CODES, 0)
    automation = an_automation(*triggers, fields=AUTOMATION_FIELDS)
    event = fields_changed({code: {"old": old, "new": new} for code, (old, new) in changes.items()})
    decision = decide(an_item(stage, fields=before), CompiledAutomation(automation), event)
    after = {code: new for code, (_, new) in changes.items()}
    expected = reference(triggers, stage, changes, {**before, **after})
    winners = [trigger for trigger in triggers if expected.get(trigger.id) == "won"]

    assert len(winners) <= 1
    assert decision.verdict == ("moved" if winners else "no trigger matched")
    assert (decision.move.trigger if decision.move else None) == (winners[0].id if winners else None)
    assert (decision.move.to_stage if decision.move else None) == (winners[0].stage if winners else None)

    if decision.trial is None:
        assert expected == {}
        return
    considered = decision.trial.explain()
    assert [(one.trigger, one.reason.value) for one in considered] == list(expected.items())
    # Each ordinal stands under exactly one reason, and what the ledger keeps says the same.
    ordinals = [ordinal for some in decision.trial.reasons().values() for ordinal in some]
    assert sorted(ordinals) == list(range(len(expected)))
    assert explain(decision.trial.record(), "field_changed", automation) == considered
    assert all(bool(one.false_rows) is (one.reason == "condition false") for one in considered)
