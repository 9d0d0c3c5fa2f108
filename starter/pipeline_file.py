"""A pipeline as a file: YAML that administrators keep under version control. Pure.

    pipeline: deal:sales
    title: Sales
    stages:
      - code: new
        title: New
      - code: won
        title: Won
        semantics: won

A stage is in progress unless its semantics say otherwise. Every won and lost stage stands after those (R5).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from crm.pipelines import Pipeline, Stage
from starter.yaml_files import write_yaml
from starter.yaml_forms import PipelineReference, located, read_form


class _PipelineFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    pipeline: PipelineReference
    title: str = ""
    stages: tuple[Stage, ...]


def read_pipeline_file(text: str) -> Pipeline:
    """The pipeline that a file describes.

    Raises `YamlUnreadable`, and `Refused` with the place and the line of each problem.
    """
    content, document = read_form(text, _PipelineFile)
    item_type, _, code = content.pipeline.partition(":")
    try:
        return Pipeline(item_type=item_type, code=code, title=content.title, stages=content.stages)
    except ValidationError as error:
        raise located(error, document) from error


def write_pipeline_file(pipeline: Pipeline) -> str:
    """The file that, saved as it is, would change nothing."""
    stages = [stage.model_dump(mode="json", exclude_defaults=True) for stage in pipeline.stages]
    return write_yaml({"pipeline": pipeline.reference, "title": pipeline.title, "stages": stages})
