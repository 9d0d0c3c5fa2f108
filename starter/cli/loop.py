"""How a command runs what is asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, from which a Ctrl-C always comes out as KeyboardInterrupt.

    It cancels the work, and some libraries make an error of their own of a cancellation; the Temporal
    client says that an update has timed out.
    """

    async def work_or_cancellation() -> T:
        try:
            return await work
        except Exception as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            raise

    return asyncio.run(work_or_cancellation())
