"""What people are told of items, outcomes and failures."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from crm.automations import check
from crm.commits import Outcome
from crm.decisions import Verdict
from crm.items import Item
from crm.pipelines import Pipeline, Semantics, Stage
from starter.cli.event_ids import new_event_id
from starter.cli.failures import explain
from starter.cli.outcome_words import sentence
from starter.cli.screen import printable
from starter.cli.stage_bar import stage_bar
from starter.cli.suggestions import TRIED_ITEMS, suggest
from starter.examples import read_examples
from storage.errors import DatabaseUnavailable, RevisionMoved
from storage.records import StoredItem

SALES = Pipeline(
    item_type="deal",
    code="sales",
    stages=(
        Stage(code="new", title="New"),
        Stage(code="approval", title="Contract approval"),
        Stage(code="won", title="Won", semantics=Semantics.WON),
        Stage(code="lost", semantics=Semantics.LOST),
    ),
)
NAMES = {5: "Clara Rossi", 1: ""}


@pytest.mark.parametrize(
    ("stage", "bar"),
    [
        ("approval", "New → [Contract approval] → Won | lost"),
        ("lost", "New → Contract approval → Won | [lost]"),
        (
            "gone",
            "New → Contract approval → Won | lost   [gone]: a stage that deal:sales does not have any more",
        ),
    ],
)
def test_the_stage_bar_shows_where_the_item_stands(stage: str, bar: str) -> None:
    assert stage_bar(SALES, stage).plain == bar


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        pytest.param(
            Outcome(
                item="deal:42",
                event_id="e",
                verdict=Verdict.MOVED,
                from_stage="new",
                to_stage="approval",
                trigger="uploaded",
                trigger_name="Contract uploaded",
                author=5,
            ),
            "deal:42 moved from New to Contract approval in the name of Clara Rossi, user 5, "
            'by the trigger "Contract uploaded".',
            id="moved by a trigger",
        ),
        pytest.param(
            Outcome(
                item="deal:42",
                event_id="e",
                verdict=Verdict.MOVED,
                from_stage="approval",
                to_stage="gone",
                author_note="nobody is responsible: the system stands in",
            ),
            "deal:42 moved from Contract approval to gone in the name of the system, by hand"
            " (nobody is responsible: the system stands in).",
            id="moved by hand in the name of the system",
        ),
        pytest.param(
            Outcome(item="deal:42", event_id="e", verdict=Verdict.REJECTED, reason="unknown field 'x'"),
            "The event was rejected: unknown field 'x'. Nothing was changed.",
            id="rejected",
        ),
        pytest.param(
            Outcome(item="deal:42", event_id="e", verdict=Verdict.NO_TRIGGER_MATCHED),
            "deal:42 stays on New: no trigger matched.",
            id="no trigger matched",
        ),
        pytest.param(
            Outcome(item="deal:42", event_id="e", verdict=Verdict.NO_CHANGE, reason="the same \x1b[31m"),
            "deal:42 stays on New: the same \\x1b[31m.",
            id="nothing steers the terminal",
        ),
    ],
)
def test_an_outcome_is_told_in_a_sentence(outcome: Outcome, told: str) -> None:
    assert sentence(outcome, "new", SALES, NAMES).plain == told


def test_an_unreachable_database_is_told_with_what_to_do() -> None:
    told = explain(DatabaseUnavailable("ConnectionRefusedError: no"))
    assert told is not None
    assert "crm-triggers run" in told
    assert "--database-url" in told


def test_a_database_without_our_tables_is_told_to_be_migrated() -> None:
    error = DatabaseUnavailable("UndefinedTableError: relation does not exist")
    error.__cause__ = asyncpg.UndefinedTableError("relation does not exist")
    assert "crm-triggers migrate" in (explain(error) or "")


def test_a_moved_revision_is_told_and_a_defect_is_not() -> None:
    assert explain(RevisionMoved("deal:sales", 7, 8)) is not None
    assert explain(ZeroDivisionError()) is None


def test_what_could_steer_a_terminal_is_made_visible() -> None:
    assert printable("a\x1b[2Jb\nc é") == "a\\x1b[2Jb\\nc é"


def test_new_event_ids_are_readable_and_differ() -> None:
    ids = [new_event_id() for _ in range(1_000)]
    assert len(set(ids)) == 1_000
    assert all(len(one) == len("cli-k7dw-93xm-qa2f") for one in ids)


def test_the_examples_can_be_saved_as_they_are() -> None:
    examples = read_examples()
    for automation in examples.automations:
        check(automation, [user.id for user in examples.users])
    assert {one.code for one in examples.item_types} == {"deal", "lead", "quote", "invoice", "procurement"}
    assert [user.id for user in examples.users if not user.active] == [6]


def stored(item: Item) -> StoredItem:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return StoredItem(item=item, title="", observers=(), created_at=at, modified_at=at)


def test_fresh_examples_can_be_tried_at_once() -> None:
    by_id = {new.item_id: new for new in read_examples().items if new.item_type == "deal"}
    fresh = [
        stored(
            Item(
                item_type="deal",
                item_id=ref.item_id,
                pipeline="sales",
                stage=by_id[ref.item_id].stage or "",
                responsible=by_id[ref.item_id].responsible,
            )
        )
        for ref in TRIED_ITEMS
    ]
    assert [one.first for one in suggest(*fresh)] == [None, None, None]
    assert [one.arguments for one in suggest(*fresh)] == [
        "event field-changed deal:42 contract=file-17 --actor 4",
        "event responsible-changed deal:43 5",
        "event document-executed deal:44 contract-1",
    ]


def test_a_deal_that_has_moved_on_is_put_back_first_and_gets_another_file() -> None:
    moved = stored(
        Item(item_type="deal", item_id=42, pipeline="sales", stage="won", responsible=5, version=3)
    )
    upload = suggest(moved, moved, moved)[0]
    assert upload.first == "item move deal:42 negotiation"
    assert upload.arguments == "event field-changed deal:42 contract=file-19 --actor 4"
