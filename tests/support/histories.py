"""What a workflow's history tells of how an item was handled."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pydantic_core import from_json
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle


async def local_activities(handle: WorkflowHandle[Any, Any]) -> Counter[str]:
    """How often each activity was done locally in the newest run, by its name."""
    history = await handle.fetch_history()
    markers = [
        event.marker_recorded_event_attributes
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED
    ]
    details = [from_json(marker.details["data"].payloads[0].data) for marker in markers]
    return Counter(detail["activity_type"] for detail in details)


async def event_types(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """The types of the newest run's events, in order: `WORKFLOW_EXECUTION_SIGNALED`."""
    history = await handle.fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]
