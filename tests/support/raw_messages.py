"""Messages as a careless producer may send them: any payloads, under any name."""

from __future__ import annotations

from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue

from crm import contract
from crm.items import ItemRef


def json_text(text: str | bytes) -> Payload:
    """A payload that says it is JSON."""
    data = text.encode() if isinstance(text, str) else text
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


def binary(data: bytes) -> Payload:
    """A payload that says it is bytes."""
    return Payload(metadata={"encoding": b"binary/plain"}, data=data)


NOTHING = Payload(metadata={"encoding": b"binary/null"})
"""A payload that says it is null."""


async def signal_raw(temporal: Client, item: str, name: str, *payloads: Payload) -> None:
    """Signal the item's workflow, which starts if it does not run."""
    await temporal.start_workflow(
        contract.WORKFLOW_TYPE,
        id=contract.workflow_id(ItemRef.parse(item)),
        task_queue=contract.TASK_QUEUE,
        start_signal=name,
        start_signal_args=[RawValue(payload) for payload in payloads],
    )
