"""Moves by hand (R5, R10)."""

from __future__ import annotations

import pytest

from crm.decide import decide
from crm.decisions import Verdict
from tests.support.builders import BOB, an_item, compiled, moved_by_hand


@pytest.mark.parametrize(
    ("stage", "named", "to", "semantics"),
    [
        pytest.param("s2", "s5", "s5", "in_progress", id="onward"),
        pytest.param("s5", "s2", "s2", "in_progress", id="backward"),
        pytest.param("won", "s1", "s1", "in_progress", id="reopened"),
        pytest.param("won", "lost", "lost", "lost", id="from won to lost"),
        pytest.param("gone", "s1", "s1", "in_progress", id="from a stage that was deleted"),
        pytest.param("s2", "deal:sales/s5", "s5", "in_progress", id="named with its pipeline"),
    ],
)
def test_by_hand_an_item_can_be_moved_anywhere(stage: str, named: str, to: str, semantics: str) -> None:
    decision = decide(an_item(stage), compiled(), moved_by_hand(named))
    assert decision.verdict is Verdict.MOVED
    assert decision.move is not None
    assert (decision.move.from_stage, decision.move.to_stage) == (stage, to)
    assert decision.move.to_semantics == semantics
    assert (decision.move.trigger, decision.move.trigger_name) == (None, None)


def test_a_move_to_the_stage_where_the_item_is_does_nothing() -> None:
    decision = decide(an_item("s2"), compiled(), moved_by_hand("s2"))
    assert decision.verdict is Verdict.NO_CHANGE
    assert decision.reason == "the item is on stage s2 already"
    assert decision.move is None


@pytest.mark.parametrize(
    ("stage", "named"),
    [
        pytest.param("s2", "gone", id="unknown"),
        pytest.param("gone", "gone", id="deleted, and the item stands on it"),
        pytest.param("s2", "deal:other/s5", id="of another pipeline"),
        pytest.param("s2", "lead:sales/s5", id="of another type"),
        pytest.param("s2", "", id="none"),
        pytest.param("s2", "x" * 10_000, id="long"),
    ],
)
def test_a_move_to_a_stage_that_the_pipeline_does_not_have_is_refused(stage: str, named: str) -> None:
    decision = decide(an_item(stage), compiled(), moved_by_hand(named))
    assert decision.verdict is Verdict.REJECTED
    assert decision.reason is not None
    assert decision.reason.startswith("pipeline deal:sales has no stage ")
    assert decision.reason.endswith("; its stages are s1, s2, s3, s4, s5, s6, won, lost")
    assert len(decision.reason) < 200


def test_a_move_by_hand_is_made_in_the_name_of_who_made_it() -> None:
    decision = decide(an_item(responsible=9), compiled(), moved_by_hand("s2", actor=BOB))
    assert decision.move is not None
    assert [(one.user, one.note) for one in decision.move.authors] == [
        (7, None),
        (None, "user 7 is inactive or unknown: the system stands in"),
    ]


def test_a_move_by_hand_of_nobody_is_the_systems_and_never_the_responsible_persons() -> None:
    decision = decide(an_item(responsible=9), compiled(), moved_by_hand("s2"))
    assert decision.move is not None
    assert [(one.user, one.note) for one in decision.move.authors] == [
        (None, "nobody is named who moved it: the system stands in")
    ]
