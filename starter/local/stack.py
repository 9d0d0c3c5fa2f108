"""The whole local stack, started and ended as one."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from starter.local.environment import worker_environment
from starter.local.errors import StartInterrupted
from starter.local.lock import hold_data_dir
from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from starter.local.processes import ChildProcess
from starter.local.signals import handle_stop_signals
from starter.local.temporal_server import NAMESPACE, DevServer

DATABASE = "crm_triggers"
WORKER_GRACE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOptions:
    """What to start, and where. Port 0 takes any that is free; `ui_port` None starts no UI.

    Everything lies in `data_dir`: `postgres/`, `temporal.db` and `logs/`. Without `durable` the
    data may be lost if the machine goes down. Without `handle_signals` the caller decides when to stop.
    """

    data_dir: Path
    postgres_port: int = 0
    temporal_port: int = 0
    ui_port: int | None = None
    workers: int = 1
    durable: bool = True
    dynamic_config: Mapping[str, object] = field(default_factory=dict)
    handle_signals: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StackAddresses:
    """Where a running stack is reached."""

    database_url: str
    temporal_address: str
    temporal_namespace: str
    ui_url: str | None


Prepare = Callable[[StackAddresses], Awaitable[None]]


class LocalStack:
    """PostgreSQL and Temporal, then `prepare` (migrations, search attributes), then the workers.

    `async with LocalStack(options, prepare) as stack:` starts all and, however the block ends, stops
    all in reverse order; nothing outlives it, nor this process if that is killed. Once a stop was
    asked, asking again kills at once what is still stopping.

    Raises, on entry: AlreadyRunning, ChildDied, NotReady, PortTaken, StartInterrupted, and what
    `prepare` raises.
    """

    def __init__(self, options: StackOptions, prepare: Prepare) -> None:
        self._options = options
        self._prepare = prepare
        self._stop_asked = asyncio.Event()
        self._cleanup = contextlib.AsyncExitStack()
        self._addresses: StackAddresses | None = None
        self.children: list[ChildProcess] = []

    @property
    def addresses(self) -> StackAddresses:
        """Where the stack is reached; only once both servers run."""
        if self._addresses is None:
            raise RuntimeError("The local stack was not started")
        return self._addresses

    def ask_to_stop(self) -> None:
        """Let `wait_for_end` return; at the second call, kill every program at once."""
        if self._stop_asked.is_set():
            for child in self.children:
                child.kill()
        self._stop_asked.set()

    async def wait_for_end(self) -> None:
        """Return when a stop was asked; raise ChildDied when a program ended before that."""
        stop_asked = asyncio.create_task(self._stop_asked.wait())
        watched = [child for child in self.children if child.started]
        try:
            await asyncio.wait(
                {stop_asked, *(child.exited for child in watched)}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            stop_asked.cancel()
        if not self._stop_asked.is_set():
            raise next(child.death() for child in watched if child.exited.done())

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as cleanup:
            if self._options.handle_signals:
                cleanup.enter_context(handle_stop_signals(self.ask_to_stop))
            cleanup.enter_context(hold_data_dir(self._options.data_dir))
            await self._unless_it_ends(self._start_servers(cleanup))
            await self._unless_it_ends(self._prepare(self.addresses))
            await self._unless_it_ends(self._start_workers(cleanup))
            self._cleanup = cleanup.pop_all()
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop_asked.set()
        await self._cleanup.aclose()

    async def _unless_it_ends(self, work: Awaitable[None]) -> None:
        """Do `work`; give it up when a stop is asked or a program ends meanwhile."""
        working = asyncio.ensure_future(work)
        ending = asyncio.create_task(self.wait_for_end())
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if ending.done():
                await ending
                raise StartInterrupted
            await working
        finally:
            working.cancel()
            ending.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)

    async def _start_servers(self, cleanup: contextlib.AsyncExitStack) -> None:
        options, logs = self._options, self._options.data_dir / "logs"
        postgres = EmbeddedPostgres(
            options.data_dir / "postgres",
            await claim_port(options.postgres_port, "--postgres-port"),
            log_file=logs / "postgres.log",
            database=DATABASE,
            durable=options.durable,
        )
        temporal = DevServer(
            options.data_dir / "temporal.db",
            await claim_port(options.temporal_port, "--temporal-port"),
            log_file=logs / "temporal.log",
            ui_port=None if options.ui_port is None else await claim_port(options.ui_port, "--ui-port"),
            dynamic_config=options.dynamic_config,
        )
        try:
            async with asyncio.TaskGroup() as starting:
                for server in (postgres, temporal):
                    self.children.append(server.process)
                    cleanup.push_async_callback(server.stop)
                    starting.create_task(server.start())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        self._addresses = StackAddresses(
            database_url=postgres.url,
            temporal_address=temporal.address,
            temporal_namespace=NAMESPACE,
            ui_url=temporal.ui_url,
        )

    async def _start_workers(self, cleanup: contextlib.AsyncExitStack) -> None:
        workers = [self._worker(number) for number in range(1, self._options.workers + 1)]
        # Before the first starts, so that one that can't start leaves none behind.
        cleanup.push_async_callback(_stop_together, workers)
        self.children += workers
        for worker in workers:
            await worker.start()

    def _worker(self, number: int) -> ChildProcess:
        addresses = self.addresses
        return ChildProcess(
            f"Worker {number}",
            # -P: a worker.py in the current directory is not meant.
            [sys.executable, "-P", "-m", "worker"],
            self._options.data_dir / "logs" / f"worker-{number}.log",
            environment=worker_environment(
                addresses.database_url, addresses.temporal_address, addresses.temporal_namespace
            ),
        )


async def _stop_together(workers: list[ChildProcess]) -> None:
    await asyncio.gather(*(worker.stop(WORKER_GRACE_SECONDS) for worker in workers))
