"""Options and arguments that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="Where PostgreSQL is; default: CRM_TRIGGERS_DATABASE_URL, else the local stack's.",
        show_default=False,
    ),
]
TemporalAddress = Annotated[
    str | None,
    typer.Option(
        "--temporal-address",
        metavar="HOST:PORT",
        help="Where Temporal is; default: Temporal's own profile and variables, else localhost:7233.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, and write nothing else to stdout.")]
ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help="The item's reference, as deal:42.")]
PipelineArgument = Annotated[
    str, typer.Argument(metavar="PIPELINE", help="The pipeline with its item type, as deal:sales.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many, the newest.")]
Actor = Annotated[int | None, typer.Option("--actor", metavar="USER", help="The user who does it, as 5.")]
EventId = Annotated[
    str | None,
    typer.Option(
        "--event-id",
        metavar="ID",
        help="The event's id; the same one sent again changes nothing. Default: a random one.",
        show_default=False,
    ),
]
Suppress = Annotated[
    bool, typer.Option("--suppress", help="Record the event and what it changes, but fire nothing.")
]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Send it as a signal, and do not wait for the outcome.")
]
