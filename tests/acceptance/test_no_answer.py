"""A caller whom nobody answers is told so in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from starter.client import ItemClient, NotAnswered
from starter.local.ports import claim_port
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from starter.temporal import connect, ensure_search_attributes
from tests.support.workbench import Workbench, workbench


@pytest.fixture
async def impatient(database_url: str, tmp_path: Path) -> AsyncIterator[Workbench]:
    """A workbench on a server of its own, which lets nobody wait for more than a second at a time."""
    server = DevServer(
        None,
        await claim_port(0, "--port"),
        log_file=tmp_path / "temporal.log",
        dynamic_config={"history.longPollExpirationInterval": "1s"},
    )
    async with running(server):
        client = await connect(server.address)
        await ensure_search_attributes(client)
        async with workbench(database_url, client) as bench:
            yield bench


async def test_a_caller_is_told_that_no_worker_answers(impatient: Workbench) -> None:
    """The server's own patience, which the SDK renews for ever, is not the caller's."""
    deal = await impatient.create("new")
    client = ItemClient(impatient.temporal, answer_timeout_seconds=3)

    async with asyncio.timeout(20):
        with pytest.raises(NotAnswered, match="no answer within 3 s; is a worker running"):
            await client.move(deal, "signing", event_id="move")
