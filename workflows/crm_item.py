"""`CrmItem`: the long life of one item, as a workflow that waits for messages.

Handlers put messages into the inbox; the run method takes them one at a time, decides
(crm.decide) and commits (design section 4). Everything that it knows of the world came out of
an activity. Names are pinned in crm.contract; see CONTRIBUTING.md before changing what it does.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from crm import contract
from crm.commits import (
    Answer,
    Commit,
    CommitAnswer,
    OpenAnswer,
    OpenRequest,
    Outcome,
    commit_of,
    rejection,
)
from crm.compiled import CompiledAutomation, load
from crm.decide import changed_item, decide, missing_fields
from crm.decisions import Decision, Verdict
from crm.events import read_event
from crm.items import Item, ItemRefError
from crm.messages import Event, MessageRefused, read_envelope
from workflows.database_work import DatabaseAway, Refusal, patiently, quickly
from workflows.inbox import Entry, Inbox, message_of, read_entry
from workflows.operator_view import (
    SHOWN_DECISIONS,
    current_details,
    describe,
    search_attribute_updates,
    waiting_line,
)
from workflows.run_length import RunLength
from workflows.state import (
    REMEMBERED_DECISIONS,
    REMEMBERED_EVENTS,
    Carried,
    Pending,
    RecentDecision,
    decisions_that_fit,
    outcomes_that_fit,
    read_carried,
)

T = TypeVar("T")

STALE_IN_A_ROW = 5
"""An event that is stale so often waits a moment between tries."""


@workflow.defn(name=contract.WORKFLOW_TYPE)
class CrmItem:
    """One item. The argument is state from an earlier run; producers start it without any."""

    @workflow.init
    def __init__(self, carried: Any = None) -> None:
        state = read_carried(carried)
        self._ref = ""
        self._recent = state.recent
        self._earlier_decisions = state.decisions
        self._decisions: list[RecentDecision] = []
        self._counters = state.counters
        self._item: Item | None = state.item
        self._automation: CompiledAutomation | None = None
        self._runs = state.runs
        self._commits = 0
        self._run = RunLength()
        self._trouble: str | None = None
        self._inbox = Inbox([Entry(one.name, one.content, one.unreadable) for one in state.pending])

    # ------------------------------------------------------------------------------- messages

    @workflow.signal(dynamic=True)
    def on_signal(self, name: str, messages: Sequence[RawValue]) -> None:
        """Every signal, whatever its name and content: even one that can't be understood is kept."""
        self._inbox.put(read_entry(name, messages))

    @workflow.update(name=contract.UPDATE_SUBMIT_EVENT)
    async def submit_event(self, message: RawValue) -> Outcome:
        """An event of any kind of the catalogue, answered with its outcome."""
        return await self._answered(contract.UPDATE_SUBMIT_EVENT, message)

    @workflow.update(name=contract.UPDATE_MOVE_STAGE)
    async def move_stage(self, message: RawValue) -> Outcome:
        """A move by hand, answered with its outcome (R10)."""
        return await self._answered(contract.UPDATE_MOVE_STAGE, message)

    @submit_event.validator
    def _validate_event(self, message: RawValue) -> None:
        self._validate(contract.UPDATE_SUBMIT_EVENT, message)

    @move_stage.validator
    def _validate_move(self, message: RawValue) -> None:
        self._validate(contract.UPDATE_MOVE_STAGE, message)

    def _validate(self, name: str, message: RawValue) -> None:
        if self._run.is_overdue(self._inbox):
            busy = "the item is beginning a new run; send it again"
            raise ApplicationError(busy, type=contract.ERROR_ITEM_BUSY)
        _refuse_unidentified(name, message)

    async def _answered(self, name: str, message: RawValue) -> Outcome:
        entry = read_entry(name, [message])
        entry.answer = asyncio.get_running_loop().create_future()
        update = workflow.current_update_info()
        entry.update_id = update.id if update else None
        self._inbox.put(entry)
        return await entry.answer

    @workflow.query(name=contract.QUERY_ITEM)
    def item(self) -> dict[str, Any]:
        """The item as the workflow knows it, with what it has handled and what waits."""
        return {
            "item": self._ref,
            "known": asdict(self._item) if self._item else None,
            "revision": self._automation.revision if self._automation else None,
            "counters": asdict(self._counters),
            "waiting": len(self._inbox),
            "trouble": self._trouble,
            "runs": self._runs,
        }

    @workflow.query(name=contract.QUERY_DECISIONS)
    def decisions(self) -> list[dict[str, Any]]:
        """The last 20 decisions, explained, newest last."""
        recent = [decision.explain() for decision in self._decisions]
        return [*self._earlier_decisions, *recent][-REMEMBERED_DECISIONS:]

    # ------------------------------------------------------------------------------- the loop

    @workflow.run
    async def run(self, carried: Any = None) -> None:
        """Handle messages for as long as the item lives; return only if there is no such item."""
        try:
            self._ref = str(contract.item_of(workflow.info().workflow_id))
        except ItemRefError as error:
            raise ApplicationError(
                str(error), type=contract.ERROR_ITEM_NOT_FOUND, non_retryable=True
            ) from error
        await self._open()
        while self._item is not None:
            self._show()
            await workflow.wait_condition(lambda: bool(self._inbox))
            while self._inbox and not self._run.is_flooded(self._inbox):
                await self._handle(self._inbox.take())
            if self._run.is_long(self._inbox):
                await self._let_callers_go()
                if workflow.all_handlers_finished() and (
                    not self._inbox or self._run.is_flooded(self._inbox)
                ):
                    workflow.continue_as_new(self._carried())
        await self._reject_all()

    async def _let_callers_go(self) -> None:
        """Callers get their answer in the run that has it; one who came meanwhile is handled first."""
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self._inbox.has_caller())

    def _carried(self) -> Carried:
        return Carried(
            recent=outcomes_that_fit(self._recent),
            decisions=decisions_that_fit(self.decisions()),
            counters=self._counters,
            item=replace(self._item, fields={}, executed_documents=()) if self._item else None,
            pending=[Pending(one.name, one.content, one.unreadable) for one in self._inbox.entries()],
            runs=self._runs + 1,
        )

    async def _reject_all(self) -> None:
        """There is no such item: whatever arrives until the workflow has ended is rejected."""
        while True:
            while self._inbox:
                await self._handle(self._inbox.take())
            await self._let_callers_go()
            if not self._inbox:
                return

    # --------------------------------------------------------------------------------- events

    async def _handle(self, entry: Entry) -> None:
        """One message from the inbox to its outcome; it never fails the workflow."""
        self._run.handle(len(entry.content))
        self._commits += 1
        # A caller whose workflow task was thrown away after the commit comes again with the same update.
        commit_id = entry.update_id or f"{workflow.info().run_id}:{self._commits}"
        try:
            event = read_event(entry.name, message_of(entry))
        except MessageRefused as refusal:
            outcome = await self._reject(entry.name, refusal, commit_id)
        else:
            outcome = self._remembered(event.event_id) or await self._decide_and_commit(event, commit_id)
        if outcome.duplicate:
            self._counters.duplicates += 1
        else:
            self._count(outcome)
        if entry.answer is None:
            return
        if self._item is None:
            entry.answer.set_exception(
                ApplicationError(outcome.reason or "", type=contract.ERROR_ITEM_NOT_FOUND, non_retryable=True)
            )
        else:
            entry.answer.set_result(outcome)

    def _remembered(self, event_id: str) -> Outcome | None:
        known = self._recent.get(event_id)
        return replace(known, duplicate=True) if known else None

    def _count(self, outcome: Outcome) -> None:
        self._counters.handled += 1
        self._counters.moved += outcome.verdict is Verdict.MOVED
        self._counters.rejected += outcome.verdict is Verdict.REJECTED

    async def _decide_and_commit(self, event: Event, commit_id: str) -> Outcome:
        stale = 0
        while self._item is not None and self._automation is not None:
            missing = missing_fields(self._item, self._automation, event)
            if missing:
                await self._open(missing)
                continue
            decision = decide(self._item, self._automation, event)
            commit = commit_of(self._item, decision, event.envelope, commit_id)
            try:
                answer = await self._commit(commit)
            except Refusal as refusal:
                reason = decision.reason or f"the database refuses it: {str(refusal).splitlines()[0]}"
                refused = MessageRefused(reason, event.event_id, event.envelope)
                return await self._reject(event.kind, refused, commit_id)
            if answer.answer in (Answer.COMMITTED, Answer.ALREADY_DONE) and answer.outcome:
                self._apply(event, decision, answer)
                return self._concluded(answer, event.kind, decision)
            self._refresh(answer.item, answer.automation)
            stale += 1
            if stale % STALE_IN_A_ROW == 0:
                await workflow.sleep(1)
        refused = MessageRefused(self._no_item(), event.event_id, event.envelope)
        return await self._reject(event.kind, refused, commit_id)

    async def _reject(self, kind: str, refusal: MessageRefused, commit_id: str) -> Outcome:
        """Record a message that can't be handled, under an id of our own where it has none."""
        event_id = refusal.event_id or f"unidentified:{commit_id}"
        remembered = self._remembered(event_id)
        if remembered:
            return remembered
        reason = refusal.reason if self._item is not None else self._no_item()
        commit = rejection(self._ref, event_id, kind, reason, commit_id, refusal.envelope)
        try:
            answer = await self._commit(commit)
        except Refusal as error:
            # Nothing is left that could be written; the item must go on all the same.
            workflow.logger.error("a rejection of %s could not be recorded: %s", event_id, error)
            return Outcome(item=self._ref, event_id=event_id, verdict=Verdict.REJECTED, reason=commit.reason)
        return self._concluded(answer, commit.kind, None)

    def _concluded(self, answer: CommitAnswer, kind: str, decision: Decision | None) -> Outcome:
        """The outcome to answer with; the first one is remembered for whoever sends the event again."""
        assert answer.outcome is not None
        duplicate = answer.answer is Answer.ALREADY_DONE
        first = replace(answer.outcome, duplicate=False)
        self._recent[first.event_id] = first
        if len(self._recent) > REMEMBERED_EVENTS:
            del self._recent[next(iter(self._recent))]
        if not duplicate:
            # An attempt that was given up may have been the one that was written, before a later decision.
            same = decision and (decision.verdict, decision.revision) == (first.verdict, first.revision)
            self._decisions.append(RecentDecision(kind, first, decision if same else None))
            del self._decisions[:-REMEMBERED_DECISIONS]
        return replace(first, duplicate=duplicate)

    def _no_item(self) -> str:
        return f"there is no item {self._ref}"

    # --------------------------------------------------------------------------- the database

    async def _open(self, fields: tuple[str, ...] = ()) -> None:
        request = OpenRequest(item=self._ref, fields=fields)
        opened = await self._in_database(
            contract.ACTIVITY_OPEN_ITEM, request, OpenAnswer, f"open {self._ref}"
        )
        self._refresh(opened.item, opened.automation)

    async def _commit(self, commit: Commit) -> CommitAnswer:
        summary = f"commit {commit.kind} {commit.event_id}"
        return await self._in_database(contract.ACTIVITY_COMMIT_EVENT, commit, CommitAnswer, summary)

    async def _in_database(self, activity: str, request: Any, answer: type[T], summary: str) -> T:
        """First quickly, then patiently (docs/decisions/0004)."""
        if self._run.begins_task() and self._inbox:
            self._show()
        if self._run.task_must_end():
            return await patiently(activity, request, answer, summary)
        try:
            return await quickly(activity, request, answer, summary)
        except DatabaseAway as away:
            self._show_trouble(f"{summary} is retried since the database did not answer ({away})")
        try:
            return await patiently(activity, request, answer, summary)
        finally:
            self._trouble = None
            self._show()

    def _refresh(self, item: Item | None, automation: str | None) -> None:
        """Take what the database knows; fields that it did not bring stay as they were known."""
        if automation is not None:
            self._automation = load(automation)
        if item is not None and self._item is not None and item.version == self._item.version:
            item = replace(item, fields={**self._item.fields, **item.fields})
        self._item = item
        self._upsert(None)

    def _apply(self, event: Event, decision: Decision, answer: CommitAnswer) -> None:
        """The item as the commit left it."""
        assert self._item is not None
        assert answer.outcome is not None
        if answer.item is not None:
            self._item = answer.item
        elif answer.answer is Answer.COMMITTED:
            after = changed_item(self._item, replace(decision.change, views_responsible=False), event)
            if decision.move is not None:
                after = replace(
                    after, stage=decision.move.to_stage, arrival=answer.outcome.arrival or after.arrival
                )
            self._item = replace(after, version=answer.version or after.version)
        self._upsert(answer.outcome if answer.answer is Answer.COMMITTED else None)

    # --------------------------------------------------------------------------- the operator

    def _upsert(self, outcome: Outcome | None) -> None:
        if self._item is None or self._automation is None:
            return
        moved_at = outcome.decided_at if outcome and outcome.verdict is Verdict.MOVED else None
        current = workflow.info().typed_search_attributes
        workflow.upsert_search_attributes(
            search_attribute_updates(current, self._item, self._automation, moved_at)
        )

    def _show(self) -> None:
        waiting = waiting_line(len(self._inbox), self._trouble)
        if self._item is None or self._automation is None:
            workflow.set_current_details(waiting)
        else:
            workflow.set_current_details(
                current_details(self._item, self._automation, self._last_decisions(), self._counters, waiting)
            )

    def _last_decisions(self) -> list[str]:
        trials = {one.outcome.event_id: one.in_short() for one in self._decisions[-SHOWN_DECISIONS:]}
        outcomes = list(self._recent.values())[-SHOWN_DECISIONS:]
        return [describe(outcome, trials.get(outcome.event_id)) for outcome in outcomes]

    def _show_trouble(self, trouble: str) -> None:
        self._trouble = trouble
        self._show()


def _refuse_unidentified(name: str, message: RawValue) -> None:
    """A caller learns at once that a message is no JSON object or has no usable id.

    All else is accepted, recorded, and answered with its outcome.
    """
    try:
        read_envelope(message_of(read_entry(name, [message])))
    except MessageRefused as refusal:
        if refusal.event_id is None:
            raise ApplicationError(
                refusal.reason, type=contract.ERROR_MESSAGE_REFUSED, non_retryable=True
            ) from refusal
