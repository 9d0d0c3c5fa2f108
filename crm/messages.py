"""Messages: what other services send to an item, and the events that they become.

A message is one JSON object. Its envelope is the same for every kind; `data` is the kind's own:

    {"event_id": "crm-4711", "occurred_at": "2026-11-21T10:00:00+01:00", "actor": 5,
     "data": {"changes": {"contract": {"old": null, "new": "file-17"}}}}

Unknown keys are ignored and missing optional ones have defaults, so old and new producers
and workers understand each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from annotated_types import Interval
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from crm import contract
from crm.errors import CrmError, ValueRefused
from crm.users import UserId
from crm.values import Json, shorten
from crm.values.moments import parse_datetime

EventId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]

Version = Annotated[int, Strict(), Interval(ge=1, lt=2**53)]
"""The version of an item: a number that every JSON reader keeps exact, and that can still grow."""

EARLIEST_YEAR, LATEST_YEAR = 1900, 9000
"""Of what happened; times further off do not come back from a database in every time zone."""

MAX_SAVE_ID_LENGTH = 180
MAX_CHAIN_DEPTH = 8
"""A chain of automatic steps stops here (R9)."""

MOVE_BY_HAND = "move_stage"
"""The kind of the event that the update `move_stage` brings; no trigger can be of it."""


class MessageRefused(CrmError):
    """A message that can't be understood.

    `event_id` is None where it has none, `envelope` where not even that could be read.
    """

    def __init__(self, reason: str, event_id: str | None = None, envelope: Envelope | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.event_id = event_id
        self.envelope = envelope


def _read_time(value: Any) -> datetime:
    try:
        time = parse_datetime(value)
        if not EARLIEST_YEAR <= time.year <= LATEST_YEAR:
            raise ValueRefused(f"the year {time.year} is not between {EARLIEST_YEAR} and {LATEST_YEAR}")
        return time
    except ValueRefused as refused:
        raise PydanticCustomError("time", "{reason}", {"reason": str(refused)}) from refused


class Envelope(BaseModel):
    """The part of a message that is the same for every kind.

    `actor` is the user who did it; `source` says what raised it (`user`, `client`, `rule`,
    `import`, the name of a service). `item_version` is the version of the item as the save
    left it, where the producer has saved the item already. `automation = "suppress"` records
    the event and fires nothing (R12). `chain` names the automatic steps before this one (R9).
    `oversized_bytes` stands in for data that was too large to send, so that the rejection is
    recorded all the same.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_id: EventId
    occurred_at: Annotated[datetime, BeforeValidator(_read_time)] | None = None
    actor: UserId | None = None
    source: Annotated[str, StringConstraints(max_length=50, pattern=r"^[^\x00]*$")] | None = None
    item_version: Version | None = None
    automation: Literal["run", "suppress"] = "run"
    chain: tuple[EventId, ...] = ()
    oversized_bytes: Annotated[int, Interval(ge=0, lt=2**63)] | None = None
    kind: str | None = None
    data: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, message: Any) -> Any:
        return {key: value for key, value in message.items() if value is not None}

    @property
    def cause(self) -> str:
        """Who or what raised the event: the stated source, else the kind of sender (R7)."""
        return self.source or ("user" if self.actor is not None else "service")


@dataclass(frozen=True, slots=True)
class Event:
    """An understood message: its kind, and data of that kind's model."""

    kind: str
    data: BaseModel
    envelope: Envelope

    @property
    def event_id(self) -> str:
        return self.envelope.event_id

    @property
    def suppressed(self) -> bool:
        return self.envelope.automation == "suppress"


class MoveStageData(BaseModel):
    """Data of a move by hand: the stage's code, or the stage with its pipeline (R10, R21)."""

    model_config = ConfigDict(frozen=True)

    stage: str


def read_envelope(message: Json) -> Envelope:
    """Read what every message has; raises `MessageRefused`, with the id where there is one."""
    if not isinstance(message, dict):
        raise MessageRefused(f"the message is {_json_type(message)}; it must be a JSON object")
    if message.get("event_id") in (None, ""):
        raise MessageRefused("the message has no event_id; give each event an id of 1 to 200 characters")
    try:
        envelope = Envelope.model_validate(message)
    except ValidationError as error:
        unusable = any(detail["loc"] == ("event_id",) for detail in error.errors())
        raise MessageRefused(describe(error), None if unusable else message["event_id"]) from error
    if envelope.oversized_bytes is not None:
        raise MessageRefused(
            f"the message of {envelope.oversized_bytes:,} bytes is over the limit of "
            f"{contract.MAX_MESSAGE_BYTES:,} bytes",
            envelope.event_id,
            envelope,
        )
    return envelope


def describe(error: ValidationError, within: str = "") -> str:
    """What pydantic found, a sentence a place: `data.changes: Field required`."""
    sentences = []
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        steps = (within, *(shorten(str(step)) for step in detail["loc"]))
        place = ".".join(filter(None, steps))
        sentences.append(f"{place}: {detail['msg']}")
    return "; ".join(sentences[:5])


def _json_type(value: Json) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return names.get(type(value), "no JSON value")
