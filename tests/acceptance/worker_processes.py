"""Workers and relays as processes of their own, which can be killed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import worker
from starter.local.processes import ChildProcess

_STOP_SECONDS = 20.0


class WorkerProcesses:
    """Starts `python -m worker` and `crm-triggers relay` as often as asked."""

    def __init__(self, environment: Mapping[str, str], log_directory: Path) -> None:
        self._environment = environment
        self._log_directory = log_directory
        self._started: list[ChildProcess] = []

    async def start(self, **environment: str) -> ChildProcess:
        """One more worker with a relay; it takes events from the moment that it is ready."""
        return await self._start("worker", "-m", "worker", **environment)

    async def start_relay(self) -> ChildProcess:
        """One more relay alone; it delivers or stands by from the moment that it is ready."""
        return await self._start("relay", "-c", "from starter.cli.main import main; main()", "relay")

    async def _start(self, name: str, *arguments: str, **environment: str) -> ChildProcess:
        name = f"{name}-{len(self._started) + 1}"
        process = ChildProcess(
            name,
            [sys.executable, *arguments],
            self._log_directory / f"{name}.log",
            environment={**self._environment, **environment},
            working_directory=Path(worker.__file__).parent,
        )
        self._started.append(process)
        await process.start()
        return process

    async def stop(self) -> None:
        """Stop those that still run."""
        for process in self._started:
            await process.stop(_STOP_SECONDS)
