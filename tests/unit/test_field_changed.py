"""The kind *field changed* (R15): which saves change what, and which triggers they fire."""

from __future__ import annotations

from typing import Any

import pytest

from crm.decide import decide
from crm.decisions import Verdict
from crm.fields import Field, FieldType
from crm.values import Json
from tests.support.builders import (
    FIELDS,
    after,
    an_item,
    compiled,
    field_became,
    fields_changed,
    reasons,
    watching,
)

# ------------------------------------------------------------------------- scenarios 10 and 11


def test_only_a_change_of_a_watched_field_fires() -> None:
    """Scenario 10; the revision that watches another field counts from the next event on."""
    watching_note = compiled(watching("one", "s2", "note"))
    watching_score = compiled(watching("one", "s2", "score"), revision=8)
    item = an_item(fields={"note": "a", "score": 1})
    assert decide(item, watching_note, field_became("score", 2)).verdict is Verdict.NO_TRIGGER_MATCHED
    assert decide(item, watching_note, field_became("note", "b")).verdict is Verdict.MOVED
    assert decide(item, watching_note, field_became("note", "a")).verdict is Verdict.NO_CHANGE
    assert decide(item, watching_score, field_became("note", "b")).verdict is Verdict.NO_TRIGGER_MATCHED
    assert decide(item, watching_score, field_became("score", 2)).verdict is Verdict.MOVED


def test_was_open_and_becomes_done_is_one_step_and_not_two() -> None:
    """Scenario 11."""
    automation = compiled(watching("one", "s2", {"field": "status", "was": "open", "becomes": "done"}))
    item = an_item(fields={"status": "open"})
    pending = field_became("status", "pending")
    assert decide(item, automation, field_became("status", "done")).verdict is Verdict.MOVED
    assert decide(item, automation, pending).verdict is Verdict.NO_TRIGGER_MATCHED
    item_pending = after(item, automation, pending)
    decision = decide(item_pending, automation, field_became("status", "done"))
    assert decision.verdict is Verdict.NO_TRIGGER_MATCHED
    assert reasons(decision) == {"one": "settings did not match"}


# ----------------------------------------------------------------------------- `was` and `becomes`


@pytest.mark.parametrize(
    ("watched", "old", "new", "fires"),
    [
        pytest.param({}, None, "a", True, id="any, from empty"),
        pytest.param({}, "a", None, True, id="any, to empty"),
        pytest.param({"was": None}, None, "a", True, id="was empty, and was"),
        pytest.param({"was": None}, "a", "b", False, id="was empty, and was not"),
        pytest.param({"was": ""}, None, "a", True, id="empty text is empty"),
        pytest.param({"was": "a"}, "a", "b", True, id="was a, and was"),
        pytest.param({"was": "a"}, None, "b", False, id="was a, and was empty"),
        pytest.param({"becomes": None}, "a", None, True, id="becomes empty, and does"),
        pytest.param({"becomes": None}, "a", "b", False, id="becomes empty, and does not"),
        pytest.param({"becomes": "b"}, "a", "b", True, id="becomes b, and does"),
        pytest.param({"becomes": "b"}, "b", "a", False, id="becomes b, and was it"),
        pytest.param({"becomes": "B"}, "a", "b", True, id="they compare as = does, without case"),
        pytest.param({"was": "a", "becomes": "b"}, "a", "b", True, id="both, and both"),
        pytest.param({"was": "a", "becomes": "b"}, "a", "c", False, id="both, and only was"),
        pytest.param({"was": "a", "becomes": "b"}, "c", "b", False, id="both, and only becomes"),
        pytest.param({"was": None, "becomes": "b"}, None, "b", True, id="empty becomes b"),
    ],
)
def test_was_and_becomes_narrow_a_watched_field(
    watched: dict[str, Json], old: Json, new: Json, fires: bool
) -> None:
    automation = compiled(watching("one", "s2", {"field": "note", **watched}))
    decision = decide(an_item(), automation, fields_changed({"note": {"old": old, "new": new}}))
    assert (decision.verdict is Verdict.MOVED) is fires


