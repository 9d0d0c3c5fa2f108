"""Sends events to the workflows of one side, the same way to both."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from benchmarks.scene import deal
from benchmarks.sides import Side
from crm import contract


class Sender:
    """Signals deals' workflows, as producers do: one that does not run yet is started with the signal."""

    def __init__(self, client: Client, side: Side) -> None:
        self._client = client
        self._side = side

    @classmethod
    async def connect(cls, side: Side) -> Sender:
        """Connect by Temporal's own variables."""
        return cls(await Client.connect(**ClientConfig.load_client_connect_config()), side)

    async def send(self, item_id: int, message: dict[str, Any]) -> float:
        """Send and return, once the server has it, when it was sent: seconds since the epoch."""
        sent_at = time.time()
        await self._client.start_workflow(
            self._side.workflow_type,
            id=self._side.workflow_id(deal(item_id)),
            task_queue=self._side.task_queue,
            start_signal=contract.SIGNAL_FIELD_CHANGED,
            start_signal_args=[message],
            task_timeout=timedelta(seconds=10),
        )
        return sent_at

    async def fetch_history(self, item_id: int) -> list[HistoryEvent]:
        """All events of the workflow's history."""
        handle = self._client.get_workflow_handle(self._side.workflow_id(deal(item_id)))
        return list((await handle.fetch_history()).events)
