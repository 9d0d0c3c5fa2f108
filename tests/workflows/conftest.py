"""Every test of the workflow runs twice: with items in the worker's cache, and replaying them each time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.workbench import Workbench


@pytest.fixture(params=[pytest.param(2_000, id="cached"), pytest.param(0, id="uncached")])
async def sales(bench: Workbench, request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    """A workbench with a running worker."""
    async with bench.worker(cached_items=request.param):
        yield bench
