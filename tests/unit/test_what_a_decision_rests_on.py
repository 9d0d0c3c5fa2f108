"""What a decision takes from the item, and whether the item has the event's save already (section 4)."""

from __future__ import annotations

import pytest

from crm.decide import decide, missing_fields
from crm.decisions import Verdict
from crm.values import Json
from tests.support.builders import (
    after,
    an_item,
    committed,
    compiled,
    field_became,
    fields_changed,
    watching,
)


@pytest.mark.parametrize(
    ("change", "known"),
    [
        pytest.param({"new": "b"}, {"note": "a"}, id="a change rests on the old value"),
        pytest.param({"new": "a"}, {"note": "a"}, id="no change rests on it as well"),
        pytest.param({"old": "a", "new": "b"}, {}, id="a given one is not taken from the item"),
    ],
)
def test_a_decision_names_the_old_values_that_it_took_from_the_item(change: Json, known: Json) -> None:
    decision = decide(an_item(fields={"note": "a"}), compiled(), fields_changed({"note": change}))
    assert decision.known == known


def test_what_the_item_copy_lacks_is_asked_for_before_a_decision() -> None:
    automation = compiled(
        watching("one", "s2", "note", condition=[{"field": "due", "operator": "empty"}]),
        watching("two", "s3", "score", condition=[{"field": "responsible", "operator": "not empty"}]),
    )
    changes: dict[str, Json] = {
        "price": {"new": 2},
        "page": {"old": None, "new": "https://a.example"},
        "nothing": {"new": 1},
    }
    known = an_item()
    nothing_known = type(known)(item_type="deal", item_id=42, pipeline="sales", stage="s1")
    assert missing_fields(known, automation, fields_changed(changes)) == ()
    assert missing_fields(nothing_known, automation, fields_changed(changes)) == (
        "note",
        "score",
        "due",
        "price",
    )


@pytest.mark.parametrize(
    ("item_version", "seen"),
    [
        pytest.param(9, "later", id="an earlier save: what came after it is not undone"),
        pytest.param(10, "saved", id="the save that made this version"),
        pytest.param(11, "saved", id="a save that the item does not contain yet"),
        pytest.param(None, "saved", id="an event that is the change"),
    ],
)
def test_a_save_that_the_item_contains_already_changes_no_field_of_it(
    item_version: int | None, seen: str
) -> None:
    condition = [{"field": "note", "operator": "=", "value": seen}]
    automation = compiled(watching("one", "s2", "note", condition=condition))
    item = an_item(fields={"note": "later"}, version=10)
    event = fields_changed({"note": {"old": None, "new": "saved"}}, item_version=item_version)
    assert decide(item, automation, event).verdict is Verdict.MOVED
    assert after(item, automation, event).fields["note"] == seen


def test_a_decision_rests_on_the_fields_that_its_conditions_tested_and_on_no_others() -> None:
    """Section 4: a busy item must not starve."""
    small = [{"field": "score", "operator": ">", "value": 100}]
    late = [{"field": "due", "operator": "empty"}, {"field": "responsible", "operator": "=", "value": 5}]
    automation = compiled(
        watching("one", "s2", "note", condition=small),
        watching("two", "s3", "note", condition=late),
        watching("three", "s4", "note", condition=[{"field": "urgent", "operator": "empty"}]),
    )
    item = an_item(fields={"score": 7})
    event = field_became("note", "a")
    decision = decide(item, automation, event)
    assert decision.reads == {"score": 7, "due": None}
    assert committed(item, decision, event).reads == {"score": 7, "due": None}
