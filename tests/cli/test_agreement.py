"""A definition that disables triggers or strands items is saved only by somebody who says so."""

from __future__ import annotations

import io
import sys

import pytest

from crm.automations import TriggerState
from crm.upkeep import Followed
from starter.cli.definitions import Change, require_agreement
from starter.cli.failures import CommandRefused
from tests.support.builders import an_automation, watching

ENABLED = an_automation(watching("one", "s2", "note"))
DISABLED = an_automation(watching("one", "s2", "note", state=TriggerState.DISABLED, disabled_because="gone"))

HARMLESS = Change("deal:sales", ["s1 is called 'First', it was ''"], (Followed(ENABLED, ENABLED),))
STRANDING = Change("deal:sales", ["s2 is removed"], (), ["2 items stand there, on s2"])
DISABLING = Change("deal", ["note is removed"], (Followed(ENABLED, DISABLED),))


class Keyboard(io.StringIO):
    """A terminal on which somebody types."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


@pytest.mark.parametrize("typed", ["", "n\n"])
def test_what_harms_nothing_needs_no_agreement(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(typed, monkeypatch)
    require_agreement(HARMLESS, yes=False)


@pytest.mark.parametrize("change", [STRANDING, DISABLING], ids=["strands items", "disables a trigger"])
def test_what_does_harm_is_saved_with_yes_and_refused_to_a_script_without(change: Change) -> None:
    require_agreement(change, yes=True)
    with pytest.raises(CommandRefused, match="add --yes"):
        require_agreement(change, yes=False)


def test_a_script_is_told_what_would_follow() -> None:
    with pytest.raises(CommandRefused) as refusal:
        require_agreement(DISABLING, yes=False)
    assert str(refusal.value).splitlines()[1:] == [
        "deal:",
        "  note is removed",
        "Then:",
        "  trigger one of deal:sales is disabled: gone",
    ]


def test_a_person_at_a_terminal_is_told_and_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal("y\n", monkeypatch)
    require_agreement(STRANDING, yes=False)
    told = capsys.readouterr().out
    assert "s2 is removed" in told
    assert "2 items stand there, on s2" in told
    assert "Save it? [y/N]" in told


@pytest.mark.parametrize("typed", ["n\n", "\n"], ids=["no", "nothing"])
def test_a_person_may_refuse(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(typed, monkeypatch)
    with pytest.raises(CommandRefused, match="nothing was saved"):
        require_agreement(STRANDING, yes=False)
