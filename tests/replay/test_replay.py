"""Running items survive today's code: histories recorded from a real server replay on it.

A test here that fails says that the workflow gives other commands than it gave. See CONTRIBUTING.md for
what to do; `python -m tests.replay.record --help` tells how histories are recorded.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.replay.changed_workflows import CHANGED
from tests.replay.record import HISTORIES, IDENTITY
from tests.replay.situations import SITUATIONS
from workflows.crm_item import CrmItem
from workflows.runtime import DATA_CONVERTER, WORKFLOWS, workflow_runner

RECORDED = sorted(HISTORIES.glob("*.json"))
MAX_BYTES = 150_000

OF_A_MACHINE = re.compile(r"/home/|/root/|/usr/|/tmp/|[A-Z]:\\|site-packages|\.py\b|\d+@")
"""Paths, and the process@host by which a client names itself if it is not told otherwise."""


def read_history(path: Path) -> WorkflowHistory:
    content = path.read_text()
    started = json.loads(content)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], content)


def replayer(*workflows: type) -> Replayer:
    return Replayer(workflows=workflows, workflow_runner=workflow_runner(), data_converter=DATA_CONVERTER)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    await replayer(*WORKFLOWS).replay_workflow(read_history(path))


@pytest.mark.parametrize("changed", CHANGED, ids=lambda changed: changed.__name__)
async def test_a_workflow_that_gives_other_commands_does_not_replay(changed: type[CrmItem]) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replayer(changed).replay_workflow(read_history(HISTORIES / "updates.json"))


def test_every_situation_has_a_history() -> None:
    assert {path.name.split(".")[0] for path in RECORDED} == set(SITUATIONS)


def test_both_runs_of_a_continued_item_are_kept() -> None:
    first, second = (read_history(HISTORIES / f"continue-as-new.{number}.json") for number in (1, 2))

    continued = first.events[-1].workflow_execution_continued_as_new_event_attributes
    assert continued.new_execution_run_id == second.run_id


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_history_is_small_and_tells_nothing_of_the_machine_that_recorded_it(path: Path) -> None:
    content = path.read_text()
    payloads = [base64.b64decode(data).decode() for data in re.findall(r'"data": "(.*)"', content)]

    assert len(content) <= MAX_BYTES
    assert set(re.findall(r'"identity": "(.*)"', content)) == {IDENTITY}
    assert [found for text in (content, *payloads) for found in OF_A_MACHINE.findall(text)] == []
