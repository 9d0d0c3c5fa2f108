"""The four answers of a commit, one by one, and who is answered what when several ask at once."""

from __future__ import annotations

from crm.commits import Answer
from crm.decisions import Verdict
from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.database import Database
from storage.items import Items, NewItem
from tests.support.commits import a_commit, a_move
from tests.support.databases import query
from tests.support.deals import field_trigger, publish_triggers

DEAL_1 = ItemRef("deal", 1)


async def test_a_move_that_stands_is_committed(commits: Commits, items: Items, deal: Item) -> None:
    stored = await commits.commit(a_move("e-1"))

    assert stored.answer.answer is Answer.COMMITTED
    assert stored.answer.version == 2
    assert stored.answer.item is None
    assert (stored.pipeline, stored.revision) == ("sales", 1)
    outcome = stored.answer.outcome
    assert outcome is not None
    assert (outcome.item, outcome.event_id, outcome.verdict) == ("deal:1", "e-1", Verdict.MOVED)
    assert (outcome.from_stage, outcome.to_stage) == ("new", "negotiation")
    assert (outcome.trigger, outcome.trigger_name) == ("contract-uploaded", "Contract uploaded")
    assert (outcome.author, outcome.author_note, outcome.arrival) == (5, None, 2)
    assert outcome.decided_at is not None
    assert outcome.decided_at.tzinfo is not None
    now = await items.load(DEAL_1)
    assert now is not None
    assert (now.item.stage, now.item.version, now.item.arrival) == ("negotiation", 2, 2)
    assert now.modified_at > now.created_at


async def test_an_event_that_changes_nothing_leaves_the_version(commits: Commits, deal: Item) -> None:
    stored = await commits.commit(a_commit())

    assert (stored.answer.answer, stored.answer.version) == (Answer.COMMITTED, 1)
    assert stored.answer.outcome is not None
    assert stored.answer.outcome.arrival is None
    assert stored.answer.outcome.from_stage is None


async def test_a_retry_of_the_same_commit_is_committed_with_the_stored_outcome(
    commits: Commits, items: Items, deal: Item
) -> None:
    first = await commits.commit(a_move())
    again = await commits.commit(a_move())

    assert again.answer.answer is Answer.COMMITTED
    assert again.answer.outcome == first.answer.outcome
    assert again.answer.version == 2
    assert again.answer.item is not None
    assert again.answer.item.stage == "negotiation"
    assert len(await items.history(DEAL_1)) == 2


async def test_another_commit_of_the_same_event_is_already_done_whatever_it_holds(
    commits: Commits, items: Items, deal: Item, database_url: str
) -> None:
    await commits.commit(a_move("e-1", commit_id="run-1/1"))
    second = await commits.commit(
        a_move("e-1", "approval", commit_id="run-2/1", stage="negotiation", known_version=2)
    )

    assert second.answer.answer is Answer.ALREADY_DONE
    assert second.answer.outcome is not None
    assert second.answer.outcome.to_stage == "negotiation"
    assert second.answer.outcome.duplicate
    assert second.answer.version == 2
    assert second.answer.item is not None
    assert (second.answer.item.stage, second.answer.item.fields) == ("negotiation", {"note": "first"})
    assert (second.pipeline, second.revision) == ("sales", 1)
    counts = "select (select count(*) from ledger), (select count(*) from timeline)"
    assert await query(database_url, counts) == [(1, 2)]


async def test_the_same_event_id_on_another_item_is_another_event(
    commits: Commits, items: Items, deal: Item
) -> None:
    await items.create(NewItem(item_type="deal", responsible=5))

    assert (await commits.commit(a_move("e-1"))).answer.answer is Answer.COMMITTED
    assert (await commits.commit(a_move("e-1", item="deal:2"))).answer.answer is Answer.COMMITTED


async def test_an_older_revision_is_a_stale_automation(
    commits: Commits, items: Items, deals: Database, deal: Item
) -> None:
    await publish_triggers(deals, field_trigger("t-1", "won", "note"))

    stored = await commits.commit(a_move(revision=1))

    assert stored.answer.answer is Answer.STALE_AUTOMATION
    assert stored.answer.outcome is None
    assert (stored.pipeline, stored.revision) == ("sales", 2)
    assert stored.answer.item == deal
    assert stored.answer.version == 1
    assert len(await items.history(DEAL_1)) == 1


async def test_another_pipeline_than_the_items_is_a_stale_item(commits: Commits, deal: Item) -> None:
    stored = await commits.commit(a_move(pipeline="renewals"))

    assert stored.answer.answer is Answer.STALE_ITEM
    assert stored.answer.item == deal
    assert (stored.pipeline, stored.revision) == ("sales", 1)


async def test_an_item_that_does_not_exist_is_a_stale_item_without_an_item(
    commits: Commits, database_url: str
) -> None:
    stored = await commits.commit(a_move(item="deal:404"))

    assert stored.answer.answer is Answer.STALE_ITEM
    assert stored.answer.item is None
    assert stored.answer.version is None
    assert (stored.pipeline, stored.revision) == (None, None)
    assert await query(database_url, "select count(*) from ledger") == [(0,)]


async def test_a_stale_commit_writes_nothing_and_may_be_decided_again(commits: Commits, deal: Item) -> None:
    await commits.commit(a_move("e-1"))

    stale = await commits.commit(a_move("e-2", "approval", commit_id="run-1/2"))
    again = await commits.commit(
        a_move("e-2", "approval", commit_id="run-1/2", stage="negotiation", known_version=2)
    )

    assert stale.answer.answer is Answer.STALE_ITEM
    assert stale.answer.item is not None
    assert (stale.answer.item.stage, stale.answer.item.version) == ("negotiation", 2)
    assert again.answer.answer is Answer.COMMITTED
