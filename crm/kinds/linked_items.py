"""The kind about items that are linked to the item (R9)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from crm.errors import ValueRefused
from crm.fields import FieldCode
from crm.kinds.data_types import ItemReference, Maybe, reads
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, Settings
from crm.kinds.languages import Text
from crm.pipelines import Semantics
from crm.values import Json, show

_STAGE = re.compile(r"[a-z][a-z0-9_]{0,62}:[a-z][a-z0-9-]{0,62}/[a-z][a-z0-9-]{0,62}")


def _parse_stage(value: Json) -> str:
    if isinstance(value, str) and _STAGE.fullmatch(value):
        return value
    raise ValueRefused(f"{show(value)} is no stage with its pipeline; write it as deal:sales/won")


StageReference = Annotated[str, reads(_parse_stage), WithJsonSchema({"type": "string", "format": "stage"})]
"""A stage with its pipeline, as deal:sales/won (R21)."""


class LinkedItemMovedSettings(Settings):
    item_type: Maybe[FieldCode] = None
    """Only linked items of this type."""

    stage: Maybe[StageReference] = None
    """Only when the linked item enters this stage, named with its pipeline as deal:sales/won."""

    semantics: Maybe[Semantics] = None
    """Only when the linked item enters a stage of these semantics; not together with `stage`."""

    @field_validator("stage")
    @classmethod
    def _check_stage(cls, stage: str | None, info: ValidationInfo) -> str | None:
        item_type = info.data.get("item_type")
        if stage and item_type and not stage.startswith(f"{item_type}:"):
            raise PydanticCustomError(
                "stage",
                "{stage} is no stage of the type {item_type}",
                {"stage": stage, "item_type": item_type},
            )
        return stage

    @field_validator("semantics")
    @classmethod
    def _check_semantics(cls, semantics: Semantics | None, info: ValidationInfo) -> Semantics | None:
        if semantics and info.data.get("stage"):
            raise PydanticCustomError("semantics", "give a stage or semantics, not both")
        return semantics


class LinkedItemMovedData(EventData):
    item: ItemReference
    """The linked item, as invoice:7."""

    from_stage: Annotated[Maybe[StageReference], Field(alias="from")] = None
    """The stage that it left, with its pipeline."""

    to: StageReference
    """The stage that it entered, with its pipeline, as invoice:main/paid."""

    to_semantics: Maybe[Semantics] = None
    """The semantics of the stage that it entered."""

    @property
    def item_type(self) -> str:
        return self.item.partition(":")[0]


LINKED_ITEM_MOVED = Kind(
    code="linked_item_moved",
    group=Group.ITEMS,
    title=Text("Linked item moved", "Élément lié déplacé", "Elemento collegato spostato"),
    description=Text(
        "An item that is linked to this one entered a stage.",
        "Un élément lié à celui-ci est entré dans une étape.",
        "Un elemento collegato a questo è entrato in una fase.",
    ),
    item_types="LDQIS",
    settings=LinkedItemMovedSettings,
    data=LinkedItemMovedData,
    equal={"stage": "to", "semantics": "to_semantics", "item_type": "item_type"},
    stages=("stage",),
)

KINDS = (LINKED_ITEM_MOVED,)
