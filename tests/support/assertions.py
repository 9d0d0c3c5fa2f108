"""Waiting for what becomes true in its own time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(
    condition: Callable[[], Awaitable[bool]], *, timeout_seconds: float = 20.0, poll_seconds: float = 0.02
) -> None:
    """Poll until the condition holds; fails when it still does not at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_seconds
    while not await condition():
        assert loop.time() < deadline, (
            f"{condition.__qualname__} did not hold within {timeout_seconds} seconds"
        )
        await asyncio.sleep(poll_seconds)
