"""Every test of the workflow runs twice: with items in the worker's cache, and replaying them each time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

import worker
from tests.support.workbench import Workbench
from workflows import crm_item, run_length
from workflows.runtime import workflow_runner


@pytest.fixture(params=[pytest.param(2_000, id="cached"), pytest.param(0, id="uncached")])
async def sales(bench: Workbench, request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    """A workbench with a running worker."""
    async with bench.worker(cached_items=request.param):
        yield bench


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Sets a limit of the workflow's for workers that this test starts: `limit("EVENTS_PER_RUN", 5)`."""
    runner = workflow_runner()
    # The sandbox would import the module anew, with its own limits.
    patched = replace(runner, restrictions=runner.restrictions.with_passthrough_modules("workflows"))
    monkeypatch.setattr(worker, "workflow_runner", lambda: patched)

    def set_limit(name: str, value: int) -> None:
        monkeypatch.setattr(run_length if hasattr(run_length, name) else crm_item, name, value)

    return set_limit
