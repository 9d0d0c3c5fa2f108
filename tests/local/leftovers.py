"""Finds the programs that work in a data directory, whoever started them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import psutil

DEADLINE_SECONDS = 20.0
POLL_SECONDS = 0.02


def processes_in(data_dir: Path) -> dict[int, str]:
    """Number and command of each process that was started on `data_dir` or works inside it."""
    found = {}
    for process in psutil.process_iter(["cmdline", "cwd", "status"]):
        about = [*(process.info["cmdline"] or []), process.info["cwd"] or ""]
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(data_dir) in text for text in about):
            found[process.pid] = " ".join(process.info["cmdline"] or [])
    return found


async def wait_until_none_is_left(data_dir: Path) -> None:
    """Fail with the names of those that are still there at the deadline."""
    await wait_until(lambda: not processes_in(data_dir), lambda: f"left behind: {processes_in(data_dir)}")


async def wait_until(condition: Callable[[], bool], describe: Callable[[], str]) -> None:
    """Fail with what `describe` says if `condition` does not hold before the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_SECONDS
    while not condition():
        assert loop.time() < deadline, describe()
        await asyncio.sleep(POLL_SECONDS)
