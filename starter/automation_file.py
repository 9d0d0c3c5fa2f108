"""An automation as a file: YAML that administrators keep under version control. Pure.

    pipeline: deal:sales
    revision: 3          # the one that the file is based on
    triggers:
      - id: contract-uploaded
        kind: field_changed
        stage: contract-approval
        state: enabled
        settings: {fields: [{field: contract}]}

A trigger has the fields of `crm.automations.Trigger`; those that are as they would be anyway are left out.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bounded

from crm.automations import Automation, Trigger
from starter.yaml_files import Document, write_yaml
from starter.yaml_forms import PipelineReference, read_form

_DEFAULTS_SHOWN = {"state"}
"""What is written even where it is the default: a draft does not fire, and that must be seen."""


class AutomationFile(BaseModel):
    """What a file says; `revision` is the one that its changes are based on (R22)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pipeline: PipelineReference
    revision: Annotated[int, Bounded(ge=0)]
    triggers: tuple[Trigger, ...]


def read_automation_file(text: str) -> tuple[AutomationFile, Document]:
    """The file's content, and where it says what.

    Raises `YamlUnreadable`, and `Refused` with the place and the line of each problem.
    """
    return read_form(text, AutomationFile)


def write_automation_file(automation: Automation) -> str:
    """The file that, saved as it is, would change nothing."""
    content = {
        "pipeline": automation.pipeline.reference,
        "revision": automation.revision,
        "triggers": [_trigger(trigger) for trigger in automation.triggers],
    }
    stages = ", ".join(stage.code for stage in automation.pipeline.stages)
    return f"# Stages: {stages}\n{write_yaml(content)}"


def _trigger(trigger: Trigger) -> dict[str, object]:
    shown = trigger.model_dump(mode="json", exclude_defaults=True)
    everything = trigger.model_dump(mode="json", include=_DEFAULTS_SHOWN)
    order = [name for name in Trigger.model_fields if name in shown or name in everything]
    return {name: shown.get(name, everything.get(name)) for name in order}
