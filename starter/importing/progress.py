"""How far work on many is: a bar on a terminal, a line every ten seconds elsewhere. On stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 10.0

Advance = Callable[[int], None]
"""Called with how many are done more."""


@contextmanager
def show_progress(total: int, console: Console, things: str = "events") -> Iterator[Advance]:
    """Show how many of `total` events, or other things, are done, for the length of a block."""
    if console.is_terminal:
        columns = (
            TextColumn(things),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(things, total=total)
            yield lambda count: progress.advance(task, count)
    else:
        yield _Lines(total, console, things).advance


class _Lines:
    def __init__(self, total: int, console: Console, things: str) -> None:
        self._total = total
        self._things = things
        self._console = console
        self._done = 0
        self._shown_at = time.monotonic()

    def advance(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now - self._shown_at >= SECONDS_BETWEEN_LINES:
            self._shown_at = now
            self._console.print(
                f"{self._done:,} of {self._total:,} {self._things} ({self._done / self._total:.0%})"
            )
