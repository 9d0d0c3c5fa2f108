"""Pipelines: ordered stages of one item type, each in progress, won or lost."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from crm.fields import UNWATCHABLE, Field, FieldCode

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""Codes of pipelines and stages: lower-case letters, digits and hyphens."""


class Semantics(StrEnum):
    """What standing on a stage means for an item."""

    IN_PROGRESS = "in_progress"
    WON = "won"
    LOST = "lost"

    @property
    def closed(self) -> bool:
        return self is not Semantics.IN_PROGRESS


class Stage(BaseModel):
    """One step of a pipeline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Slug
    title: str = ""
    semantics: Semantics = Semantics.IN_PROGRESS


class Pipeline(BaseModel):
    """The stages of one item type, in order.

    Every won and lost stage stands after every stage in progress (R5); codes are unique
    and there is a stage in progress where items begin.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item_type: FieldCode
    code: Slug
    title: str = ""
    stages: tuple[Stage, ...]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        codes = [stage.code for stage in self.stages]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"stage {code!r} stands twice in pipeline {self.code!r}")
        if not self.stages or self.stages[0].semantics.closed:
            raise ValueError(f"pipeline {self.code!r} must begin with a stage in progress")
        closed: Stage | None = None
        for stage in self.stages:
            if stage.semantics.closed:
                closed = stage
            elif closed is not None:
                raise ValueError(
                    f"stage {stage.code!r} is in progress but stands after {closed.code!r}, which is "
                    f"{closed.semantics}; put every won and lost stage last"
                )
        return self

    @property
    def reference(self) -> str:
        """`deal:sales`, as it is written wherever the item type is not clear."""
        return f"{self.item_type}:{self.code}"


class ItemType(BaseModel):
    """A type of items with its fields; a smart process is one whose code is not built in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: FieldCode
    title: str = ""
    fields: tuple[Field, ...] = ()

    @model_validator(mode="after")
    def _check_codes(self) -> Self:
        codes = [field.code for field in self.fields]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"field {code!r} is declared twice")
            if code in UNWATCHABLE:
                raise ValueError(f"{code!r} can't be the code of a field: every item has it already")
        return self

    def field_map(self) -> dict[str, Field]:
        return {field.code: field for field in self.fields}


def stage_reference(item_type: str, pipeline: str, stage: str) -> str:
    """A stage named with its pipeline: `deal:sales/contract-approval` (R21)."""
    return f"{item_type}:{pipeline}/{stage}"
