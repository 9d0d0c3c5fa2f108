"""Which trigger moves an item, and from where to where (R2 to R5); what fires nothing (R9, R12)."""

from __future__ import annotations

import pytest

from crm.automations import TriggerState
from crm.decide import decide
from crm.decisions import Verdict
from tests.support.builders import (
    a_row,
    a_trigger,
    an_event,
    an_item,
    compiled,
    field_became,
    reasons,
    responsible_became,
    watching,
)

NEVER = [a_row("score", "=", 1)]
"""A condition that no item here fulfils."""


# ------------------------------------------------------------------- scenarios 4 to 9, by their numbers


def test_an_item_is_not_moved_to_a_previous_stage() -> None:
    """Scenario 4."""
    decision = decide(an_item("s4"), compiled(a_trigger("back", "s2")), an_event())
    assert decision.verdict is Verdict.NO_TRIGGER_MATCHED
    assert decision.move is None
    assert reasons(decision) == {"back": "not allowed backward"}


def test_an_item_is_moved_to_a_previous_stage_by_a_trigger_that_allows_it() -> None:
    """Scenario 4."""
    automation = compiled(a_trigger("back", "s2", allow_previous_stage=True))
    decision = decide(an_item("s4"), automation, an_event())
    assert decision.verdict is Verdict.MOVED
    assert decision.move is not None
    assert (decision.move.from_stage, decision.move.to_stage) == ("s4", "s2")


def test_of_two_triggers_that_match_the_earlier_stage_wins() -> None:
    """Scenario 5."""
    decision = decide(an_item("s2"), compiled(a_trigger("fifth", "s5"), a_trigger("third", "s3")), an_event())
    assert decision.move is not None
    assert decision.move.to_stage == "s3"
    assert reasons(decision) == {"third": "won", "fifth": "came after the winner"}


def test_a_trigger_that_allows_backward_comes_before_those_on_later_stages() -> None:
    """Scenario 5, with a third trigger."""
    automation = compiled(
        a_trigger("third", "s3"),
        a_trigger("fifth", "s5"),
        a_trigger("first", "s1", allow_previous_stage=True),
    )
    decision = decide(an_item("s2"), automation, an_event())
    assert decision.move is not None
    assert decision.move.to_stage == "s1"
    assert reasons(decision) == {
        "first": "won",
        "third": "came after the winner",
        "fifth": "came after the winner",
    }


def test_a_stage_that_was_jumped_over_is_not_made_up_for() -> None:
    """Scenario 6."""
    decision = decide(an_item("s6"), compiled(a_trigger("third", "s3")), an_event())
    assert decision.verdict is Verdict.NO_TRIGGER_MATCHED


@pytest.mark.parametrize(
    ("stage", "target", "allowed", "moves", "reason"),
    [
        pytest.param("won", "s2", False, False, "closed", id="won stays won"),
        pytest.param("won", "s2", True, True, "won", id="won is reopened where that is allowed"),
        pytest.param("won", "lost", False, False, "closed", id="won to lost is not merely onward"),
        pytest.param("won", "lost", True, True, "won", id="won to lost where previous stages are allowed"),
        pytest.param("lost", "won", False, False, "closed", id="lost to won is closed before it is backward"),
        pytest.param("lost", "won", True, True, "won", id="lost to won where previous stages are allowed"),
        pytest.param("won", "won", True, False, "on the current stage", id="won to itself never"),
    ],
)
def test_a_closed_item_moves_only_by_a_trigger_that_allows_a_previous_stage(
    stage: str, target: str, allowed: bool, moves: bool, reason: str
) -> None:
    """Scenario 7, R5."""
    automation = compiled(a_trigger("late", target, allow_previous_stage=allowed))
    decision = decide(an_item(stage), automation, an_event())
    assert (decision.verdict is Verdict.MOVED) is moves
    assert reasons(decision) == {"late": reason}


def test_an_item_on_a_deleted_stage_takes_the_change_but_no_trigger_is_considered() -> None:
    """Scenario 9, R2."""
    decision = decide(an_item("gone"), compiled(watching("third", "s3", "note")), field_became("note", "new"))
    assert decision.verdict is Verdict.STAGE_NOT_IN_PIPELINE
    assert decision.reason == "there is no stage deal:sales/gone"
    assert decision.change.fields == {"note": "new"}
    assert decision.trial is None


# --------------------------------------------------------------------------------- who is considered


