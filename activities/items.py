"""What an item's workflow asks of the database: open the item, commit a decided event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.automations import PackedAutomations
from crm import contract
from crm.commits import Answer, Commit, CommitAnswer, OpenAnswer, OpenRequest
from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.errors import DataRefused, StorageError
from storage.items import Items


class ItemActivities:
    """Safe to repeat: opening only reads, and a commit is done once for its event."""

    def __init__(self, items: Items, commits: Commits, automations: PackedAutomations) -> None:
        self._items = items
        self._commits = commits
        self._automations = automations

    @activity.defn(name=contract.ACTIVITY_OPEN_ITEM)
    async def open_item(self, request: OpenRequest) -> OpenAnswer:
        """The item and the automation that counts now."""
        with told_briefly():
            stored = await self._items.load(ItemRef.parse(request.item))
            if stored is None:
                return OpenAnswer()
            item = stored.item
            packed, automation = await self._automations.current(item.item_type, item.pipeline)
        return OpenAnswer(
            item=with_fields(item, [*automation.fields_read, *request.fields]), automation=packed
        )

    @activity.defn(name=contract.ACTIVITY_COMMIT_EVENT)
    async def commit_event(self, commit: Commit) -> CommitAnswer:
        """One transaction (design section 4). What can never be written is not retried."""
        with told_briefly():
            stored = await self._commits.commit(commit)
            answer = stored.answer
            if answer.item is None or stored.revision is None:
                return answer
            packed, automation = await self._automations.at(
                answer.item.item_type, answer.item.pipeline, stored.revision
            )
        is_news = (commit.pipeline, commit.revision) != (answer.item.pipeline, stored.revision)
        brings_automation = is_news and answer.answer in (Answer.STALE_AUTOMATION, Answer.STALE_ITEM)
        fields = [*automation.fields_read, *commit.fields, *commit.reads, *commit.known]
        return replace(
            answer,
            item=with_fields(answer.item, fields),
            automation=packed if brings_automation else None,
        )


@contextmanager
def told_briefly() -> Iterator[None]:
    """Let errors of the storage go on as failures without their causes.

    A failure enters the item's history, and the server shows none of more than some 4 KB to an operator:
    the stack traces of its causes would be all that there is.
    """
    try:
        yield
    except DataRefused as error:
        raise ApplicationError(str(error), type=contract.ERROR_COMMIT_REFUSED, non_retryable=True) from None
    except StorageError as error:
        raise ApplicationError(str(error), type=type(error).__name__) from None


def with_fields(item: Item, codes: Iterable[str]) -> Item:
    """The item with these fields alone, an empty one as null: what its workflow needs to know."""
    return replace(item, fields={code: item.fields.get(code) for code in dict.fromkeys(codes)})
