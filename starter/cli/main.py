"""The console script `crm-triggers`."""

from __future__ import annotations

import io
import sys
from typing import NoReturn

from starter.cli.exit import INTERRUPTED, end_process


def main() -> NoReturn:
    """Run the command of this process's arguments and end the process with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that can't show a character of somebody's name must not end the command.
            stream.reconfigure(errors="backslashreplace")
    try:
        # Here and not above: a Ctrl-C while all the libraries are read ends the command like any other.
        from starter.cli.program import execute

        status = execute(sys.argv[1:])
    except KeyboardInterrupt:
        status = INTERRUPTED
    end_process(status)
