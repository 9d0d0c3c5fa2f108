"""How workflow code runs: the same for the worker, its tests and the replay of histories."""

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.crm_item import CrmItem

WORKFLOWS = [CrmItem]

DATA_CONVERTER: DataConverter = pydantic_data_converter
"""Plain JSON that any language can write, read into typed values."""


def workflow_runner() -> SandboxedWorkflowRunner:
    """The sandbox, with the pure packages passed through.

    They hold no clock, randomness or environment (tests/architecture checks it), and importing them anew
    for each item would cost it time and memory; all items share one copy, compiled automations included.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        "crm", "pydantic", "pydantic_core", "annotated_types", "typing_inspection"
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)
