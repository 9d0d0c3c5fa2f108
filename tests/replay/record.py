"""Records the histories that tests/replay keeps, on real servers of its own.

    python -m tests.replay.record [NAME...]

Without names, all are recorded. Record anew what a change of the workflow makes obsolete only where no
item runs on the code that recorded it; else keep the old history, and let the change be a patch.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from temporalio.api.history.v1 import WorkflowExecutionStartedEventAttributes
from temporalio.client import Client, WorkflowHistory

from starter.cli.exit import OK, end_process
from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from starter.temporal import ensure_search_attributes
from storage.database import Database
from storage.migrate import migrate
from tests.replay.situations import DEAL, MAX_EVENTS_PER_RUN, SITUATIONS, Scene
from tests.support.databases import create_database
from tests.support.proxies import proxy_to
from tests.support.workbench import Workbench, workbench
from workflows.runtime import DATA_CONVERTER

HISTORIES = Path(__file__).parent / "histories"
IDENTITY = "recorder"


async def record(names: Sequence[str], directory: Path) -> None:
    """Play the situations and write what they leave; the files of a name are replaced.

    The servers keep their data in `directory`.
    """
    async with servers(directory) as (postgres, temporal):
        for name in names:
            runs = await _play(name, postgres, temporal)
            for old in HISTORIES.glob(f"{name}.*json"):
                old.unlink()
            for number, run in enumerate(runs, 1):
                path = HISTORIES / (f"{name}.json" if len(runs) == 1 else f"{name}.{number}.json")
                path.write_text(json.dumps(_without_traces(json.loads(run.to_json())), indent=1) + "\n")
                print(f"{path.name}: {len(run.events)} events")


@asynccontextmanager
async def servers(directory: Path) -> AsyncIterator[tuple[EmbeddedPostgres, Client]]:
    """A PostgreSQL, and a client of a Temporal server that soon suggests a new run.

    What the client and its workers say of themselves tells nothing of this machine.
    """
    async with AsyncExitStack() as stack:
        postgres = EmbeddedPostgres(
            directory / "data",
            await claim_port(0, "--port"),
            log_file=directory / "postgres.log",
            durable=False,
        )
        await stack.enter_async_context(running(postgres))
        temporal = DevServer(
            None,
            await claim_port(0, "--port"),
            log_file=directory / "temporal.log",
            dynamic_config={"limit.historyCount.suggestContinueAsNew": MAX_EVENTS_PER_RUN},
        )
        await stack.enter_async_context(running(temporal))
        client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER, identity=IDENTITY)
        await ensure_search_attributes(client)
        yield postgres, client


async def _play(name: str, postgres: EmbeddedPostgres, temporal: Client) -> list[WorkflowHistory]:
    url = await create_database(postgres.url)
    migrate(url)
    async with workbench(url, temporal) as bench, proxy_to(url) as (road, road_url):
        database = await Database.connect(road_url, command_timeout_seconds=1)
        async with replace(bench, database=database).worker():
            await SITUATIONS[name](Scene(bench, road))
            runs = await _fetch_runs(bench)
        await database.close()
    return runs


async def _fetch_runs(bench: Workbench) -> list[WorkflowHistory]:
    """The histories of the item's runs, first run first."""
    history = await bench.handle(DEAL).fetch_history()
    runs = [history]
    while before := _started(runs[0]).continued_execution_run_id:
        handle = bench.temporal.get_workflow_handle(history.workflow_id, run_id=before)
        runs.insert(0, await handle.fetch_history())
    return runs


def _started(history: WorkflowHistory) -> WorkflowExecutionStartedEventAttributes:
    return history.events[0].workflow_execution_started_event_attributes


def _without_traces(value: Any) -> Any:
    """The JSON without stack traces, which replays do not read and which name places on this machine."""
    if isinstance(value, dict):
        return {key: _without_traces(part) for key, part in value.items() if key != "stackTrace"}
    return [_without_traces(part) for part in value] if isinstance(value, list) else value


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.replay.record",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SITUATIONS)}")
    names = parser.parse_args().names
    for name in names:
        if name not in SITUATIONS:
            parser.error(f"there is no situation {name}")
    # That an activity fails is part of the play.
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as directory:
        asyncio.run(record(names or list(SITUATIONS), Path(directory).resolve()))
    return OK


if __name__ == "__main__":
    end_process(main())
