"""Runs a stack in a process of its own, for tests that stop or kill it.

`python -m tests.local.driver DATA_DIR MOMENT` prints the database's url, then each moment as it comes,
and stays at MOMENT: `preparing` or `running`. It ends with 0, or with 3 if its start was interrupted.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from starter.local.errors import StartInterrupted
from starter.local.stack import LocalStack, StackAddresses, StackOptions


async def run_stack(data_dir: Path, moment: str) -> int:
    async def prepare(addresses: StackAddresses) -> None:
        print(addresses.database_url)
        print("preparing", flush=True)
        if moment == "preparing":
            await asyncio.Event().wait()

    options = StackOptions(data_dir=data_dir, workers=0, durable=False)
    try:
        async with LocalStack(options, prepare) as stack:
            print("running", flush=True)
            await stack.wait_for_end()
            print("stopping", flush=True)
    except StartInterrupted:
        return 3
    return 0


if __name__ == "__main__":
    status = asyncio.run(run_stack(Path(sys.argv[1]), sys.argv[2]))
    sys.stdout.flush()
    # A process that used a Temporal client may crash in the interpreter's own exit.
    os._exit(status)
