"""Publishing: what is refused, and that no commit under the old revision succeeds afterwards (R13, R22)."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from crm.automations import Automation, TriggerState
from crm.commits import Answer
from crm.errors import Refused
from crm.items import Item
from crm.pipelines import Stage
from storage.automations import Automations
from storage.commits import Commits
from storage.database import Database
from storage.errors import RevisionMoved, UnknownPipeline
from tests.support.commits import a_commit, a_move
from tests.support.databases import WAITING, connected, query
from tests.support.deals import ANNA, DEAL, SALES, field_trigger, publish_triggers
from tests.support.polling import eventually


@pytest.fixture
def automations(deals: Database) -> Automations:
    return Automations(deals)


async def current_of(automations: Automations) -> Automation:
    current = await automations.current("deal", "sales")
    assert current is not None
    return current


async def test_a_publish_makes_the_next_revision_and_keeps_the_former(automations: Automations) -> None:
    current = await current_of(automations)
    changed = current.model_copy(update={"triggers": (field_trigger("t-1", "won", "note"),)})

    published = await automations.publish(changed, 1, ANNA, "first trigger")

    assert published.revision == 2
    assert await automations.current("deal", "sales") == published
    assert await automations.current_revision("deal", "sales") == 2
    assert await automations.at("deal", "sales", 1) == current
    assert await automations.at("deal", "sales", 2) == published
    assert await automations.at("deal", "sales", 3) is None


async def test_author_time_and_comment_are_kept(automations: Automations, database_url: str) -> None:
    await automations.publish(await current_of(automations), 1, ANNA, "as it was")

    rows = "select author, comment, created_at is not null from automation_revisions where revision = 2"
    assert await query(database_url, rows) == [(ANNA, "as it was", True)]


async def test_triggers_keep_their_order(automations: Automations, deals: Database) -> None:
    published = await publish_triggers(
        deals,
        field_trigger("z", "won", "note"),
        field_trigger("a", "won", "note"),
        field_trigger("m", "negotiation", "note"),
    )

    assert [one.id for one in published.triggers] == ["z", "a", "m"]
    assert [one.id for one in (await current_of(automations)).triggers] == ["z", "a", "m"]


async def test_a_publish_based_on_an_older_revision_is_refused(
    automations: Automations, deals: Database
) -> None:
    old = await current_of(automations)
    await publish_triggers(deals, field_trigger("t-1", "won", "note"))

    with pytest.raises(RevisionMoved) as moved:
        await automations.publish(old, 1, ANNA)

    assert (moved.value.based_on, moved.value.current) == (1, 2)
    assert "pipeline deal:sales is at revision 2" in str(moved.value)
    assert await automations.current_revision("deal", "sales") == 2


async def test_of_publishes_at_once_one_succeeds(automations: Automations) -> None:
    current = await current_of(automations)

    results = await asyncio.gather(
        *(automations.publish(current, 1, ANNA) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(one, Automation) for one in results) == 1
    assert sum(isinstance(one, RevisionMoved) for one in results) == 4


async def test_an_invalid_automation_is_refused_with_every_place(automations: Automations) -> None:
    current = await current_of(automations)
    triggers = (
        field_trigger("t-1", "nowhere", "note"),
        field_trigger("t-2", "won", "nots", on_behalf_of=404),
        field_trigger("t-3", "nowhere", "nots", state=TriggerState.DRAFT),
    )

    with pytest.raises(Refused) as refused:
        await automations.publish(current.model_copy(update={"triggers": triggers}), 1, ANNA)

    assert [problem.place for problem in refused.value.problems] == [
        "triggers[0].stage",
        "triggers[1].on_behalf_of",
        "triggers[1].settings.fields[0].field",
    ]
    assert await automations.current_revision("deal", "sales") == 1


async def test_stages_and_fields_are_those_of_the_tables(automations: Automations) -> None:
    invented = Automation(
        pipeline=SALES.model_copy(update={"stages": (Stage(code="invented"),)}), fields=(), revision=1
    )

    published = await automations.publish(invented, 1, ANNA)

    assert published.pipeline == SALES
    assert published.fields == DEAL.fields


async def test_a_pipeline_that_is_not_defined_is_refused(automations: Automations) -> None:
    unknown = Automation(pipeline=SALES.model_copy(update={"code": "renewals"}))

    with pytest.raises(UnknownPipeline, match="there is no pipeline deal:renewals"):
        await automations.publish(unknown, 0, ANNA)
    assert await automations.current("deal", "renewals") is None
    assert await automations.current_revision("deal", "renewals") is None


@pytest.mark.parametrize(
    "statement", ["update automation_revisions set comment = 'x'", "delete from automation_revisions"]
)
async def test_a_revision_cannot_be_changed(deals: Database, database_url: str, statement: str) -> None:

    with pytest.raises(
        asyncpg.RestrictViolationError, match="revision 1 of pipeline deal:sales is immutable"
    ):
        await query(database_url, statement)


async def test_a_publish_waits_for_commits_that_are_under_way(
    automations: Automations, commits: Commits, deal: Item, database_url: str
) -> None:
    current = await current_of(automations)
    async with connected(database_url) as slow_worker:
        transaction = slow_worker.transaction()
        await transaction.start()
        await slow_worker.execute("select pg_advisory_xact_lock_shared(pipeline_lock_key('deal', 'sales'))")
        publish = asyncio.create_task(automations.publish(current, 1, ANNA))
        await eventually(lambda: query(database_url, WAITING), [(1,)].__eq__)
        assert not publish.done()
        await transaction.commit()

    assert (await publish).revision == 2


async def test_a_commit_waits_for_a_publish_that_is_under_way_and_is_stale_then(
    automations: Automations, commits: Commits, deal: Item, database_url: str
) -> None:
    async with connected(database_url) as slow_publisher:
        transaction = slow_publisher.transaction()
        await transaction.start()
        await slow_publisher.execute("select pg_advisory_xact_lock(pipeline_lock_key('deal', 'sales'))")
        await slow_publisher.execute(
            "insert into automation_revisions "
            "select item_type, pipeline, 2, content from automation_revisions"
        )
        await slow_publisher.execute("update pipelines set revision = 2")
        commit = asyncio.create_task(commits.commit(a_move(revision=1)))
        await eventually(lambda: query(database_url, WAITING), [(1,)].__eq__)
        assert not commit.done()
        await transaction.commit()

    stored = await commit
    assert (stored.answer.answer, stored.revision) == (Answer.STALE_AUTOMATION, 2)


async def test_no_commit_under_the_old_revision_succeeds_once_a_publish_has_returned(
    automations: Automations, commits: Commits, deal: Item
) -> None:
    published = 1
    finished = asyncio.Event()
    succeeded: list[int] = []

    async def commit_without_pause(name: str) -> None:
        number = 0
        while not finished.is_set():
            at_start, number = published, number + 1
            # Always under the revision before: right only until the publish has returned.
            revision = max(1, at_start - number % 2)
            stored = await commits.commit(a_commit(f"{name}-{number}", revision=revision))
            if stored.answer.answer is Answer.COMMITTED:
                succeeded.append(revision)
                assert revision >= at_start

    async def count_succeeded() -> int:
        return len(succeeded)

    committers = [asyncio.create_task(commit_without_pause(f"c-{number}")) for number in range(4)]
    for revision in range(1, 16):
        await automations.publish(await current_of(automations), revision, ANNA)
        published = revision + 1
        # Lets each revision have its commits before the next.
        await eventually(count_succeeded, len(succeeded).__lt__)
    finished.set()
    await asyncio.gather(*committers)

    assert max(succeeded) == 16
