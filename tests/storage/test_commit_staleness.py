"""When a decision still stands although the item moved on (design section 4)."""

from __future__ import annotations

from typing import Any

import pytest

from crm.commits import Answer
from crm.decisions import Verdict
from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.items import Items
from tests.support.commits import a_commit, a_move
from tests.support.databases import query
from tests.support.deals import ANNA, CLARA

DEAL_1 = ItemRef("deal", 1)
STANDS, STALE = Answer.COMMITTED, Answer.STALE_ITEM

# What the decision rests on, and whether it stands. It was made for `deal:1` at version 1: note "first",
# Anna's, on stage "new". Since then somebody saved version 2 with note "second".
MOVED_ON: dict[str, tuple[dict[str, Any], Answer]] = {
    "it read nothing": ({}, STANDS),
    "it read a field that did not change": ({"reads": {"amount": None}}, STANDS),
    "it read the value that the field has now": ({"reads": {"note": "second"}}, STANDS),
    "it read a field that changed": ({"reads": {"note": "first"}}, STALE),
    "it read a changed field as empty": ({"reads": {"note": None}}, STALE),
    "it read an empty field as filled": ({"reads": {"contract": "f-1"}}, STALE),
    "it overwrites a field whose old value nobody read": (
        {"fields": {"note": "third"}, "reads": {"note": "third"}},
        STANDS,
    ),
    "it took the old value of a field that changed": (
        {"fields": {"note": "third"}, "reads": {"note": "third"}, "known": {"note": "first"}},
        STALE,
    ),
    "it took the old value that the field has now": (
        {"fields": {"note": "third"}, "reads": {"note": "third"}, "known": {"note": "second"}},
        STANDS,
    ),
    "it took an old value that is empty": (
        {"fields": {"contract": "f-1"}, "reads": {"contract": "f-1"}, "known": {"contract": None}},
        STANDS,
    ),
    "it was on another stage": ({"stage": "approval"}, STALE),
    "another person was responsible": ({"responsibles": (CLARA,)}, STALE),
    "nobody was responsible": ({"responsibles": (None,)}, STALE),
    "the person before or after the save is responsible": ({"responsibles": (CLARA, ANNA)}, STANDS),
    "it replaces the responsible person": (
        {"replaces_responsible": True, "responsible": CLARA, "responsibles": (ANNA, CLARA)},
        STANDS,
    ),
    "it replaces the responsible person by nobody": (
        {"replaces_responsible": True, "responsible": None, "responsibles": (ANNA, None)},
        STANDS,
    ),
}


@pytest.mark.parametrize(("rests_on", "answer"), MOVED_ON.values(), ids=MOVED_ON.keys())
async def test_a_decision_stands_on_a_newer_item_if_what_it_rests_on_is_the_same(
    commits: Commits, deal: Item, database_url: str, rests_on: dict[str, Any], answer: Answer
) -> None:
    await query(database_url, 'update items set version = 2, fields = \'{"note": "second"}\'')

    stored = await commits.commit(a_move(**rests_on))

    assert stored.answer.answer is answer
    assert stored.answer.item is not None
    assert stored.answer.item.version == (3 if answer is STANDS else 2)


async def test_a_rejection_that_rests_on_nothing_always_stands(
    commits: Commits, deal: Item, database_url: str
) -> None:
    await query(database_url, "update items set version = 2, stage = 'won', responsible = null")

    stored = await commits.commit(
        a_commit(verdict=Verdict.REJECTED, reason="unknown kind", pipeline=None, revision=None, stage=None)
    )

    assert stored.answer.answer is Answer.COMMITTED
    assert stored.answer.version == 2


async def test_a_change_is_merged_into_the_fields(commits: Commits, items: Items, deal: Item) -> None:
    await commits.commit(a_commit(fields={"contract": "f-1"}, reads={"contract": "f-1"}))

    now = await items.load(DEAL_1)
    assert now is not None
    assert now.item.fields == {"note": "first", "contract": "f-1"}
    assert (now.item.version, now.item.arrival) == (2, 1)


