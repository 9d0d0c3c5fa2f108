"""The inbox of an item's workflow: messages in the order in which they were received (R8).

Signal and update handlers only put messages in; the run method takes them out one by one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import from_json, to_json
from temporalio.common import RawValue

from crm.commits import Outcome
from crm.contract import MAX_MESSAGE_BYTES
from crm.messages import MessageRefused, read_envelope
from crm.values import Json

_KEPT_OF_OVERSIZED = ("event_id", "occurred_at", "actor", "source")
_MAX_KEPT_CHARACTERS = 200


@dataclass(slots=True)
class Entry:
    """A message that waits: the name it came by, its JSON text, and who awaits the outcome of which update.

    `unreadable` says why it can't be an event whatever its text says; the text is then what tells
    whose message it was, if anything does.
    """

    name: str
    content: str
    unreadable: str | None = None
    answer: asyncio.Future[Outcome] | None = None
    update_id: str | None = None


class Inbox:
    """Entries in order. `received` counts those that arrived in this run, not those it began with."""

    def __init__(self, carried: Sequence[Entry]) -> None:
        self._entries = deque(carried)
        self.received = 0
        self.size = sum(len(entry.content) for entry in carried)

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.size += len(entry.content)
        self.received += 1

    def take(self) -> Entry:
        entry = self._entries.popleft()
        self.size -= len(entry.content)
        return entry

    def has_caller(self) -> bool:
        """Whether somebody waits for the outcome of an entry: such a one can't go on in another run."""
        return any(entry.answer is not None for entry in self._entries)

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)


def read_entry(name: str, values: Sequence[RawValue]) -> Entry:
    """An entry of whatever arrived; never raises. That its text is JSON shows when it is handled."""
    if not values:
        return Entry(name, "", "the message has no content; it must be a JSON object")
    payload = values[0].payload
    encoding = payload.metadata.get("encoding", b"").decode(errors="replace")
    if encoding == "binary/null":
        content = "null"
    elif encoding not in ("json/plain", "json/protobuf"):
        return Entry(name, "", f"the message is encoded as {encoding!r}; it must be JSON")
    elif (size := len(payload.data)) > MAX_MESSAGE_BYTES:
        reason = f"the message of {size:,} bytes is over the limit of {MAX_MESSAGE_BYTES:,} bytes"
        return Entry(name, _reduced(payload.data), reason)
    else:
        try:
            content = payload.data.decode()
        except UnicodeDecodeError:
            return Entry(name, "", "the message is no JSON: it is not in UTF-8")
    if len(values) > 1:
        return Entry(name, content, f"the message came in {len(values)} parts; it must be one JSON object")
    return Entry(name, content)


def message_of(entry: Entry) -> Json:
    """The message of an entry; raises `MessageRefused`, with the event's id where that is left."""
    try:
        message: Json = from_json(entry.content, allow_inf_nan=False)
    except ValueError as error:
        raise MessageRefused(entry.unreadable or f"the message is no JSON: {error}") from error
    if entry.unreadable is None:
        return message
    try:
        envelope = read_envelope(message)
    except MessageRefused as refusal:
        raise MessageRefused(entry.unreadable, refusal.event_id) from refusal
    raise MessageRefused(entry.unreadable, envelope.event_id, envelope)


def _reduced(data: bytes) -> str:
    """What the rejection of a message that is too large needs of it: whose it is, and nothing large."""
    try:
        message = from_json(data, allow_inf_nan=False)
    except ValueError:
        message = None
    parts = message if isinstance(message, dict) else {}
    kept = {key: parts[key] for key in _KEPT_OF_OVERSIZED if _is_small(parts.get(key))}
    return to_json(kept).decode()


def _is_small(value: Json) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= _MAX_KEPT_CHARACTERS)
