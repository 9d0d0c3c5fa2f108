"""Errors of the local stack; each message is meant for the person at the terminal.

LocalStackError
├── AlreadyRunning           another stack holds the data directory
├── ChildDied                a program of the stack ended that should have gone on
├── NotReady                 a program runs but doesn't answer in time
├── PortTaken                a port that the stack needs is in use
└── StartInterrupted         a stop was asked before the stack was up
"""

from __future__ import annotations

import signal
from pathlib import Path


class LocalStackError(Exception):
    """Base of what keeps the local stack from starting or from going on."""


class AlreadyRunning(LocalStackError):
    """Another process works on `data_dir`."""

    def __init__(self, data_dir: Path, holder: str) -> None:
        self.data_dir = data_dir
        super().__init__(f"A local stack is already running on {data_dir} ({holder}). Stop it first.")


class ChildDied(LocalStackError):
    """`name` ended; `exit_status` is negative for a signal. `log_tail` holds its last lines."""

    def __init__(self, name: str, exit_status: int, log_file: Path, log_tail: str) -> None:
        self.name = name
        self.exit_status = exit_status
        self.log_file = log_file
        self.log_tail = log_tail
        super().__init__(f"{name} {_describe_exit(exit_status)}. {_describe_log(log_file, log_tail)}")


class NotReady(LocalStackError):
    """`name` did not answer within `timeout_seconds`."""

    def __init__(self, name: str, timeout_seconds: float, log_file: Path, log_tail: str) -> None:
        self.name = name
        self.log_file = log_file
        self.log_tail = log_tail
        described_log = _describe_log(log_file, log_tail)
        super().__init__(f"{name} was not ready after {timeout_seconds:g} seconds. {described_log}")


class PortTaken(LocalStackError):
    """Something listens on `port` already; `option` is what chooses another."""

    def __init__(self, port: int, option: str, holder: str | None) -> None:
        self.port = port
        self.option = option
        by_whom = f" by {holder}" if holder else ""
        super().__init__(f"Port {port} is taken{by_whom}. Choose another with {option} (0: any free one).")


class StartInterrupted(LocalStackError):
    """A stop was asked while the stack was starting; everything that had started is stopped again."""

    def __init__(self) -> None:
        super().__init__("The start of the local stack was interrupted.")


def _describe_exit(exit_status: int) -> str:
    if exit_status < 0:
        return f"was killed by {signal.Signals(-exit_status).name}"
    return f"ended with exit status {exit_status}"


def _describe_log(log_file: Path, log_tail: str) -> str:
    if not log_tail:
        return f"Its log, {log_file}, is empty."
    return f"The end of its log, {log_file}:\n{log_tail}"
