"""How workflow code runs: the same for the worker, its tests and the replay of histories."""

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.crm_item import CrmItem

WORKFLOWS = [CrmItem]

_JSON = PydanticJSONPlainPayloadConverter()
# Every workflow makes a converter of its own. What it learns of our types (some 3 ms) is shared.


class PayloadConverter(CompositePayloadConverter):
    """Plain JSON that any language can write, read into typed values."""

    def __init__(self) -> None:
        converters = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(
            *(_JSON if isinstance(one, JSONPlainPayloadConverter) else one for one in converters)
        )


DATA_CONVERTER = DataConverter(payload_converter_class=PayloadConverter)


def workflow_runner() -> SandboxedWorkflowRunner:
    """The sandbox, with all but the workflow's own file passed through.

    That holds no clock, randomness or environment (tests/architecture checks it), and importing it anew for
    each item would cost time and memory; all items share one copy, compiled automations included.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        "crm",
        "workflows.database_work",
        "workflows.inbox",
        "workflows.operator_view",
        "workflows.run_length",
        "workflows.state",
        "pydantic",
        "pydantic_core",
        "annotated_types",
        "typing_inspection",
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)
