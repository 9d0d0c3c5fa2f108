"""Outages of servers, told once each and not at every attempt that fails meanwhile."""

from __future__ import annotations

import logging
import time


class Outage:
    """An outage that may begin and end many times; `what` is the sentence that the log begins with."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self._logger = logger
        self._what = what
        self._since: float | None = None

    def began(self, error: Exception) -> None:
        """An attempt has failed."""
        if self._since is None:
            self._since = time.monotonic()
            self._logger.warning("%s, and keeps trying: %s", self._what, error)

    def ended(self) -> None:
        """An attempt was successful."""
        if self._since is not None:
            lasted = time.monotonic() - self._since
            self._since = None
            self._logger.warning("%s: that is over, after %.0f s", self._what, lasted)
