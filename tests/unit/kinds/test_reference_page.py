"""The reference page says what the declarations say."""

from __future__ import annotations

from pathlib import Path

from starter.reference import trigger_kinds_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "trigger-kinds.md"


def test_the_reference_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == trigger_kinds_page(), "run `make reference`"
