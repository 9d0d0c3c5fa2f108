"""The inbox of an item's workflow: messages in the order in which they were received (R8).

Signal and update handlers only put messages in; the run method takes them out one by one.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from pydantic_core import from_json
from temporalio.common import RawValue

from crm.commits import Outcome
from crm.contract import MAX_MESSAGE_BYTES
from crm.values import Json


@dataclass(slots=True)
class Entry:
    """A message that waits: the name it came by, its content, and who awaits the outcome.

    `unreadable` says why it can't be an event, where its content could not be taken as it is;
    `message` is then what is left of it, the event's id at most.
    """

    name: str
    message: Json
    size_bytes: int = 0
    unreadable: str | None = None
    answer: asyncio.Future[Outcome] | None = None


class Inbox:
    """Entries in order. `received` counts those that arrived in this run."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self.received = 0
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.size_bytes += entry.size_bytes
        self.received += 1

    def take(self) -> Entry:
        entry = self._entries.popleft()
        self.size_bytes -= entry.size_bytes
        return entry

    def has_caller(self) -> bool:
        """Whether somebody waits for the outcome of an entry: such a one can't go on in another run."""
        return any(entry.answer is not None for entry in self._entries)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)


def read_entry(name: str, raw: RawValue | None) -> Entry:
    """An entry of whatever arrived; never raises."""
    payload = raw.payload if raw is not None else None
    if payload is None:
        return Entry(name, None, unreadable="the message has no content; it must be a JSON object")
    size = len(payload.data)
    encoding = payload.metadata.get("encoding", b"").decode(errors="replace")
    if encoding == "binary/null":
        return Entry(name, None, size)
    if encoding not in ("json/plain", "json/protobuf"):
        return Entry(name, None, size, unreadable=f"the message is encoded as {encoding!r}; it must be JSON")
    try:
        message = from_json(payload.data, allow_inf_nan=False)
    except ValueError as error:
        return Entry(name, None, unreadable=f"the message is no JSON: {error}")
    if size > MAX_MESSAGE_BYTES:
        reason = f"the message of {size:,} bytes is over the limit of {MAX_MESSAGE_BYTES:,} bytes"
        event_id = message.get("event_id") if isinstance(message, dict) else None
        return Entry(name, {"event_id": event_id}, unreadable=reason)
    return Entry(name, message, size)
