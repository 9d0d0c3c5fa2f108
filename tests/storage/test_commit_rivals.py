"""Commits for one item at the same time: the second waits for the first, then sees what it left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic_core import to_json

from crm.commits import Answer, Commit, rejection
from crm.items import Item, ItemRef
from storage.commits import Commits, StoredAnswer
from storage.items import Items
from tests.support.commits import a_move
from tests.support.databases import connected, query
from tests.support.polling import eventually

DEAL_1 = ItemRef("deal", 1)

WAITING = """
select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


@asynccontextmanager
async def under_way(database_url: str, first: Commit) -> AsyncIterator[None]:
    """A commit that has written everything and ends its transaction with the block."""
    async with connected(database_url) as slow_worker, slow_worker.transaction():
        await slow_worker.execute("select commit_event($1::jsonb)", to_json(first).decode())
        yield


async def commit_beside(commits: Commits, database_url: str, first: Commit, second: Commit) -> StoredAnswer:
    """The answer to the second commit, which comes while the first is under way."""
    async with under_way(database_url, first):
        rival = asyncio.create_task(commits.commit(second))
        await eventually(lambda: query(database_url, WAITING), [(1,)].__eq__)
        assert not rival.done()
    return await rival


async def test_a_rival_with_the_same_event_is_already_done(
    commits: Commits, items: Items, deal: Item, database_url: str
) -> None:
    stored = await commit_beside(
        commits, database_url, a_move("e-1", commit_id="run-1/1"), a_move("e-1", commit_id="run-2/1")
    )

    assert stored.answer.answer is Answer.ALREADY_DONE
    assert stored.answer.version == 2
    assert stored.answer.item is not None
    assert stored.answer.item.stage == "negotiation"
    assert len(await items.history(DEAL_1)) == 2


async def test_a_rival_with_another_event_sees_the_move(
    commits: Commits, items: Items, deal: Item, database_url: str
) -> None:
    stored = await commit_beside(commits, database_url, a_move("e-1"), a_move("e-2", "approval"))

    assert stored.answer.answer is Answer.STALE_ITEM
    assert stored.answer.item is not None
    assert (stored.answer.item.stage, stored.answer.item.arrival) == ("negotiation", 2)
    assert len(await items.history(DEAL_1)) == 2


async def test_a_rival_rejection_of_an_unknown_item_is_already_done(
    commits: Commits, items: Items, database_url: str
) -> None:
    stored = await commit_beside(
        commits,
        database_url,
        rejection("deal:404", "e-1", "", "there is no such item", "run-1/1"),
        rejection("deal:404", "e-1", "", "there is no such item", "run-2/1"),
    )

    assert stored.answer.answer is Answer.ALREADY_DONE
    assert stored.answer.outcome is not None
    assert stored.answer.outcome.reason == "there is no such item"
    assert len(await items.timeline(ItemRef("deal", 404))) == 1


async def test_of_ten_commits_of_one_event_at_once_one_moves_and_all_have_its_outcome(
    commits: Commits, items: Items, deal: Item
) -> None:
    answers = await asyncio.gather(
        *(commits.commit(a_move("e-1", commit_id=f"run-{number}")) for number in range(10))
    )

    by_answer = sorted(stored.answer.answer for stored in answers)
    assert by_answer == [Answer.ALREADY_DONE] * 9 + [Answer.COMMITTED]
    outcomes = [stored.answer.outcome for stored in answers if stored.answer.outcome]
    assert len(outcomes) == 10
    assert {(one.to_stage, one.arrival, one.decided_at) for one in outcomes} == {
        ("negotiation", 2, outcomes[0].decided_at)
    }
    assert [change.to_stage for change in await items.history(DEAL_1)] == ["new", "negotiation"]
    assert [record.kind for record in await items.timeline(DEAL_1)] == ["created", "moved"]
