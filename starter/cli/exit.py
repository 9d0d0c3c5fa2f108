"""The one place where a command's process ends."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

OK = 0
FAILED = 1
"""What was asked for was refused or failed; an event that was rejected counts as refused."""
USAGE = 2
UNEXPECTED = 70
"""A defect of ours; its traceback is on stderr (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130
"""Ctrl-C: 128 and the number of SIGINT, as shells have it."""


def end_process(status: int) -> NoReturn:
    """Flush what was written and end the process with `status`, past the interpreter's own end.

    A short-lived process that used a Temporal client crashes at interpreter exit in about 4 of 10 runs, after
    the work is done: threads of the client's native core are still alive while the interpreter that
    they call into is taken down (issue 300 of the Temporal Python SDK). Its status would then be
    that of an abort and not its own. By now every connection was closed by its own block and no
    child is left, so that nothing waits for the interpreter's end.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            # The reader has gone or the disk is full: what was asked to be written was not.
            status = status or FAILED
    os._exit(status)
