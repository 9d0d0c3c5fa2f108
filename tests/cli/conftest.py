"""Commands as a person gives them, on real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from temporalio.client import Client

from starter.cli.program import execute
from starter.examples import write_examples
from starter.local.temporal_server import DevServer
from tests.support.workbench import workbench

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def run(
    database_url: str,
    temporal: Client,
    temporal_server: DevServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Runs a command on a database with the examples and a worker; its status, stdout and stderr."""
    monkeypatch.setenv("CRM_TRIGGERS_DATABASE_URL", database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)

    async def run_command(*arguments: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(execute, arguments)
        return status, *capsys.readouterr()

    async with workbench(database_url, temporal) as bench:
        await write_examples(bench.database)
        async with bench.worker():
            yield run_command
