"""The stages that the settings of a kind name (R21)."""

from __future__ import annotations

import pytest

from crm.kinds import CATALOGUE
from crm.kinds.catalogue import entry_of
from crm.kinds.linked_items import LinkedItemMovedSettings
from crm.kinds.parameters import parameters_of


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_kind_declares_each_of_its_settings_that_is_a_stage(code: str) -> None:
    settings = parameters_of(entry_of(code).settings_schema)
    assert CATALOGUE[code].stages == tuple(one.name for one in settings if "stage" in one.type.split())


def test_a_stage_is_named_by_its_setting() -> None:
    kind = CATALOGUE["linked_item_moved"]
    assert kind.named_stages(LinkedItemMovedSettings(stage="deal:sales/won")) == {"stage": "deal:sales/won"}
    assert kind.named_stages(LinkedItemMovedSettings(item_type="deal")) == {}
