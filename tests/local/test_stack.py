from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import asyncpg
import pytest

from starter.local.errors import AlreadyRunning, ChildDied, PortTaken
from starter.local.stack import LocalStack, StackAddresses, StackOptions
from tests.local.leftovers import processes_in, wait_until, wait_until_none_is_left


def options_for(data_dir: Path, *, postgres_port: int = 0) -> StackOptions:
    return StackOptions(
        data_dir=data_dir, postgres_port=postgres_port, workers=0, durable=False, handle_signals=False
    )


async def nothing_to_prepare(_: StackAddresses) -> None:
    pass


async def test_both_servers_are_up_when_the_caller_prepares_them(data_dir: Path) -> None:
    prepared = []

    async def prepare(addresses: StackAddresses) -> None:
        connection = await asyncpg.connect(addresses.database_url)
        prepared.append(await connection.fetchval("select current_database()"))
        await connection.close()

    async with LocalStack(options_for(data_dir), prepare) as stack:
        assert prepared == ["crm_triggers"]
        assert [child.name for child in stack.children] == ["PostgreSQL", "Temporal"]
        assert stack.addresses.ui_url is None

    await wait_until_none_is_left(data_dir)


async def test_a_second_stack_on_the_same_data_is_refused(data_dir: Path) -> None:
    async with LocalStack(options_for(data_dir), nothing_to_prepare):
        with pytest.raises(AlreadyRunning, match=rf"already running on {data_dir} \(process {os.getpid()}\)"):
            async with LocalStack(options_for(data_dir), nothing_to_prepare):
                pass


async def test_a_taken_port_is_refused_before_anything_starts(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} is taken by .* --postgres-port"):
            async with LocalStack(options_for(data_dir, postgres_port=port), nothing_to_prepare):
                pass

    assert processes_in(data_dir) == {}


@pytest.mark.parametrize("name", ["PostgreSQL", "Temporal"])
async def test_the_death_of_a_program_ends_the_stack_with_its_name(data_dir: Path, name: str) -> None:
    async with LocalStack(options_for(data_dir), nothing_to_prepare) as stack:
        victim = next(child for child in stack.children if child.name == name)
        os.kill(victim.pid, signal.SIGKILL)
        with pytest.raises(ChildDied, match=f"{name} was killed by SIGKILL"):
            await asyncio.wait_for(stack.wait_for_end(), timeout=20)

    await wait_until_none_is_left(data_dir)


async def test_the_death_of_a_program_ends_a_preparation_that_would_wait_for_it(data_dir: Path) -> None:
    async def prepare(_: StackAddresses) -> None:
        os.kill(stack.children[0].pid, signal.SIGKILL)
        await asyncio.Event().wait()

    stack = LocalStack(options_for(data_dir), prepare)
    with pytest.raises(ChildDied, match="PostgreSQL was killed by SIGKILL"):
        async with stack:
            pass

    await wait_until_none_is_left(data_dir)


async def test_a_preparation_that_fails_leaves_nothing_behind(data_dir: Path) -> None:
    async def prepare(_: StackAddresses) -> None:
        raise ValueError("migration 7 is broken")

    with pytest.raises(ValueError, match="migration 7 is broken"):
        async with LocalStack(options_for(data_dir), prepare):
            pass

    await wait_until_none_is_left(data_dir)


async def test_a_start_that_is_cancelled_halfway_leaves_nothing_behind(data_dir: Path) -> None:
    starting = asyncio.create_task(LocalStack(options_for(data_dir), nothing_to_prepare).__aenter__())
    await wait_until(lambda: bool(processes_in(data_dir)), lambda: "nothing started")

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    await wait_until_none_is_left(data_dir)
