"""What is asked of the database for a decision, and for a message that is no event (section 4)."""

from __future__ import annotations

from datetime import datetime

import pytest

from crm.commits import commit_of, rejection
from crm.decide import decide
from crm.decisions import Verdict
from crm.events import read_event
from crm.messages import Envelope
from tests.support.builders import (
    ANN,
    BOB,
    a_row,
    a_trigger,
    an_item,
    committed,
    compiled,
    field_became,
    moved_by_hand,
    watching,
)


def test_a_move_is_committed_with_all_that_its_records_say() -> None:
    """R7."""
    automation = compiled(
        watching("small", "s2", "note", condition=[a_row("score", ">", 9)]),
        watching("one", "s3", "note", name="Noted", on_behalf_of=BOB),
        watching("two", "s4", "note"),
        watching("three", "s5", "note"),
    )
    item = an_item("s1", responsible=ANN, fields={"score": 7}, version=10)
    event = read_event(
        "field_changed",
        {
            "event_id": "crm-4711",
            "occurred_at": "2026-11-21T10:00:00+01:00",
            "actor": 9,
            "item_version": 11,
            "chain": ["deal:1#2:linked_item_moved"],
            "data": {"changes": {"note": {"new": "a"}}},
        },
    )
    commit = commit_of(item, decide(item, automation, event), event.envelope, "run-1:1")
    assert (commit.item, commit.commit_id, commit.event_id) == ("deal:42", "run-1:1", "crm-4711")
    assert (commit.kind, commit.verdict, commit.reason) == ("field_changed", Verdict.MOVED, None)
    assert (commit.pipeline, commit.revision, commit.stage, commit.to_stage) == ("sales", 7, "s1", "s3")
    assert (commit.known_version, commit.item_version) == (10, 11)
    assert (commit.trigger, commit.trigger_name) == ("one", "Noted")
    assert [author.user for author in commit.authors] == [7, 5, None]
    assert (commit.fields, commit.replaces_responsible, commit.executed_documents) == (
        {"note": "a"},
        False,
        None,
    )
    assert (commit.reads, commit.known, commit.responsibles) == ({"score": 7}, {"note": None}, (5,))
    assert commit.considered == {
        "came after the winner": "2-3",
        "condition false": "0",
        "won": "1",
        "false_rows": {"0": [{"row": 0, "field": "score", "operator": ">", "wanted": 9, "actual": 7}]},
    }
    assert commit.data == {"changes": {"note": {"new": "a"}}}
    assert commit.occurred_at == datetime.fromisoformat("2026-11-21T10:00:00+01:00")
    assert (commit.actor, commit.cause, commit.chain) == (9, "user", ("deal:1#2:linked_item_moved",))


def test_a_move_by_hand_has_no_trigger() -> None:
    item, event = an_item(), moved_by_hand("s4", actor=BOB)
    commit = committed(item, decide(item, compiled(), event), event)
    assert (commit.to_stage, commit.trigger, commit.trigger_name, commit.considered) == ("s4", None, None, {})


@pytest.mark.parametrize(("automation", "suppressed"), [("run", False), ("suppress", True)])
def test_a_move_by_hand_says_whether_linked_items_are_to_be_told(automation: str, suppressed: bool) -> None:
    """R12."""
    item, event = an_item(), moved_by_hand("s4", automation=automation)
    commit = committed(item, decide(item, compiled(), event), event)
    assert (commit.to_stage, commit.suppressed) == ("s4", suppressed)


def test_a_rejected_or_unchanged_event_writes_nothing_to_the_item() -> None:
    item = an_item(fields={"note": "a"}, executed_documents=("d-1",))
    for event, verdict in (
        (field_became("nothing", 1), Verdict.REJECTED),
        (field_became("note", "a"), Verdict.NO_CHANGE),
    ):
        commit = committed(item, decide(item, compiled(a_trigger("one", "s2")), event), event)
        assert commit.verdict is verdict
        assert (commit.fields, commit.replaces_responsible, commit.executed_documents) == ({}, False, None)
        assert (commit.to_stage, commit.authors) == (None, ())


def test_an_event_on_a_deleted_stage_is_written_to_the_item() -> None:
    """R2."""
    item, event = an_item("gone"), field_became("note", "a")
    commit = committed(item, decide(item, compiled(), event), event)
    assert (commit.verdict, commit.stage, commit.fields) == (
        Verdict.STAGE_NOT_IN_PIPELINE,
        "gone",
        {"note": "a"},
    )


def test_a_rejection_rests_on_nothing_and_names_its_sender() -> None:
    envelope = Envelope(event_id="e-1", actor=9, chain=("a",))
    commit = rejection("deal:42", "e-1", "field_changed", "no reason", "run-1:1", envelope)
    assert (commit.verdict, commit.revision, commit.pipeline, commit.known_version) == (
        Verdict.REJECTED,
        None,
        None,
        None,
    )
    assert (commit.actor, commit.cause, commit.chain) == (9, "user", ("a",))


def test_what_is_kept_of_a_rejection_can_be_written_whatever_it_holds() -> None:
    commit = rejection("deal:42", "e-1", "k" * 300, "a\0b" + "c" * 9_000, "run-1:1")
    assert len(commit.kind) == 100
    assert commit.reason is not None
    assert commit.reason.startswith("a\N{SYMBOL FOR NULL}bccc")
    assert len(commit.reason) == 2_000
    assert commit.cause == "service"