async def test_the_responsible_person_and_the_documents_are_written(
    commits: Commits, items: Items, deal: Item
) -> None:
    await commits.commit(
        a_commit(replaces_responsible=True, responsible=None, executed_documents=("doc-1", "doc-2"))
    )

    now = await items.load(DEAL_1)
    assert now is not None
    assert now.item.responsible is None
    assert now.item.executed_documents == ("doc-1", "doc-2")


# The version as the producer's save left it, the row being at version 4; the row's version afterwards.
ITEM_VERSIONS: dict[str, tuple[int | None, int]] = {
    "it has none": (None, 5),
    "it is the next": (5, 5),
    "it is far ahead": (9, 9),
}


@pytest.mark.parametrize(("item_version", "version"), ITEM_VERSIONS.values(), ids=ITEM_VERSIONS.keys())
async def test_a_change_that_the_row_lacks_is_written(
    commits: Commits,
    items: Items,
    deal: Item,
    database_url: str,
    item_version: int | None,
    version: int,
) -> None:
    await query(database_url, "update items set version = 4")
    saved = {"note": "saved"}

    stored = await commits.commit(
        a_commit(item_version=item_version, known_version=4, fields=saved, reads=saved)
    )

    now = await items.load(DEAL_1)
    assert now is not None
    assert stored.answer.answer is Answer.COMMITTED
    assert (stored.answer.version, now.item.version, now.item.fields) == (version, version, saved)


# Version and note of the row, and the version that the decision was made for. The producer saved note "saved"
# as version 5.
ROWS_WITH_THE_CHANGE: dict[str, tuple[int, str, int, Answer]] = {
    "the row is as the save left it": (5, "saved", 4, STANDS),
    "a later save left the field alone": (7, "saved", 4, STANDS),
    "a later save changed it again": (7, "again", 4, STALE),
    "a later save changed it again, and the decision knew that": (7, "again", 7, STANDS),
}


@pytest.mark.parametrize(
    ("version", "note", "known_version", "answer"),
    ROWS_WITH_THE_CHANGE.values(),
    ids=ROWS_WITH_THE_CHANGE.keys(),
)
async def test_a_change_that_the_row_contains_is_not_written_again(
    commits: Commits,
    items: Items,
    deal: Item,
    database_url: str,
    version: int,
    note: str,
    known_version: int,
    answer: Answer,
) -> None:
    await query(
        database_url,
        "update items set version = $1, fields = jsonb_build_object('note', $2::text)",
        version,
        note,
    )

    stored = await commits.commit(
        a_commit(
            item_version=5,
            known_version=known_version,
            fields={"note": "saved"},
            reads={"note": "saved"},
            known={"note": "first"},
        )
    )

    now = await items.load(DEAL_1)
    assert now is not None
    assert stored.answer.answer is answer
    assert (stored.answer.version, now.item.version, now.item.fields) == (version, version, {"note": note})
    assert stored.answer.item == now.item


async def test_both_events_of_one_save_are_written_though_the_first_brings_the_row_to_its_version(
    commits: Commits, items: Items, deal: Item
) -> None:
    fields = {"note": "saved"}
    await commits.commit(
        a_commit(
            event_id="s:fields", commit_id="1", item_version=5, known_version=1, fields=fields, reads=fields
        )
    )

    second = await commits.commit(
        a_commit(
            event_id="s:responsible",
            commit_id="2",
            item_version=5,
            known_version=5,
            replaces_responsible=True,
            responsible=CLARA,
            responsibles=(ANNA, CLARA),
        )
    )

    now = await items.load(DEAL_1)
    assert now is not None
    assert second.answer.answer is Answer.COMMITTED
    assert (now.item.fields, now.item.responsible) == ({"note": "saved"}, CLARA)


async def test_executed_documents_are_written_whatever_the_row_contains(
    commits: Commits, items: Items, deal: Item, database_url: str
) -> None:
    await query(database_url, "update items set version = 7")

    stored = await commits.commit(
        a_commit(item_version=5, known_version=4, executed_documents=("doc-1",), fields={"note": "saved"})
    )

    now = await items.load(DEAL_1)
    assert now is not None
    assert stored.answer.answer is Answer.COMMITTED
    assert (now.item.version, now.item.executed_documents, now.item.fields) == (
        8,
        ("doc-1",),
        {"note": "first"},
    )
