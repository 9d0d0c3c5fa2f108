"""The moves of all items as they happen."""

from __future__ import annotations

from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.database import Database
from storage.feed import MoveFeed
from storage.items import Items, NewItem
from tests.support.commits import a_commit, a_move
from tests.support.deals import ANNA


async def test_moves_are_told_once_from_the_start_of_the_feed_on(
    deals: Database, deal: Item, commits: Commits
) -> None:
    await commits.commit(a_move("before"))
    feed = MoveFeed(deals)
    await feed.start()
    assert await feed.poll() == []

    await commits.commit(a_commit("no-move", stage="negotiation", known_version=2))
    moved = a_move("after", "approval", commit_id="2", stage="negotiation", known_version=2)
    await commits.commit(moved)

    [(ref, record)] = await feed.poll()
    assert ref == ItemRef("deal", 1)
    assert (record.from_stage, record.to_stage, record.event_id) == ("negotiation", "approval", "after")
    assert await feed.poll() == []


async def test_a_move_that_got_its_id_earlier_but_is_committed_later_is_told_too(
    deals: Database, deal: Item, items: Items, commits: Commits
) -> None:
    await items.create(NewItem(item_type="deal", responsible=ANNA))
    feed = MoveFeed(deals)
    await feed.start()

    async with deals.transaction() as slow:
        await slow.fetch_value("commit_event", a_move("slow"))
        await commits.commit(a_move("quick", item="deal:2"))
        assert [record.event_id for _, record in await feed.poll()] == ["quick"]

    assert [record.event_id for _, record in await feed.poll()] == ["slow"]
