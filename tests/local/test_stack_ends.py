"""Whatever happens to the process that runs a stack, none of its programs is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.local.leftovers import processes_in, wait_until, wait_until_none_is_left

DEADLINE_SECONDS = 30.0
# Takes a minute or more, and looks at nothing meanwhile.
LONG_QUERY = "select count(*) from generate_series(1, 40000) a, generate_series(1, 40000) b"


@contextlib.asynccontextmanager
async def run_driver(data_dir: Path, moment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    driver = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.local.driver", str(data_dir), moment), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield driver
    finally:
        with contextlib.suppress(ProcessLookupError):
            driver.kill()
        await driver.wait()


async def wait_for_line(driver: asyncio.subprocess.Process, line: str) -> None:
    assert driver.stdout is not None
    async with asyncio.timeout(DEADLINE_SECONDS):
        while (printed := await driver.stdout.readline()).decode().strip() != line:
            assert printed, f"the driver ended before it was {line}"


async def wait_for_exit(driver: asyncio.subprocess.Process) -> int:
    async with asyncio.timeout(DEADLINE_SECONDS):
        return await driver.wait()


def is_selecting(data_dir: Path) -> bool:
    """PostgreSQL's processes say in their title what they do."""
    return any(" SELECT" in command for command in processes_in(data_dir).values())


@pytest.mark.parametrize(
    ("moment", "sent", "exit_status"),
    [
        pytest.param("running", signal.SIGINT, 0, id="Ctrl-C while running"),
        pytest.param("running", signal.SIGTERM, 0, id="SIGTERM while running"),
        pytest.param("running", signal.SIGHUP, 0, id="closed terminal while running"),
        pytest.param("running", signal.SIGKILL, -9, id="SIGKILL while running"),
        pytest.param("preparing", signal.SIGINT, 3, id="Ctrl-C while preparing"),
        pytest.param("preparing", signal.SIGKILL, -9, id="SIGKILL while preparing"),
    ],
)
async def test_nothing_is_left(data_dir: Path, moment: str, sent: signal.Signals, exit_status: int) -> None:
    async with run_driver(data_dir, moment) as driver:
        await wait_for_line(driver, moment)
        assert len(processes_in(data_dir)) > 2

        driver.send_signal(sent)

        assert await wait_for_exit(driver) == exit_status
        await wait_until_none_is_left(data_dir)


@pytest.mark.parametrize(
    ("sent", "exit_status"), [(signal.SIGTERM, 3), (signal.SIGKILL, -9)], ids=["SIGTERM", "SIGKILL"]
)
async def test_nothing_is_left_of_a_start_that_was_cut_off(
    data_dir: Path, sent: signal.Signals, exit_status: int
) -> None:
    async with run_driver(data_dir, "running") as driver:
        await wait_until(lambda: len(processes_in(data_dir)) > 1, lambda: "nothing started")

        driver.send_signal(sent)

        assert await wait_for_exit(driver) == exit_status
        await wait_until_none_is_left(data_dir)


async def test_a_query_that_would_run_on_is_ended_when_the_process_is_killed(data_dir: Path) -> None:
    async with run_driver(data_dir, "running") as driver:
        assert driver.stdout is not None
        url = (await driver.stdout.readline()).decode().strip()
        await wait_for_line(driver, "running")
        connection = await asyncpg.connect(url)
        query = asyncio.create_task(connection.execute(LONG_QUERY))
        await wait_until(lambda: is_selecting(data_dir), lambda: "no query")

        driver.kill()

        await wait_until_none_is_left(data_dir)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await query


async def test_a_stack_starts_again_right_after_it_was_killed(data_dir: Path) -> None:
    async with run_driver(data_dir, "running") as driver:
        await wait_for_line(driver, "running")
        driver.kill()
        await driver.wait()

    async with run_driver(data_dir, "running") as driver:
        await wait_for_line(driver, "running")


async def test_a_second_ctrl_c_does_not_wait_for_a_program_that_hangs(data_dir: Path) -> None:
    async with run_driver(data_dir, "running") as driver:
        await wait_for_line(driver, "running")
        hanging = next(pid for pid, command in processes_in(data_dir).items() if "start-dev" in command)
        os.kill(hanging, signal.SIGSTOP)

        driver.send_signal(signal.SIGINT)
        await wait_for_line(driver, "stopping")
        driver.send_signal(signal.SIGINT)

        # Well before the 15 seconds that the server would have been given.
        async with asyncio.timeout(5):
            assert await driver.wait() == 0
        await wait_until_none_is_left(data_dir)
