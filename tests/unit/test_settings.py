"""Settings: what is set to something that can't be used is named."""

from __future__ import annotations

import pytest

from starter.settings import SettingsError, read_settings


def test_national_phone_numbers_belong_to_no_region_unless_one_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CRM_TRIGGERS_PHONE_REGION", raising=False)
    assert read_settings().phone_region is None

    monkeypatch.setenv("CRM_TRIGGERS_PHONE_REGION", "IT")
    assert read_settings().phone_region == "IT"


@pytest.mark.parametrize("region", ["it", "XX", "Italy", ""])
def test_an_unknown_phone_region_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("CRM_TRIGGERS_PHONE_REGION", region)

    with pytest.raises(SettingsError, match=r"CRM_TRIGGERS_PHONE_REGION: .* no region of phone numbers"):
        read_settings()
