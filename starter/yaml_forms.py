"""YAML files that say one thing each, by a model: what is wrong is named with its line and its place."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, StringConstraints, ValidationError

from crm.errors import Problem, Refused, place_of
from starter.yaml_files import Document, read_yaml

Form = TypeVar("Form", bound=BaseModel)

PipelineReference = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*:[a-z][a-z0-9-]*$")]
"""A pipeline with its item type, as deal:sales."""


def read_form(text: str, form: type[Form]) -> tuple[Form, Document]:
    """The file's content, and where it says what.

    Raises `YamlUnreadable`, and `Refused` with the place and the line of each problem.
    """
    document = read_yaml(text)
    try:
        return form.model_validate(document.content), document
    except ValidationError as error:
        raise located(error, document) from error


def located(error: ValidationError, document: Document) -> Refused:
    """What a model found in a document, with the lines."""
    return document.located(
        Problem(place_of(detail["loc"]), _sentence(detail["type"], detail["msg"]))
        for detail in error.errors(include_url=False)
    )


def _sentence(kind: str, message: str) -> str:
    return {
        "extra_forbidden": "there is no such setting; take it out or correct its name",
        "missing": "it is missing",
        "string_pattern_mismatch": f"it is not written as it must be: {message}",
    }.get(kind, message)
