"""Pipelines: ordered stages of one item type, each in progress, won or lost."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from crm.clients import ClientKind
from crm.fields import UNWATCHABLE, Field, FieldCode

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""Codes of pipelines and stages: lower-case letters, digits and hyphens."""

_REFERRED_TO_OTHERWISE = frozenset({*(kind.value for kind in ClientKind), "user"})
"""What stands before the number in a reference that is none to an item."""


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
        if not self.stages or self.stages[0].semantics.closed:
            raise _refusal(f"pipeline {self.code!r} must begin with a stage in progress", "stages")
        for number, stage in enumerate(self.stages):
            before = self.stages[:number]
            if any(stage.code == one.code for one in before):
                message = f"stage {stage.code!r} stands twice in pipeline {self.code!r}"
                raise _refusal(message, "stages", number, "code")
            closed = next((one for one in before if one.semantics.closed), None)
            if closed is not None and not stage.semantics.closed:
                message = (
                    f"stage {stage.code!r} is in progress but stands after {closed.code!r}, which is "
                    f"{closed.semantics}; put every won and lost stage last"
                )
                raise _refusal(message, "stages", number)
        return self

    @property
    def reference(self) -> str:
        """`deal:sales`, as it is written wherever the item type is not clear."""
        return f"{self.item_type}:{self.code}"

    @property
    def stage_references(self) -> tuple[str, ...]:
        """The stages in order, as they are named in other pipelines (R21)."""
        return tuple(stage_reference(self.item_type, self.code, stage.code) for stage in self.stages)


class ItemType(BaseModel):
    """A type of items with its fields; a smart process is one whose code is not built in.

    Clients and users are referred to as items are, so none of them can be the code of a type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: FieldCode
    title: str = ""
    fields: tuple[Field, ...] = ()

    @field_validator("code")
    @classmethod
    def _check_code(cls, code: str) -> str:
        if code in _REFERRED_TO_OTHERWISE:
            raise PydanticCustomError(
                "code", "{code}:7 is no item; give the item type another code", {"code": code}
            )
        return code

    @model_validator(mode="after")
    def _check_codes(self) -> Self:
        for number, field in enumerate(self.fields):
            if any(field.code == one.code for one in self.fields[:number]):
                raise _refusal(f"field {field.code!r} is declared twice", "fields", number, "code")
            if field.code in UNWATCHABLE:
                message = f"{field.code!r} can't be the code of a field: every item has it already"
                raise _refusal(message, "fields", number, "code")
        return self

    def field_map(self) -> dict[str, Field]:
        return {field.code: field for field in self.fields}


def stage_reference(item_type: str, pipeline: str, stage: str) -> str:
    """A stage named with its pipeline: `deal:sales/contract-approval` (R21)."""
    return f"{item_type}:{pipeline}/{stage}"


def _refusal(message: str, *place: int | str) -> ValidationError:
    """What a validator raises about a part of the value; pydantic continues the place: `stages[2].code`."""
    error = PydanticCustomError("rule", "{message}", {"message": message})
    return ValidationError.from_exception_data("rule", [InitErrorDetails(type=error, loc=place, input=None)])
