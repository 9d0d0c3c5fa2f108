"""`crm-triggers migrate` and `crm-triggers worker`: what a deployment runs."""

from __future__ import annotations

import os
from importlib import import_module

import typer

from starter.cli.connections import settings_with
from starter.cli.options import AsJson, DatabaseUrl, TemporalAddress
from starter.cli.screen import say, say_json
from storage.migrate import migrate as apply_migrations


def migrate(as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Bring the database up to date, and say which migrations that took.

    Example: crm-triggers migrate --database-url postgresql://crm@db.internal/crm
    """
    applied = apply_migrations(settings_with(database_url).database_url)
    if as_json:
        say_json({"applied": applied})
    elif applied:
        say(f"applied {', '.join(applied)}")
    else:
        say("the database is up to date")


def worker(database_url: DatabaseUrl = None, temporal_address: TemporalAddress = None) -> None:
    """Run a worker until it is told to stop; start more of them for more cores.

    Example: crm-triggers worker --temporal-address temporal.internal:7233
    """
    if database_url is not None:
        os.environ["CRM_TRIGGERS_DATABASE_URL"] = settings_with(database_url).database_url
    if temporal_address is not None:
        os.environ["TEMPORAL_ADDRESS"] = temporal_address
    # By name: the worker stands above everything and reads its own settings; nothing is built on it.
    raise typer.Exit(import_module("worker").main())
