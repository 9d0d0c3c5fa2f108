"""The commands of `crm-triggers` put together, and how each of them ends."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import typer

from starter.cli import automations, clients, demo, events, imports, item_types, items, kinds, pipelines
from starter.cli.exit import FAILED, INTERRUPTED, OK, UNEXPECTED
from starter.cli.failures import explain
from starter.cli.relay import relay
from starter.cli.run import run
from starter.cli.screen import fail
from starter.cli.service import migrate, worker

PROGRAM = "crm-triggers"

_HELP = """Triggers move CRM items through the stages of a pipeline, each item one durable Temporal workflow.

Begin with `crm-triggers run`, which starts everything on this machine, or watch `crm-triggers demo`.

Exit status: 0 fine, 1 refused or failed (a rejected event too), 2 wrong usage, 130 Ctrl-C.
"""


def build() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.command()(run)
    app.command()(demo.demo)
    app.add_typer(items.app, name="item")
    app.add_typer(events.app, name="event")
    app.add_typer(clients.app, name="client")
    app.add_typer(item_types.app, name="type")
    app.add_typer(pipelines.app, name="pipeline")
    app.add_typer(automations.app, name="automation")
    kinds.register(app)
    imports.register(app)
    app.command()(migrate)
    app.command()(worker)
    app.command()(relay)
    return app


def execute(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. What failed for a reason to be expected is told on stderr."""
    try:
        build()(list(arguments), prog_name=PROGRAM)
    except SystemExit as ended:
        return _status(ended.code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        words = explain(error)
        if words is None:
            traceback.print_exc()
            return UNEXPECTED
        fail(words)
        return FAILED
    return OK


def _status(code: object) -> int:
    if isinstance(code, int):
        return code
    return OK if code is None else FAILED
