"""How the person at the terminal, or whoever supervises this process, asks it to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def handle_stop_signals(handler: Callable[[], None]) -> Iterator[None]:
    """Call `handler` in the running loop for each signal that asks to stop; only in the main thread.

    A signal that was set to be ignored, as `nohup` does, stays ignored.
    """
    loop = asyncio.get_running_loop()
    handled = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    for number in handled:
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
