"""`crm-triggers event send`: an event of any kind of the catalogue; what it takes follows from the kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from crm import contract
from crm.errors import Problem, Refused
from crm.events import read_event
from crm.kinds import CATALOGUE
from crm.kinds.catalogue import entry_of
from crm.kinds.parameters import allows_null, allows_text, parameters_of
from crm.messages import MessageRefused
from crm.values import Json
from starter.cli.delivery import Delivery, Told, deliver
from starter.cli.failures import CommandRefused
from starter.cli.lookups import Lookups, nearest
from starter.cli.options import (
    Actor,
    AsJson,
    DatabaseUrl,
    EventId,
    ItemArgument,
    NoWait,
    Suppress,
    TemporalAddress,
)
from starter.cli.values import split_assignments


def send(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What happened: a kind that `crm-triggers kinds` lists.")
    ],
    item: ItemArgument,
    data: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE...", help="Its data, as `crm-triggers kinds show KIND` explains."),
    ] = None,
    actor: Actor = None,
    event_id: EventId = None,
    suppress: Suppress = False,
    no_wait: NoWait = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
    temporal_address: TemporalAddress = None,
) -> None:
    """Something of any kind happened. What is no plain value is written in JSON.

    Example: crm-triggers event send task_status_changed deal:42 status=done task='{"title": "Call back"}'
    """
    if kind not in CATALOGUE:
        raise CommandRefused(f"there is no kind {kind!r}{nearest(kind, CATALOGUE)}")
    content = read_data(kind, split_assignments(data or ()))

    async def tell_what(lookups: Lookups) -> Told:
        return Told(contract.SIGNAL_ITEM_EVENT, kind, content)

    deliver(
        item,
        Delivery(actor, event_id, suppress, not no_wait, as_json, database_url, temporal_address),
        tell_what,
    )


def read_data(kind: str, texts: Mapping[str, str]) -> dict[str, Json]:
    """The data of an event of the kind; raises a `CrmError` that says what is wrong, and where."""
    schema = entry_of(kind).data_schema
    known = [parameter.name for parameter in parameters_of(schema)]
    unknown = [key for key in texts if key not in known]
    if unknown:
        raise Refused(
            Problem(f"data.{key}", f"{kind} has no such key{nearest(key, known)}") for key in unknown
        )
    data = {key: _read(text, schema["properties"][key], schema) for key, text in texts.items()}
    try:
        read_event(contract.SIGNAL_ITEM_EVENT, {"event_id": "not sent yet", "kind": kind, "data": data})
    except MessageRefused as refusal:
        raise CommandRefused(f"nothing was sent: {refusal.reason}") from refusal
    return data


def _read(text: str, expected: Mapping[str, Any], schema: Mapping[str, Any]) -> Json:
    """Text where text is expected, else JSON, its decimals as they were written; nothing is null."""
    if text in ("", "null") and allows_null(expected):
        return None
    if allows_text(expected, schema.get("$defs", {})):
        return text
    try:
        parsed: Json = json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        return text
    return parsed
