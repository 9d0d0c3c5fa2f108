"""One program of the local stack, as a child that never outlives this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import psutil

from starter.local import tether
from starter.local.errors import ChildDied, NotReady

PROBE_INTERVAL_SECONDS = 0.05
LOG_TAIL_LINES = 15
LOG_TAIL_BYTES = 8192


class Server(Protocol):
    """What can be started and stopped; `stop` also undoes a start that failed halfway."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@contextlib.asynccontextmanager
async def running(server: Server) -> AsyncIterator[None]:
    """Start `server` for the length of a block."""
    try:
        await server.start()
        yield
    finally:
        await server.stop()


class ChildProcess:
    """A program in a process group of its own, so that a Ctrl-C reaches only its parent.

    `command` starts with an absolute path. Its output goes to `log_file`, which each start empties.
    Being started by root, it can run as another `user`. If this process dies, the program receives
    `death_signal`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_file: Path,
        *,
        environment: Mapping[str, str] | None = None,
        working_directory: Path | None = None,
        user: str = "",
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.name = name
        self.log_file = log_file
        self._command = tuple(command)
        self._environment = environment
        self._working_directory = working_directory
        self._user = user
        self._stop_signal = stop_signal
        self._death_signal = death_signal
        self._process: asyncio.subprocess.Process | None = None
        self._exited: asyncio.Task[int] | None = None

    @property
    def pid(self) -> int:
        """The process id; only after `start`."""
        return self._started().pid

    @property
    def exited(self) -> asyncio.Task[int]:
        """Done when the program has ended, with its exit status (negative: the signal that ended it)."""
        self._started()
        assert self._exited is not None
        return self._exited

    @property
    def started(self) -> bool:
        """Whether `start` has returned, be it long ago."""
        return self._exited is not None

    async def start(self) -> None:
        """Start the program. That it runs does not mean yet that it is ready."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        launcher = [sys.executable, "-I", "-S", tether.__file__]
        launcher += [str(os.getpid()), str(self._death_signal.value), self._user]
        with self.log_file.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *launcher,
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=self._working_directory,
                process_group=0,
            )
        self._exited = asyncio.create_task(self._process.wait())

    async def wait_until_ready(self, probe: Callable[[], Awaitable[bool]], timeout_seconds: float) -> None:
        """Ask `probe` until it says yes.

        Raises ChildDied as soon as the program has ended, NotReady after `timeout_seconds`.
        """
        polling = asyncio.create_task(_poll(probe))
        try:
            await asyncio.wait(
                {polling, self.exited}, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if self.exited.done():
                raise self.death()
            if not polling.done():
                raise NotReady(self.name, timeout_seconds, self.log_file, self._log_tail())
            await polling
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)

    async def finish(self) -> None:
        """Wait for a program that is meant to end; raises ChildDied if it failed."""
        if await asyncio.shield(self.exited) != 0:
            raise self.death()

    async def stop(self, grace_seconds: float) -> None:
        """Send the stop signal; kill it with all it started if it has not ended after `grace_seconds`."""
        if self._exited is None:
            return
        self._send(self._stop_signal)
        try:
            await asyncio.wait({self._exited}, timeout=grace_seconds)
        finally:
            self.kill()
        await asyncio.shield(self._exited)

    def kill(self) -> None:
        """Kill it at once with all it started, if it was started itself and has not ended."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            # The group misses those that made their own, as PostgreSQL's do.
            descendants = psutil.Process(self._process.pid).children(recursive=True)
            os.killpg(self._process.pid, signal.SIGKILL)
            for descendant in descendants:
                with contextlib.suppress(psutil.NoSuchProcess):
                    descendant.kill()

    def death(self) -> ChildDied:
        """The error that tells how the program ended; only once it has."""
        return ChildDied(self.name, self.exited.result(), self.log_file, self._log_tail())

    def _send(self, number: signal.Signals) -> None:
        process = self._started()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process

    def _log_tail(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(max(0, self.log_file.stat().st_size - LOG_TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])


async def _poll(probe: Callable[[], Awaitable[bool]]) -> None:
    while not await probe():
        await asyncio.sleep(PROBE_INTERVAL_SECONDS)
