"""Every decision says why: its verdict, and a reason for each trigger considered (R14)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_core import to_json

from crm.decide import decide
from crm.values import Json
from tests.support.builders import (
    a_row,
    a_trigger,
    an_event,
    an_item,
    compiled,
    fields_changed,
    reasons,
    watching,
)

NEVER = [a_row("score", "=", 1)]
"""A condition that no item here fulfils."""

# ------------------------------------------------------------- the first reason that applies counts

OTHER_TEMPLATE = {"settings": {"template": "another"}}


@pytest.mark.parametrize(
    ("stage", "target", "particulars", "reason"),
    [
        pytest.param("won", "won", {}, "on the current stage", id="current stage before closed"),
        pytest.param("s3", "s3", OTHER_TEMPLATE, "on the current stage", id="current stage before settings"),
        pytest.param(
            "s3", "s3", {"condition": NEVER}, "on the current stage", id="current stage before condition"
        ),
        pytest.param("won", "s2", {}, "closed", id="closed before backward"),
        pytest.param("won", "s2", OTHER_TEMPLATE, "closed", id="closed before settings"),
        pytest.param("won", "lost", {"condition": NEVER}, "closed", id="closed before condition"),
        pytest.param("s3", "s2", OTHER_TEMPLATE, "not allowed backward", id="backward before settings"),
        pytest.param(
            "s3", "s2", {"condition": NEVER}, "not allowed backward", id="backward before condition"
        ),
        pytest.param(
            "s1",
            "s2",
            {**OTHER_TEMPLATE, "condition": NEVER},
            "settings did not match",
            id="settings before condition",
        ),
        pytest.param("s1", "s2", {"condition": NEVER}, "condition false", id="condition last"),
    ],
)
def test_the_first_reason_that_applies_is_given(
    stage: str, target: str, particulars: dict[str, Any], reason: str
) -> None:
    decision = decide(an_item(stage), compiled(a_trigger("one", target, **particulars)), an_event())
    assert reasons(decision) == {"one": reason}


@pytest.mark.parametrize(
    ("stage", "target", "particulars", "reason"),
    [
        pytest.param(
            "s2", "s5", OTHER_TEMPLATE, "came after the winner", id="after the winner before settings"
        ),
        pytest.param(
            "s2", "s5", {"condition": NEVER}, "came after the winner", id="after the winner before condition"
        ),
        pytest.param("s5", "s5", {}, "on the current stage", id="current stage before after the winner"),
        pytest.param("s5", "s4", {}, "not allowed backward", id="backward before after the winner"),
        pytest.param("won", "lost", {}, "closed", id="closed before after the winner"),
    ],
)
def test_the_first_reason_that_applies_is_given_beside_a_winner(
    stage: str, target: str, particulars: dict[str, Any], reason: str
) -> None:
    """The winner on s1 or s3 comes before all of them."""
    winner = a_trigger("winner", "s1" if stage != "s2" else "s3", allow_previous_stage=True)
    decision = decide(an_item(stage), compiled(winner, a_trigger("one", target, **particulars)), an_event())
    assert reasons(decision) == {"winner": "won", "one": reason}


def test_a_false_condition_is_explained_with_the_first_false_row_of_each_group() -> None:
    condition = [
        a_row("score", ">", 10),
        a_row("note", "=", "paid", join="or"),
        a_row("urgent", "=", True),
    ]
    decision = decide(
        an_item(fields={"score": 20, "note": "unpaid"}),
        compiled(a_trigger("one", "s2", condition=condition)),
        an_event(),
    )
    assert decision.trial is not None
    [considered] = decision.trial.explain()
    assert [(row.row, row.field, row.operator, row.wanted, row.actual) for row in considered.false_rows] == [
        (1, "note", "=", "paid", "unpaid"),
        (2, "urgent", "=", True, None),
    ]


# ------------------------------------------------------------ the first verdict that applies counts


SAVES: dict[str, Json] = {
    "a change": {"note": {"new": "a"}},
    "no change": {"note": {"new": None}},
    "no field": {"nothing": {"new": 1}},
}


@pytest.mark.parametrize(
    ("verdict", "stage", "save", "automation"),
    [
        pytest.param("rejected", "s1", "no field", "suppress", id="rejected before suppressed"),
        pytest.param("rejected", "gone", "no field", "run", id="rejected before no such stage"),
        pytest.param("rejected", "s1", "no field", "run", id="rejected before moved"),
        pytest.param("rejected", "s6", "no field", "run", id="rejected before none matched"),
        pytest.param("suppressed", "s1", "no change", "suppress", id="suppressed before no change"),
        pytest.param("suppressed", "gone", "a change", "suppress", id="suppressed before no such stage"),
        pytest.param("suppressed", "s1", "a change", "suppress", id="suppressed before moved"),
        pytest.param("suppressed", "s6", "a change", "suppress", id="suppressed before none matched"),
        pytest.param("no change", "gone", "no change", "run", id="no change before no such stage"),
        pytest.param("no change", "s1", "no change", "run", id="no change before moved"),
        pytest.param("no change", "s6", "no change", "run", id="no change before none matched"),
        pytest.param("stage not in pipeline", "gone", "a change", "run", id="no such stage"),
        pytest.param("moved", "s1", "a change", "run", id="moved before none matched"),
        pytest.param("no trigger matched", "s6", "a change", "run", id="no trigger matched"),
    ],
)
def test_the_first_verdict_that_applies_is_given(
    verdict: str, stage: str, save: str, automation: str
) -> None:
    event = fields_changed(SAVES[save], automation=automation)
    decision = decide(an_item(stage), compiled(watching("one", "s2", "note")), event)
    assert decision.verdict == verdict
    assert (decision.move is not None) is (verdict == "moved")


def test_the_record_of_a_decision_stays_small_whatever_the_item_holds() -> None:
    conditions = [[a_row("note", "=", f"wanted {number}")] for number in range(1_000)]
    automation = compiled(
        *(watching(f"t-{number}", "s3", "note", condition=rows) for number, rows in enumerate(conditions))
    )
    decision = decide(an_item(), automation, fields_changed({"note": {"old": None, "new": "x" * 100_000}}))

    assert decision.trial is not None
    record = decision.trial.record()
    assert record["condition false"] == "0-999"
    assert len(to_json(record)) < 200_000
