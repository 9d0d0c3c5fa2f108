"""The client for backend services: tell an item what happened, ask what became of it.

    client = ItemClient(await connect())
    await client.field_changed("deal:42", {"contract": "file-17"}, event_id="crm-4711", actor=5)
    outcome = await client.submit("deal:42", "document_executed", {"document": "d-1"}, event_id="edi-9")

Every message carries an event id: the same id sent again changes nothing (R8), so retry freely.
An item whose workflow does not run yet is started with the message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import EllipsisType
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from pydantic_core import to_json
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from crm import contract
from crm.commits import Outcome
from crm.errors import CrmError
from crm.items import ItemRef
from crm.messages import MAX_SAVE_ID_LENGTH
from crm.values import Json

_WORKFLOW_TASK_TIMEOUT = timedelta(seconds=10)
_PAUSE_SECONDS = 0.1

_PASSING = (RPCStatusCode.ABORTED, RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION)
"""What Temporal says of an update when a run ends before taking it, or a workflow task is done again."""


_KEPT_OF_OVERSIZED = ("event_id", "kind", "occurred_at", "actor", "source")


class ItemNotFound(CrmError):
    """There is no item of this reference; nothing was changed, the attempt is recorded."""


class Refused(CrmError):
    """The message is no event: it has no usable event id. Nothing was recorded."""


class NotAnswered(CrmError):
    """Temporal or the workers did not answer in time; the event may still be handled: send it again."""


class _NotNow(Exception):
    """An update that was not taken, and may be in a moment; the message says why."""


class EventOptions(TypedDict, total=False):
    """The envelope of a message (crm.messages.Envelope); all but the id may be left out."""

    occurred_at: datetime
    actor: int
    source: str
    item_version: int
    automation: str
    chain: list[str]


class ItemClient:
    """Reaches items through Temporal. Items are named by reference: `deal:42`."""

    def __init__(self, temporal: Client, *, answer_timeout_seconds: float = 30) -> None:
        self._temporal = temporal
        self._answer_timeout = timedelta(seconds=answer_timeout_seconds)

    # ------------------------------------------------------------------ told, not awaited: signals

    async def start(self, item: str) -> None:
        """See that the item's workflow runs."""
        ref = ItemRef.parse(item)
        await self._temporal.start_workflow(
            contract.WORKFLOW_TYPE,
            id=contract.workflow_id(ref),
            task_queue=contract.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_timeout=_WORKFLOW_TASK_TIMEOUT,
            static_summary=str(ref),
            static_details=_details(ref),
        )

    async def field_changed(
        self, item: str, changes: Mapping[str, Json], *, event_id: str, **options: Unpack[EventOptions]
    ) -> None:
        """A save changed fields: new values by field code, or `{"old": ..., "new": ...}` in a `Changed`."""
        data = {"changes": field_changes(changes)}
        await self.signal(item, contract.SIGNAL_FIELD_CHANGED, message(event_id, data, **options))

    async def responsible_changed(
        self,
        item: str,
        new: int | None,
        *,
        event_id: str,
        old: int | EllipsisType | None = ...,
        **options: Unpack[EventOptions],
    ) -> None:
        """The responsible person was replaced; None is nobody. Without `old`, the known one counts.

        Give `old` with `item_version`: the item may be known with the new one by then.
        """
        data = {"new": new} if old is ... else {"old": old, "new": new}
        await self.signal(item, contract.SIGNAL_RESPONSIBLE_CHANGED, message(event_id, data, **options))

    async def document_executed(
        self,
        item: str,
        document: str,
        *,
        event_id: str,
        step: str = "executed",
        template: str | None = None,
        **options: Unpack[EventOptions],
    ) -> None:
        """A document of the item went through a step (R17)."""
        data = {"document": document, "template": template, "step": step}
        await self.signal(item, contract.SIGNAL_DOCUMENT_EXECUTED, message(event_id, data, **options))

    async def saved(
        self,
        item: str,
        changes: Mapping[str, Json],
        responsible: int | None,
        *,
        save_id: str,
        old_responsible: int | EllipsisType | None = ...,
        **options: Unpack[EventOptions],
    ) -> None:
        """One save that changed fields and the responsible person: two events, fields first (R16).

        Give old values, of the fields as `Changed`, with `item_version`.
        """
        if len(save_id) > MAX_SAVE_ID_LENGTH:
            raise Refused(
                f"a save's id has at most {MAX_SAVE_ID_LENGTH} characters; this one has {len(save_id)}"
            )
        data = {"changes": field_changes(changes), "responsible": responsible}
        await self.signal(item, contract.SIGNAL_FIELD_CHANGED, message(f"{save_id}:fields", data, **options))
        await self.responsible_changed(
            item, responsible, event_id=f"{save_id}:responsible", old=old_responsible, **options
        )

    async def event(
        self,
        item: str,
        kind: str,
        data: Mapping[str, Json],
        *,
        event_id: str,
        **options: Unpack[EventOptions],
    ) -> None:
        """An event of any kind of the catalogue."""
        await self.signal(
            item, contract.SIGNAL_ITEM_EVENT, {**message(event_id, data, **options), "kind": kind}
        )

    async def signal(self, item: str, name: str, content: Json) -> None:
        """Send a message as it is; the item's workflow starts with it if it does not run."""
        ref = ItemRef.parse(item)
        await self._temporal.start_workflow(
            contract.WORKFLOW_TYPE,
            id=contract.workflow_id(ref),
            task_queue=contract.TASK_QUEUE,
            start_signal=name,
            start_signal_args=[fitting(content)],
            task_timeout=_WORKFLOW_TASK_TIMEOUT,
            static_summary=str(ref),
            static_details=_details(ref),
        )

    # -------------------------------------------------------------------- asked and awaited: updates

    async def submit(
        self,
        item: str,
        kind: str,
        data: Mapping[str, Json],
        *,
        event_id: str,
        **options: Unpack[EventOptions],
    ) -> Outcome:
        """Send an event and wait for its outcome.

        Raises `ItemNotFound`, `Refused` or `NotAnswered`.
        """
        content = {**message(event_id, data, **options), "kind": kind}
        return await self.update(item, contract.UPDATE_SUBMIT_EVENT, content)

    async def move(self, item: str, stage: str, *, event_id: str, **options: Unpack[EventOptions]) -> Outcome:
        """Move the item by hand, in the name of `actor` (R10)."""
        return await self.update(
            item, contract.UPDATE_MOVE_STAGE, message(event_id, {"stage": stage}, **options)
        )

    async def update(self, item: str, name: str, content: Json) -> Outcome:
        """Send a message as it is and wait for its outcome; raises as `submit` does."""
        ref = ItemRef.parse(item)
        last_refusal = "is a worker running?"
        # The same in each attempt: so a commit whose answer was lost is known as this call's own.
        update_id = str(uuid4())
        try:
            # The SDK renews a wait that the server ends, so that its own time-out may never come.
            async with asyncio.timeout(self._answer_timeout.total_seconds()):
                while True:
                    try:
                        return await self._update_once(ref, name, content, update_id)
                    except _NotNow as not_now:
                        last_refusal = str(not_now)
                    await asyncio.sleep(_PAUSE_SECONDS)
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                # Temporal makes a time-out of it; whoever cancelled us waits for the cancellation.
                raise asyncio.CancelledError from error
            waited = self._answer_timeout.total_seconds()
            raise NotAnswered(
                f"{ref}: no answer within {waited:g} s; {last_refusal} The event "
                "may still be handled; sending it again with the same id is safe"
            ) from error

    async def _update_once(self, ref: ItemRef, name: str, content: Json, update_id: str) -> Outcome:
        try:
            outcome: Outcome = await self._temporal.execute_update_with_start_workflow(
                name,
                fitting(content),
                id=update_id,
                start_workflow_operation=WithStartWorkflowOperation(
                    contract.WORKFLOW_TYPE,
                    id=contract.workflow_id(ref),
                    task_queue=contract.TASK_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    task_timeout=_WORKFLOW_TASK_TIMEOUT,
                    static_summary=str(ref),
                    static_details=_details(ref),
                ),
                result_type=Outcome,
                rpc_timeout=self._answer_timeout,
            )
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == contract.ERROR_ITEM_BUSY:
                raise _NotNow(error.cause.message) from error
            raise _refusal(error) from error
        except RPCError as error:
            if error.status in _PASSING:
                raise _NotNow(f"Temporal says: {error.message}") from error
            raise NotAnswered(f"{ref}: {error.message}") from error
        return outcome

    # ---------------------------------------------------------------------------------- queries

    async def item(self, item: str) -> dict[str, Any]:
        """The item as its workflow knows it; raises `ItemNotFound` if none runs."""
        state: dict[str, Any] = await self._query(item, contract.QUERY_ITEM)
        return state

    async def decisions(self, item: str) -> list[dict[str, Any]]:
        """The last 20 decisions, explained."""
        decisions: list[dict[str, Any]] = await self._query(item, contract.QUERY_DECISIONS)
        return decisions

    async def _query(self, item: str, name: str) -> Any:
        try:
            return await self.handle(item).query(name)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise ItemNotFound(f"no workflow runs for {item}") from error
            raise

    def handle(self, item: str) -> WorkflowHandle[Any, Any]:
        """The handle of the item's workflow, for whatever else Temporal can do with it."""
        return self._temporal.get_workflow_handle(contract.workflow_id(ItemRef.parse(item)))


