"""The kind that CONTRIBUTING.md declares as an example is one, and appears wherever kinds do."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from crm.kinds import CATALOGUE, AnyKind
from crm.kinds.catalogue import entry_of, find_kinds
from crm.values import Json
from starter.cli.program import execute
from starter.reference import trigger_kinds_page
from tests.support.matching import fires

CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"


@pytest.fixture
def review_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AnyKind]:
    """The example's kind, as if its module were one of the catalogue's."""
    section = CONTRIBUTING.read_text(encoding="utf-8").partition("## Adding a trigger kind")[2]
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    source = tmp_path / "reviews.py"
    source.write_text(blocks[0], encoding="utf-8")
    module = ModuleType("reviews")
    module.__file__ = str(source)
    monkeypatch.setitem(sys.modules, "reviews", module)
    exec(compile(blocks[0], source, "exec"), vars(module))
    kind: AnyKind = module.REVIEW_LEFT
    monkeypatch.setitem(CATALOGUE, kind.code, kind)
    yield kind
    entry_of.cache_clear()


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, {"site": "a"}, True, id="any"),
        pytest.param({"site": "a", "within_seconds": 60}, {"site": "a", "took_seconds": 60}, True, id="both"),
        pytest.param({"site": "a"}, {"site": "b"}, False, id="another site"),
        pytest.param({"within_seconds": 60}, {"site": "a", "took_seconds": 61}, False, id="too late"),
        pytest.param({"within_seconds": 60}, {"site": "a"}, False, id="who knows when"),
    ],
)
def test_the_example_matches_as_it_says(
    review_left: AnyKind, settings: Json, data: Json, matches: bool
) -> None:
    assert fires(review_left.code, settings, data) is matches


def test_the_example_appears_everywhere(review_left: AnyKind, capsys: pytest.CaptureFixture[str]) -> None:
    assert [entry.kind for entry in find_kinds(search="avis client")] == [review_left]
    assert "| `took_seconds` | whole number |" in trigger_kinds_page()
    assert execute(["kinds", "show", "review_left"]) == 0
    assert "Only reviews on this site." in capsys.readouterr().out
    assert execute(["event", "send", "review_left", "deal:42", "sight=a"]) == 1
    assert "data.sight: review_left has no such key; did you mean 'site'?" in capsys.readouterr().err
