"""Errors of the storage, and the one seam where those of the driver become them.

StorageError                 base; the driver's error is its cause
├── DatabaseUnavailable      the database can't be reached or can't do it now; a retry helps
├── DataRefused              what was to be written breaks a rule of the database; a retry does not help
├── RevisionMoved            a publish that rests on an older revision than the current (R22)
├── DefinitionsMoved         a definition whose consequences are no longer those that were agreed to
└── UnknownPipeline          a publish for a pipeline that is not defined
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

REFUSING_CLASSES = frozenset(
    {
        "22",  # data exception
        "23",  # integrity constraint violation
        "54",  # program limit exceeded
        "P0",  # raised by a function of ours
    }
)
"""Classes of SQLSTATE that no retry changes; all others are the server's state, not the data's."""


class StorageError(Exception):
    """Base of everything that the storage raises on purpose."""


class DatabaseUnavailable(StorageError):
    """The database can't be reached or can't do it now; a retry helps."""


class DataRefused(StorageError):
    """What was to be written breaks a rule of the database; a retry does not help."""


class RevisionMoved(StorageError):
    """The automation was published by somebody else meanwhile; `current` is its revision now (R22)."""

    def __init__(self, pipeline: str, based_on: int, current: int) -> None:
        self.pipeline = pipeline
        self.based_on = based_on
        self.current = current
        super().__init__(
            f"pipeline {pipeline} is at revision {current}; your changes are based on revision {based_on}"
        )


class DefinitionsMoved(StorageError):
    """Stages, fields or triggers were changed by somebody else meanwhile; nothing was defined."""


class UnknownPipeline(StorageError):
    """There is no such pipeline; `pipeline` is its reference, as deal:sales."""

    def __init__(self, pipeline: str) -> None:
        self.pipeline = pipeline
        super().__init__(f"there is no pipeline {pipeline}")


@contextmanager
def converted() -> Iterator[None]:
    """Raise errors of the driver as errors of the storage."""
    try:
        yield
    except asyncpg.PostgresError as error:
        refused = str(error.sqlstate)[:2] in REFUSING_CLASSES
        raise (DataRefused if refused else DatabaseUnavailable)(_describe(error)) from error
    except asyncpg.DataError as error:
        raise DataRefused(_describe(error)) from error
    except (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError) as error:
        raise DatabaseUnavailable(_describe(error)) from error


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
