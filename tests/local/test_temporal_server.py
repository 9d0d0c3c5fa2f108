from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio.client import Client

from starter.local.ports import claim_port
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from tests.local.leftovers import wait_until_none_is_left


async def make_server(data_dir: Path, name: str = "temporal", *, ui: bool = False) -> DevServer:
    return DevServer(
        data_dir / f"{name}.db",
        await claim_port(0, "--temporal-port"),
        log_file=data_dir / "logs" / f"{name}.log",
        ui_port=await claim_port(0, "--ui-port") if ui else None,
    )


async def test_a_workflow_is_still_there_after_a_restart(data_dir: Path) -> None:
    async with running(server := await make_server(data_dir)):
        client = await Client.connect(server.address)
        started = await client.start_workflow("Waits", id="waits", task_queue="nobody")
    await wait_until_none_is_left(data_dir)

    async with running(server := await make_server(data_dir)):
        client = await Client.connect(server.address)
        description = await client.get_workflow_handle("waits").describe()

    assert description.run_id == started.first_execution_run_id


async def test_two_servers_run_side_by_side_with_their_uis(data_dir: Path) -> None:
    first, second = (
        await make_server(data_dir, "first", ui=True),
        await make_server(data_dir, "second", ui=True),
    )
    async with running(first), running(second):
        assert await answer_of_ui(first) == b"HTTP/1.1 200 OK"
        assert await answer_of_ui(second) == b"HTTP/1.1 200 OK"


async def answer_of_ui(server: DevServer) -> bytes:
    assert server.ui_port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ui_port)
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return status.strip()