def test_a_trigger_on_the_current_stage_never_fires() -> None:
    automation = compiled(a_trigger("here", "s2", allow_previous_stage=True), a_trigger("next", "s3"))
    decision = decide(an_item("s2"), automation, an_event())
    assert reasons(decision) == {"here": "on the current stage", "next": "won"}


def test_any_number_of_stages_may_lie_between() -> None:
    decision = decide(an_item("s1"), compiled(a_trigger("last", "lost")), an_event())
    assert decision.move is not None
    assert decision.move.to_stage == "lost"
    assert decision.move.to_semantics == "lost"


def test_triggers_of_one_stage_are_tried_in_their_own_order() -> None:
    automation = compiled(
        a_trigger("later", "s4"),
        a_trigger("b", "s3", condition=NEVER),
        a_trigger("z", "s3"),
        a_trigger("a", "s3"),
    )
    decision = decide(an_item(), automation, an_event())
    assert list(reasons(decision).items()) == [
        ("b", "condition false"),
        ("z", "won"),
        ("a", "came after the winner"),
        ("later", "came after the winner"),
    ]


@pytest.mark.parametrize("state", [TriggerState.DRAFT, TriggerState.DISABLED])
def test_drafts_and_disabled_triggers_are_not_considered(state: TriggerState) -> None:
    """R2. They may be incomplete, too (R21)."""
    automation = compiled(
        a_trigger("asleep", "s2", state=state),
        a_trigger("unfinished", "nowhere", "no_kind", state=state, condition=[a_row("nothing", "=", 1)]),
        a_trigger("awake", "s3"),
    )
    assert reasons(decide(an_item(), automation, an_event())) == {"awake": "won"}


def test_triggers_of_other_kinds_are_not_considered() -> None:
    automation = compiled(a_trigger("created", "s2", "document_created"), a_trigger("viewed", "s3"))
    assert reasons(decide(an_item(), automation, an_event())) == {"viewed": "won"}


def test_without_a_trigger_of_the_kind_nothing_matches() -> None:
    decision = decide(an_item(), compiled(a_trigger("created", "s2", "document_created")), an_event())
    assert decision.verdict is Verdict.NO_TRIGGER_MATCHED
    assert reasons(decision) == {}


def test_a_decision_says_under_what_it_was_made() -> None:
    decision = decide(an_item("s2"), compiled(revision=9), an_event(event_id="e-17"))
    assert (decision.event_id, decision.kind) == ("e-17", "document_viewed")
    assert (decision.pipeline, decision.stage, decision.revision) == ("sales", "s2", 9)


# ------------------------------------------------------------------------------ suppressed and chains


def test_a_suppressed_event_updates_what_is_known_and_fires_nothing() -> None:
    """R12."""
    automation = compiled(watching("one", "s2", "note"), a_trigger("two", "s3", "responsible_changed"))
    fields = decide(an_item(), automation, field_became("note", "imported", automation="suppress"))
    responsible = decide(an_item(), automation, responsible_became(9, automation="suppress"))
    executed = decide(
        an_item(), automation, an_event("document_executed", {"document": "d-1"}, automation="suppress")
    )
    assert fields.change.fields == {"note": "imported"}
    assert (responsible.change.replaces_responsible, responsible.change.responsible) == (True, 9)
    assert executed.change.executed_documents == ("d-1",)
    assert {one.verdict for one in (fields, responsible, executed)} == {Verdict.SUPPRESSED}
    assert [one.trial for one in (fields, responsible, executed)] == [None, None, None]


def test_seven_automatic_steps_may_come_before_an_event() -> None:
    chain = [f"deal:1#{number}:linked_item_moved" for number in range(1, 8)]
    assert decide(an_item(), compiled(a_trigger("one", "s2")), an_event(chain=chain)).verdict is Verdict.MOVED


def test_a_chain_of_eight_automatic_steps_stops_and_its_members_are_named() -> None:
    """R9."""
    chain = [f"deal:1#{number}:linked_item_moved" for number in range(1, 9)]
    decision = decide(an_item(), compiled(a_trigger("one", "s2")), an_event(chain=chain))
    assert decision.verdict is Verdict.REJECTED
    assert decision.reason is not None
    assert all(member in decision.reason for member in chain)


def test_a_longer_chain_is_named_by_its_first_eight_members() -> None:
    chain = [f"link-{number}" for number in range(1, 5_000)]
    decision = decide(an_item(), compiled(), an_event(chain=chain))
    assert decision.reason == (
        "a chain of automatic steps ends here: "
        "link-1 → link-2 → link-3 → link-4 → link-5 → link-6 → link-7 → link-8"
    )
