"""The scenarios that users rely on, against real servers; a test's docstring names its scenario's number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from starter.local.environment import worker_environment
from starter.local.temporal_server import NAMESPACE, DevServer
from tests.acceptance.worker_processes import WorkerProcesses
from tests.support.workbench import Workbench

MANY_EVENTS = 2_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--many-events",
        type=int,
        default=MANY_EVENTS,
        help=f"how many events one item receives (default {MANY_EVENTS:,})",
    )


@pytest.fixture
def many_events(pytestconfig: pytest.Config) -> int:
    """How many events to send to one item."""
    # The option is only known to a run that names this folder.
    count: int = pytestconfig.getoption("--many-events", default=MANY_EVENTS)
    return count


@pytest.fixture(params=[pytest.param(2_000, id="cached"), pytest.param(0, id="uncached")])
async def sales(bench: Workbench, request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    """A workbench with a running worker, which keeps items in its cache or replays them each time."""
    async with bench.worker(cached_items=request.param):
        yield bench


@pytest.fixture
async def worker_processes(
    bench: Workbench, temporal_server: DevServer, tmp_path: Path
) -> AsyncIterator[WorkerProcesses]:
    """Starts workers as processes of their own, for the bench's database; none is left at the end."""
    environment = worker_environment(bench.database_url, temporal_server.address, NAMESPACE)
    processes = WorkerProcesses(environment, tmp_path)
    try:
        yield processes
    finally:
        await processes.stop()