def test_one_of_several_watched_fields_is_enough() -> None:
    automation = compiled(watching("one", "s2", "due", {"field": "note", "becomes": "b"}, "urgent"))
    assert decide(an_item(), automation, field_became("urgent", True)).verdict is Verdict.MOVED
    assert decide(an_item(), automation, field_became("note", "b")).verdict is Verdict.MOVED
    assert decide(an_item(), automation, field_became("note", "c")).verdict is Verdict.NO_TRIGGER_MATCHED


def test_was_and_becomes_of_two_watched_fields_do_not_mix() -> None:
    first: dict[str, Json] = {"field": "note", "was": "a", "becomes": "b"}
    second: dict[str, Json] = {"field": "note", "was": "c", "becomes": "d"}
    automation = compiled(watching("one", "s2", first, second))
    for old, new, fires in (("a", "b", True), ("c", "d", True), ("a", "d", False)):
        event = fields_changed({"note": {"old": old, "new": new}})
        assert (decide(an_item(), automation, event).verdict is Verdict.MOVED) is fires


# ------------------------------------------------------------------------------ the old value


def test_without_an_old_value_the_known_one_counts() -> None:
    automation = compiled(watching("one", "s2", {"field": "note", "was": "a"}))
    known = an_item(fields={"note": "a"})
    assert decide(known, automation, field_became("note", "b")).verdict is Verdict.MOVED
    assert decide(known, automation, field_became("note", "a")).verdict is Verdict.NO_CHANGE
    assert decide(an_item(), automation, field_became("note", "b")).verdict is Verdict.NO_TRIGGER_MATCHED


def test_a_given_old_value_counts_before_the_known_one() -> None:
    automation = compiled(watching("one", "s2", {"field": "note", "was": None}))
    item = an_item(fields={"note": "b"})
    given = fields_changed({"note": {"old": None, "new": "b"}}, item_version=10)
    assert decide(item, automation, given).verdict is Verdict.MOVED


# -------------------------------------------------------------------------------- what is no change

EQUAL: dict[str, tuple[str, Any, Any]] = {
    "empty text and null": ("note", "", None),
    "an empty list and null": ("tags", [], None),
    "a list of empty values and null": ("tags", ["", None], None),
    "money without an amount and null": ("amount", {"amount": None, "currency": "EUR"}, None),
    "numbers by value": ("price", "12.50", 12.5),
    "integers by value": ("score", "7", 7),
    "money by value": ("amount", {"amount": "5", "currency": "EUR"}, {"amount": "5.00", "currency": "EUR"}),
    "datetimes as instants": ("meeting", "2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00Z"),
    "a multiple field as a set": ("tags", ["a", "b", "a"], ["b", "a"]),
    "text in NFC": ("note", "e\u0301", "\u00e9"),
    "scheme and host without case": ("page", "HTTPS://Example.com/A", "https://example.com/A"),
    "users in any form": ("owner", "user:5", 5),
}
DIFFERENT: dict[str, tuple[str, Any, Any]] = {
    "text that differs in case": ("note", "paid", "Paid"),
    "zero and null": ("score", None, 0),
    "false and null": ("urgent", None, False),
    "a blank and null": ("note", None, " "),
    "money of another currency": (
        "amount",
        {"amount": "5", "currency": "EUR"},
        {"amount": "5", "currency": "USD"},
    ),
    "a date": ("due", "2026-11-21", "2026-11-22"),
    "one value more": ("tags", ["a"], ["a", "b"]),
    "the path of a url": ("page", "https://example.com/a", "https://example.com/A"),
}


@pytest.mark.parametrize(("code", "old", "new"), EQUAL.values(), ids=EQUAL.keys())
def test_a_save_that_leaves_a_value_equal_is_no_change(code: str, old: Json, new: Json) -> None:
    event = fields_changed({code: {"old": old, "new": new}})
    decision = decide(an_item(), compiled(watching("one", "s2", code)), event)
    assert decision.verdict is Verdict.NO_CHANGE
    assert decision.reason == "the save left every value as it was"
    assert decision.change.fields == {}
    assert decision.trial is None


