"""Runs short commands many times: each must end with its own status, and with all of its output written.

    python -m tests.exit_status

A process that used a Temporal client may crash at interpreter exit, after its work is done
(`starter/cli/exit.py` says why). One lucky run proves nothing, so this makes 70 of them, 56 of which
use a client. It takes two or three minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from starter.cli.exit import FAILED, OK, end_process
from starter.local.environment import worker_environment
from starter.local.preparation import connect_to, prepare_stack, wait_for_workers
from starter.local.stack import LocalStack, StackAddresses, StackOptions

ROUNDS = 7
AT_ONCE = 2
TIMEOUT_SECONDS = 90.0
PROGRAM = Path(sys.executable).with_name("crm-triggers")
NOWHERE = "127.0.0.1:1"


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, of which `{round}` is replaced, and the status that it must end with."""

    name: str
    arguments: tuple[str, ...]
    status: int

    def line(self, number: int) -> list[str]:
        return [one.replace("{round}", str(number)) for one in self.arguments]


COMMANDS = (
    Command("an event that moves or not", ("event", "responsible-changed", "deal:43", "5", "--json"), OK),
    Command("an event with a value", ("event", "field-changed", "deal:42", "needs=n{round}", "--json"), OK),
    Command("a document", ("event", "document-executed", "deal:44", "d-{round}", "--json"), OK),
    Command("a signal", ("event", "responsible-changed", "lead:7", "4", "--no-wait", "--json"), OK),
    Command("a move by hand", ("item", "move", "deal:42", "negotiation", "--actor", "5", "--json"), OK),
    Command("a new item", ("item", "create", "deal", "--title", "Exit {round}", "--json"), OK),
    Command("an event that is rejected", ("event", "document-executed", "deal:44", ""), FAILED),
    Command(
        "a server that is not there",
        ("event", "responsible-changed", "deal:43", "5", "--temporal-address", NOWHERE),
        FAILED,
    ),
    Command("an item that is not there", ("event", "document-executed", "deal:9999", "d-1"), FAILED),
    Command("a value that is refused", ("event", "field-changed", "deal:42", "close_on=soon"), FAILED),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; `wrong` says what should have been otherwise, None if nothing."""

    command: Command
    wrong: str | None


async def run_all(directory: Path) -> list[Ended]:
    """Every command in every round, a few at a time, against one stack."""

    async def prepare(addresses: StackAddresses) -> None:
        await prepare_stack(addresses)

    options = StackOptions(data_dir=directory, durable=False)
    async with LocalStack(options, prepare) as stack:
        await wait_for_workers(await connect_to(stack.addresses), 1)
        turn = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(
            *(
                run_one(command, number, stack.addresses, turn)
                for number in range(ROUNDS)
                for command in COMMANDS
            )
        )


async def run_one(command: Command, number: int, addresses: StackAddresses, turn: asyncio.Semaphore) -> Ended:
    """Run a command when it is its turn, and judge how it ended."""
    environment = worker_environment(
        addresses.database_url, addresses.temporal_address, addresses.temporal_namespace
    )
    async with turn:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *command.line(number),
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            output, errors = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            return Ended(command, f"no end after {TIMEOUT_SECONDS:g} s")
    return Ended(command, judge(command, process.returncode, output.decode(), errors.decode()))


def judge(command: Command, status: int | None, output: str, errors: str) -> str | None:
    """What is wrong with how a command ended."""
    if status != command.status:
        return f"status {status} in place of {command.status}: {errors.strip()[-300:]}"
    if "--json" in command.arguments:
        try:
            json.loads(output)
        except ValueError:
            return f"its output is no JSON: {output[-300:]!r}"
    elif not output + errors:
        return "it said nothing"
    return None


def main() -> int:
    """Print a line for each command; status 0 only if all ended as they must every time."""
    print(f"{ROUNDS} rounds of {len(COMMANDS)} commands, {AT_ONCE} at a time ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="crm-triggers-exit-status-") as directory:
        ended = asyncio.run(run_all(Path(directory)))
    right = Counter(one.command.name for one in ended if one.wrong is None)
    for command in COMMANDS:
        print(f"  {command.name:<30} status {command.status}: {right[command.name]} of {ROUNDS}")
    for one in ended:
        if one.wrong is not None:
            print(f"  wrong: {one.command.name}: {one.wrong}")
    print(f"{right.total()} of {len(ended)} commands ended with their own status")
    return OK if right.total() == len(ended) else FAILED


if __name__ == "__main__":
    end_process(main())