class Changed(dict[str, Json]):
    """A field's change with its old value: `Changed(old=..., new=...)`."""


def field_changes(changes: Mapping[str, Json]) -> dict[str, Json]:
    """The wire form of changes that are given as new values, or as `Changed`."""
    return {
        code: dict(change) if isinstance(change, Changed) else {"new": change}
        for code, change in changes.items()
    }


def message(event_id: str, data: Mapping[str, Any], **options: Unpack[EventOptions]) -> dict[str, Any]:
    """A message as it goes over the wire."""
    return {"event_id": event_id, **options, "data": dict(data)}


def fitting(content: Json) -> Json:
    """The message itself, or, where it is too large to send, what records its rejection."""
    size = len(to_json(content))
    if size <= contract.MAX_MESSAGE_BYTES or not isinstance(content, dict):
        return content
    small = {key: value for key in _KEPT_OF_OVERSIZED if len(to_json(value := content.get(key))) <= 300}
    return {**small, "oversized_bytes": size}


def _details(ref: ItemRef) -> str:
    return f"Item **{ref}**: its triggers are evaluated here, one event at a time."


def _refusal(error: WorkflowUpdateFailedError) -> CrmError:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == contract.ERROR_ITEM_NOT_FOUND:
        return ItemNotFound(cause.message)
    if isinstance(cause, ApplicationError) and cause.type == contract.ERROR_MESSAGE_REFUSED:
        return Refused(cause.message)
    return NotAnswered(str(cause))