@pytest.mark.parametrize(("code", "old", "new"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_save_that_changes_a_value_fires(code: str, old: Json, new: Json) -> None:
    event = fields_changed({code: {"old": old, "new": new}})
    assert decide(an_item(), compiled(watching("one", "s2", code)), event).verdict is Verdict.MOVED


def test_only_what_really_changed_is_written_and_matched() -> None:
    automation = compiled(watching("one", "s2", "note"), watching("two", "s3", "score"))
    changes: Json = {"note": {"old": "a", "new": "a"}, "score": {"old": 1, "new": "2"}}
    decision = decide(an_item(), automation, fields_changed(changes))
    assert reasons(decision) == {"one": "settings did not match", "two": "won"}
    assert decision.change.fields == {"score": 2}


def test_what_is_written_is_canonical() -> None:
    changes: Json = {
        "note": {"new": "e\u0301"},
        "tags": {"new": ["a", "", "a"]},
        "contract": {"new": {"id": "f"}},
    }
    decision = decide(an_item(), compiled(), fields_changed(changes))
    assert decision.change.fields == {"note": "\u00e9", "tags": ["a"], "contract": "f"}


# ------------------------------------------------------------------------------------- rejections


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"stage": {"new": "s2"}}, "'stage' is no field", id="the stage"),
        pytest.param({"pipeline": {"new": "s2"}}, "'pipeline' is no field", id="the pipeline"),
        pytest.param({"responsible": {"new": 5}}, "'responsible' is no field", id="the responsible person"),
        pytest.param({"nothing": {"new": 5}}, "unknown field 'nothing'", id="an unknown field"),
        pytest.param({"notes": {"new": 5}}, "unknown field 'notes'; did you mean 'note'?", id="a near miss"),
        pytest.param({"x" * 9_999: {"new": 5}}, "unknown field 'xxx", id="an endless name"),
        pytest.param({"score": {"new": "many"}}, "data.changes.score: ", id="a new value of the wrong type"),
        pytest.param({"score": {"old": "many", "new": 1}}, "data.changes.score: ", id="an old one"),
        pytest.param({"note": {"new": ["a"]}}, "data.changes.note: a list", id="a list for a single field"),
        pytest.param({"status": {"new": "lost"}}, "data.changes.status: 'lost' is no option", id="no option"),
        pytest.param({"note": {"new": "a"}, "no": {"new": 5}}, "unknown field 'no'", id="one of two"),
    ],
)  # fmt: skip
def test_an_event_that_does_not_fit_the_items_type_is_rejected(changes: Json, reason: str) -> None:
    decision = decide(an_item(), compiled(watching("one", "s2", "note")), fields_changed(changes))
    assert decision.verdict is Verdict.REJECTED
    assert decision.reason is not None
    assert decision.reason.startswith(reason)
    assert len(decision.reason) < 200
    assert decision.change.fields == {}
    assert decision.trial is None


def test_an_old_value_may_be_an_option_that_was_removed() -> None:
    automation = compiled(watching("one", "s2", "status"))
    event = fields_changed({"status": {"old": "postponed", "new": "open"}})
    assert decide(an_item(), automation, event).verdict is Verdict.MOVED


def test_a_known_value_that_the_fields_type_no_longer_allows_is_another_value() -> None:
    """Its type was changed after it was saved."""
    fields = (*FIELDS[:1], Field(code="note", type=FieldType.DATE))
    automation = compiled(watching("one", "s2", "note"), fields=fields)
    decision = decide(an_item(fields={"note": "soon"}), automation, field_became("note", "2026-11-21"))
    assert decision.verdict is Verdict.MOVED


def test_a_condition_sees_the_item_after_the_change() -> None:
    """R19."""
    condition = [{"field": "score", "operator": ">", "value": 10}]
    automation = compiled(watching("one", "s2", "score", condition=condition))
    item = an_item(fields={"score": 1})
    assert decide(item, automation, field_became("score", 11)).verdict is Verdict.MOVED
    assert decide(item, automation, field_became("score", 10)).verdict is Verdict.NO_TRIGGER_MATCHED
