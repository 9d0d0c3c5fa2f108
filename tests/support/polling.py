"""Waiting for what happens elsewhere: by asking again until a deadline, never by sleeping and hoping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T]], holds: Callable[[T], bool] = bool, *, within_seconds: float = 20
) -> T:
    """What `look` finds, once it holds; fails with the last finding at the deadline."""
    deadline = time.monotonic() + within_seconds
    while True:
        found = await look()
        if holds(found):
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_seconds:g} s; last found: {found!r}")
        await asyncio.sleep(0.05)
