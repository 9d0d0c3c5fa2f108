"""What a commit leaves in the stage history, the timeline and the ledger (R7, R14)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm.commits import Answer, rejection
from crm.decisions import Verdict
from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.database import Database
from storage.decisions import Decisions
from storage.errors import DataRefused
from storage.items import Items
from tests.support.commits import a_commit, a_move
from tests.support.databases import query
from tests.support.deals import ANNA, CLARA

DEAL_1 = ItemRef("deal", 1)


async def test_a_move_writes_history_and_timeline_with_author_and_cause(
    commits: Commits, items: Items, deal: Item
) -> None:
    await commits.commit(a_move("e-1", actor=CLARA, cause="user"))

    change = (await items.history(DEAL_1))[-1]
    assert (change.number, change.from_stage, change.to_stage) == (2, "new", "negotiation")
    assert (change.author, change.cause, change.cause_user) == (ANNA, "user", CLARA)
    assert (change.trigger, change.trigger_name) == ("contract-uploaded", "Contract uploaded")
    assert (change.event_id, change.revision) == ("e-1", 1)
    record = (await items.timeline(DEAL_1))[-1]
    assert (record.kind, record.from_stage, record.to_stage) == ("moved", "new", "negotiation")
    assert (record.author, record.cause, record.cause_user) == (ANNA, "user", CLARA)
    assert (record.trigger, record.trigger_name) == ("contract-uploaded", "Contract uploaded")
    assert (record.event_id, record.revision, record.text) == ("e-1", 1, None)
    assert record.at == change.at


async def test_history_rows_are_numbered_by_arrival(commits: Commits, items: Items, deal: Item) -> None:
    await commits.commit(a_move("e-1", "negotiation"))
    await commits.commit(a_move("e-2", "won", stage="negotiation", known_version=2))

    history = await items.history(DEAL_1)
    assert [(change.number, change.to_stage) for change in history] == [
        (1, "new"),
        (2, "negotiation"),
        (3, "won"),
    ]


async def test_the_ledger_keeps_the_event_as_it_was_decided(
    commits: Commits, deals: Database, deal: Item
) -> None:
    await commits.commit(
        a_commit(
            "e-1",
            fields={"note": "saved"},
            reads={"note": "saved"},
            replaces_responsible=True,
            responsible=CLARA,
            responsibles=(ANNA, CLARA),
            data={"changes": {"note": {"new": "saved"}}},
            occurred_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
            actor=CLARA,
            cause="user",
            chain=("invoice:7#3:invoice_paid",),
        )
    )

    [entry] = await Decisions(deals).of_item(DEAL_1)
    assert (entry.event_id, entry.kind, entry.verdict) == (
        "e-1",
        "field_changed",
        Verdict.NO_TRIGGER_MATCHED,
    )
    assert (entry.pipeline, entry.stage, entry.revision) == ("sales", "new", 1)
    assert entry.data == {"changes": {"note": {"new": "saved"}}}
    assert entry.changes == {"fields": {"note": "saved"}, "responsible": 9}
    assert entry.occurred_at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert (entry.actor, entry.cause, entry.chain) == (CLARA, "user", ("invoice:7#3:invoice_paid",))
    assert entry.outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    assert entry.outcome.decided_at == entry.decided_at


async def test_an_event_that_wrote_nothing_has_no_changes_in_the_ledger(
    commits: Commits, deals: Database, deal: Item
) -> None:
    await commits.commit(a_commit(fields={"note": "first"}, reads={"note": "first"}))

    [entry] = await Decisions(deals).of_item(DEAL_1)
    assert entry.changes is None


async def test_the_newest_ledger_entries_come_newest_last(
    commits: Commits, deals: Database, deal: Item
) -> None:
    for number in range(5):
        await commits.commit(a_commit(f"e-{number}"))

    entries = await Decisions(deals).of_item(DEAL_1, limit=3)
    assert [entry.event_id for entry in entries] == ["e-2", "e-3", "e-4"]


async def test_a_rejected_event_is_recorded_and_changes_nothing(
    commits: Commits, items: Items, deals: Database, deal: Item
) -> None:
    stored = await commits.commit(
        a_commit("e-1", verdict=Verdict.REJECTED, reason="unknown field 'nots'", actor=CLARA, cause="user")
    )

    assert (stored.answer.answer, stored.answer.version) == (Answer.COMMITTED, 1)
    record = (await items.timeline(DEAL_1))[-1]
    assert (record.kind, record.text, record.event_id) == ("rejected", "unknown field 'nots'", "e-1")
    assert (record.author, record.cause_user, record.to_stage) == (None, CLARA, None)
    assert len(await items.history(DEAL_1)) == 1
    [entry] = await Decisions(deals).of_item(DEAL_1)
    assert (entry.verdict, entry.reason) == (Verdict.REJECTED, "unknown field 'nots'")


async def test_a_rejected_event_of_an_unknown_item_is_recorded_once(
    commits: Commits, items: Items, deals: Database, database_url: str
) -> None:
    unknown = ItemRef("procurement", 404)
    commit = rejection("procurement:404", "e-1", "field_changed", "there is no such item", "run-1/1")

    first = await commits.commit(commit)
    retry = await commits.commit(commit)
    duplicate = await commits.commit(
        rejection("procurement:404", "e-1", "field_changed", "there is no such item", "run-2/1")
    )

    assert first.answer.answer is Answer.COMMITTED
    assert (first.answer.item, first.answer.version, first.pipeline) == (None, None, None)
    assert first.answer.outcome is not None
    assert (first.answer.outcome.verdict, first.answer.outcome.reason) == (
        Verdict.REJECTED,
        "there is no such item",
    )
    assert (retry.answer.answer, retry.answer.outcome) == (Answer.COMMITTED, first.answer.outcome)
    assert duplicate.answer.answer is Answer.ALREADY_DONE
    assert [record.kind for record in await items.timeline(unknown)] == ["rejected"]
    assert len(await Decisions(deals).of_item(unknown)) == 1


async def test_an_item_on_a_deleted_stage_takes_events(
    commits: Commits, deal: Item, database_url: str
) -> None:
    await query(database_url, "update items set stage = 'gone'")

    stored = await commits.commit(
        a_commit(verdict=Verdict.STAGE_NOT_IN_PIPELINE, stage="gone", fields={"note": "saved"})
    )

    assert (stored.answer.answer, stored.answer.version) == (Answer.COMMITTED, 2)


@pytest.mark.parametrize("text", ["a NUL: \0", "half a surrogate pair: \ud800"], ids=["NUL", "surrogate"])
async def test_what_postgresql_cannot_store_is_refused_and_not_to_be_retried(
    commits: Commits, deal: Item, text: str
) -> None:
    with pytest.raises(DataRefused) as refused:
        await commits.commit(a_commit(data={"note": text}))

    assert refused.value.__cause__ is not None
