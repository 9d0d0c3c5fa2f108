from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from starter.local.errors import ChildDied, NotReady
from starter.local.processes import ChildProcess
from tests.local.leftovers import wait_until, wait_until_none_is_left

# It has a child in its own group and one that made a group of its own.
STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import time; time.sleep(600)", *sys.argv[1:]]
children = [subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)]
print("deaf", flush=True)
children[0].wait()
"""


def python(script: str, data_dir: Path) -> ChildProcess:
    """A program that can be found by its data directory."""
    return ChildProcess(
        "Script", [sys.executable, "-c", script, str(data_dir)], data_dir / "logs" / "script.log"
    )


@contextlib.asynccontextmanager
async def started(child: ChildProcess) -> AsyncIterator[None]:
    await child.start()
    yield
    await child.stop(grace_seconds=5)


async def never() -> bool:
    return False


async def test_a_program_that_dies_while_it_is_waited_for_is_reported_at_once(data_dir: Path) -> None:
    child = python("import sys; print('it starts'); sys.exit('no such table')", data_dir)
    await child.start()

    with pytest.raises(ChildDied) as death:
        await child.wait_until_ready(never, timeout_seconds=60)

    assert death.value.exit_status == 1
    assert sorted(death.value.log_tail.splitlines()) == ["it starts", "no such table"]
    assert str(death.value).startswith("Script ended with exit status 1. The end of its log, ")


async def test_only_the_last_lines_of_a_long_log_are_shown(data_dir: Path) -> None:
    child = python("for n in range(5000): print('line', n)\nraise SystemExit(4)", data_dir)
    await child.start()

    with pytest.raises(ChildDied) as death:
        await child.finish()

    lines = death.value.log_tail.splitlines()
    assert len(lines) == 15
    assert lines[0] == "line 4985"
    assert lines[-1] == "line 4999"


async def test_a_program_that_was_killed_is_reported_with_the_signal(data_dir: Path) -> None:
    child = python("import os; os.kill(os.getpid(), 9)", data_dir)
    await child.start()

    with pytest.raises(ChildDied, match="Script was killed by SIGKILL"):
        await child.finish()


async def test_a_program_that_never_answers_is_given_up(data_dir: Path) -> None:
    child = python("import time; time.sleep(600)", data_dir)
    async with started(child):
        with pytest.raises(NotReady, match=r"Script was not ready after 0\.2 seconds"):
            await child.wait_until_ready(never, timeout_seconds=0.2)

    await wait_until_none_is_left(data_dir)


async def test_a_probe_that_fails_is_not_mistaken_for_one_that_says_no(data_dir: Path) -> None:
    async def broken() -> bool:
        raise ZeroDivisionError

    child = python("import time; time.sleep(600)", data_dir)
    async with started(child):
        with pytest.raises(ZeroDivisionError):
            await child.wait_until_ready(broken, timeout_seconds=60)


async def test_a_program_that_ignores_its_stop_signal_is_killed_with_its_own_children(data_dir: Path) -> None:
    child = python(STUBBORN, data_dir)
    await child.start()
    await wait_until(lambda: "deaf" in child.log_file.read_text(), child.log_file.read_text)

    await child.stop(grace_seconds=0.3)

    assert child.exited.result() == -signal.SIGKILL
    await wait_until_none_is_left(data_dir)


async def test_a_stop_that_is_cancelled_kills(data_dir: Path) -> None:
    child = python(STUBBORN, data_dir)
    await child.start()
    await wait_until(lambda: "deaf" in child.log_file.read_text(), child.log_file.read_text)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(child.stop(grace_seconds=600), timeout=0.2)

    await wait_until_none_is_left(data_dir)


async def test_stopping_what_was_never_started_or_has_ended_does_nothing(data_dir: Path) -> None:
    child = python("", data_dir)
    await child.stop(grace_seconds=1)
    await child.start()
    await child.finish()
    await child.stop(grace_seconds=1)

    assert child.exited.result() == 0
