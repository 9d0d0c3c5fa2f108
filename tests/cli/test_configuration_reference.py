"""The page on configuration as files: its examples are right, and it names every setting that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from crm.automations import Automation, Trigger, check
from crm.fields import Field
from crm.pipelines import ItemType, Stage
from starter.automation_file import AutomationFile, read_automation_file
from starter.pipeline_file import read_pipeline_file
from starter.type_file import read_type_file

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"
SECTIONS = dict(
    re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
)


def example(section: str) -> str:
    """The YAML of a section."""
    [text] = re.findall(r"```yaml\n(.*?)```", SECTIONS[section], re.DOTALL)
    return str(text)


def test_the_examples_are_a_configuration_that_can_be_saved() -> None:
    item_type = read_type_file(example("An item type"))
    pipeline = read_pipeline_file(example("A pipeline"))
    content, _ = read_automation_file(example("The triggers of a pipeline"))
    assert pipeline.item_type == item_type.code
    assert content.pipeline == pipeline.reference

    automation = Automation(pipeline=pipeline, fields=item_type.fields, triggers=content.triggers)
    check(automation, [5], [*pipeline.stage_references, "deal:sales/won"])


@pytest.mark.parametrize(
    ("section", "within", "model"),
    [
        pytest.param("An item type", "", ItemType, id="type"),
        pytest.param("An item type", "fields[].", Field, id="field"),
        pytest.param("A pipeline", "stages[].", Stage, id="stage"),
        pytest.param("The triggers of a pipeline", "", AutomationFile, id="automation"),
        pytest.param("The triggers of a pipeline", "triggers[].", Trigger, id="trigger"),
    ],
)
def test_every_setting_is_explained(section: str, within: str, model: type[BaseModel]) -> None:
    explained = re.findall(rf"^\| `{re.escape(within)}(\w+)` \|", SECTIONS[section], re.MULTILINE)
    assert sorted(explained) == sorted(model.model_fields)
