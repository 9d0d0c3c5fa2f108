"""The claim of one process on a data directory."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from starter.local.errors import AlreadyRunning


@contextlib.contextmanager
def hold_data_dir(data_dir: Path) -> Iterator[None]:
    """Make `data_dir` if needed and hold it; raise AlreadyRunning if another process does.

    The kernel lets go of it when this process ends, however it ends.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(data_dir, f"process {file.read().strip()}") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
