"""The kind *responsible changed*, alone and beside changed fields in one save (R16)."""

from __future__ import annotations

import pytest

from crm.decide import decide
from crm.decisions import Verdict
from crm.values import Json
from tests.support.builders import (
    ANN,
    BOB,
    LEA,
    a_row,
    a_trigger,
    after,
    an_item,
    committed,
    compiled,
    fields_changed,
    reasons,
    responsible_became,
    watching,
)


@pytest.mark.parametrize(
    ("known", "data", "wanted", "verdict"),
    [
        pytest.param(ANN, {"new": BOB}, [], "moved", id="replaced"),
        pytest.param(None, {"new": BOB}, [], "moved", id="from nobody"),
        pytest.param(ANN, {"new": None}, [], "moved", id="to nobody"),
        pytest.param(ANN, {"new": ANN}, [], "no change", id="by the same one"),
        pytest.param(None, {"new": None}, [], "no change", id="nobody by nobody"),
        pytest.param(BOB, {"old": ANN, "new": BOB}, [], "moved", id="a given old one counts first"),
        pytest.param(BOB, {"old": None, "new": BOB}, [], "moved", id="nobody given as the old one"),
        pytest.param(ANN, {"old": BOB, "new": BOB}, [], "no change", id="given as the same one"),
        pytest.param(ANN, {"new": BOB}, [LEA, BOB], "moved", id="by one of the wanted"),
        pytest.param(ANN, {"new": BOB}, [LEA], "no trigger matched", id="by none of the wanted"),
        pytest.param(ANN, {"new": None}, [LEA], "no trigger matched", id="nobody is none of the wanted"),
        pytest.param(ANN, {"new": "user:7"}, ["7"], "moved", id="users in any written form"),
    ],
)  # fmt: skip
def test_it_fires_when_the_responsible_person_is_replaced(
    known: int | None, data: dict[str, Json], wanted: list[Json], verdict: str
) -> None:
    automation = compiled(a_trigger("one", "s2", "responsible_changed", settings={"new_responsible": wanted}))
    besides = {key: value for key, value in data.items() if key != "new"}
    decision = decide(an_item(responsible=known), automation, responsible_became(data["new"], besides))
    assert decision.verdict == verdict


def test_the_new_responsible_person_is_written() -> None:
    item, event = an_item(responsible=ANN), responsible_became(BOB)
    commit = committed(item, decide(item, compiled(), event), event)
    assert (commit.replaces_responsible, commit.responsible) == (True, 7)
    assert commit.responsibles == (5, 7)


def test_nobody_is_written_as_the_new_responsible_person() -> None:
    item, event = an_item(responsible=ANN), responsible_became(None)
    commit = committed(item, decide(item, compiled(), event), event)
    assert (commit.replaces_responsible, commit.responsible) == (True, None)


def test_a_replacement_that_is_none_writes_nothing() -> None:
    item, event = an_item(responsible=ANN), responsible_became(BOB, {"old": BOB})
    commit = committed(item, decide(item, compiled(), event), event)
    assert (commit.verdict, commit.replaces_responsible) == (Verdict.NO_CHANGE, False)


def test_a_condition_sees_the_new_responsible_person() -> None:
    automation = compiled(
        a_trigger("old", "s2", "responsible_changed", condition=[a_row("responsible", "=", ANN)]),
        a_trigger("new", "s3", "responsible_changed", condition=[a_row("responsible", "=", BOB)]),
    )
    decision = decide(an_item(responsible=ANN), automation, responsible_became(BOB))
    assert reasons(decision) == {"old": "condition false", "new": "won"}


# ---------------------------------------------------------------- one save of both: the fields come first


def test_the_second_event_of_a_save_sees_the_stage_that_the_first_left() -> None:
    """Scenario 13."""
    automation = compiled(
        watching("fields", "s3", "note"),
        a_trigger("early", "s2", "responsible_changed"),
        a_trigger("responsible", "s4", "responsible_changed"),
    )
    item = an_item("s1", responsible=ANN)
    first = fields_changed({"note": {"new": "a"}}, {"responsible": BOB}, event_id="save-1:fields")
    second = responsible_became(BOB, event_id="save-1:responsible")
    assert after(item, automation, first).stage == "s3"
    decision = decide(after(item, automation, first), automation, second)
    assert decision.move is not None
    assert (decision.move.from_stage, decision.move.to_stage) == ("s3", "s4")
    assert reasons(decision) == {"early": "not allowed backward", "responsible": "won"}


@pytest.mark.parametrize(
    ("new", "seen"),
    [pytest.param(BOB, [BOB], id="another"), pytest.param(None, [], id="nobody")],
)
def test_the_fields_event_of_a_save_sees_the_new_responsible_person(new: int | None, seen: list[int]) -> None:
    condition = [a_row("responsible", "=", new) if new else a_row("responsible", "empty")]
    automation = compiled(watching("one", "s2", "note", condition=condition))
    event = fields_changed({"note": {"new": "a"}}, {"responsible": new})
    decision = decide(an_item(responsible=ANN), automation, event)
    assert decision.move is not None
    assert [choice.user for choice in decision.move.authors] == [*seen, None]


def test_the_fields_event_of_a_save_leaves_it_to_the_other_to_write_the_responsible_person() -> None:
    item, event = an_item(responsible=ANN), fields_changed({"note": {"new": "a"}}, {"responsible": BOB})
    commit = committed(item, decide(item, compiled(), event), event)
    assert commit.fields == {"note": "a"}
    assert commit.replaces_responsible is False
    assert commit.responsibles == (5, 7)
    assert after(item, compiled(), event).responsible == 5


def test_without_it_the_fields_event_sees_the_known_responsible_person() -> None:
    automation = compiled(watching("one", "s2", "note", condition=[a_row("responsible", "=", ANN)]))
    assert decide(an_item(responsible=ANN), automation, fields_changed({"note": {"new": "a"}})).move


def test_if_the_fields_are_rejected_the_responsible_person_still_counts() -> None:
    automation = compiled(a_trigger("one", "s2", "responsible_changed"))
    item = an_item(responsible=ANN)
    first = fields_changed({"nothing": {"new": "a"}}, {"responsible": BOB})
    assert decide(item, automation, first).verdict is Verdict.REJECTED
    assert decide(after(item, automation, first), automation, responsible_became(BOB)).move
