from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory that another user may be let into, which pytest's own closes again at every run."""
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as name:
        yield Path(name).resolve()
