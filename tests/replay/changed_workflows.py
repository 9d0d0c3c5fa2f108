"""Changes that running items would not survive: other commands, or the same in another order.

Each is the workflow under its own name, with one thing done differently.
"""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from crm import contract
from crm.commits import Commit, CommitAnswer, Outcome
from workflows.crm_item import CrmItem
from workflows.operator_view import RESPONSIBLE


@workflow.defn(name=contract.WORKFLOW_TYPE)
class ShowsBeforeCommitting(CrmItem):
    """Writes a search attribute before the commit instead of after it."""

    @workflow.init
    def __init__(self, carried: Any = None) -> None:
        super().__init__(carried)

    @workflow.run
    async def run(self, carried: Any = None) -> None:
        await super().run(carried)

    async def _commit(self, commit: Commit) -> CommitAnswer:
        workflow.upsert_search_attributes([RESPONSIBLE.value_set("7")])
        return await super()._commit(commit)


@workflow.defn(name=contract.WORKFLOW_TYPE)
class PausesBeforeCommitting(CrmItem):
    """Starts a timer before each commit."""

    @workflow.init
    def __init__(self, carried: Any = None) -> None:
        super().__init__(carried)

    @workflow.run
    async def run(self, carried: Any = None) -> None:
        await super().run(carried)

    async def _commit(self, commit: Commit) -> CommitAnswer:
        await workflow.sleep(1)
        return await super()._commit(commit)


@workflow.defn(name=contract.WORKFLOW_TYPE)
class OpensTwice(CrmItem):
    """Opens the item once more before each commit."""

    @workflow.init
    def __init__(self, carried: Any = None) -> None:
        super().__init__(carried)

    @workflow.run
    async def run(self, carried: Any = None) -> None:
        await super().run(carried)

    async def _commit(self, commit: Commit) -> CommitAnswer:
        await self._open()
        return await super()._commit(commit)


@workflow.defn(name=contract.WORKFLOW_TYPE)
class ShowsNothing(CrmItem):
    """Writes no search attributes."""

    @workflow.init
    def __init__(self, carried: Any = None) -> None:
        super().__init__(carried)

    @workflow.run
    async def run(self, carried: Any = None) -> None:
        await super().run(carried)

    def _upsert(self, outcome: Outcome | None) -> None:
        pass


CHANGED = (ShowsBeforeCommitting, PausesBeforeCommitting, OpensTwice, ShowsNothing)
