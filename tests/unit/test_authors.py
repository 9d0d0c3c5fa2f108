"""In whose name a trigger moves an item (R6)."""

from __future__ import annotations

import pytest

from crm.authors import AuthorChoice, author_choices, first_active
from crm.decide import decide
from tests.support.builders import (
    ANN,
    BOB,
    GONE,
    LEA,
    a_trigger,
    an_event,
    an_item,
    compiled,
    responsible_became,
)

ACTIVE = (ANN, BOB, LEA)


@pytest.mark.parametrize(
    ("configured", "responsible", "author", "note"),
    [
        pytest.param(None, ANN, ANN, None, id="the responsible person by default"),
        pytest.param(BOB, ANN, BOB, None, id="the configured user"),
        pytest.param(BOB, None, BOB, None, id="the configured user though nobody is responsible"),
        pytest.param(ANN, ANN, ANN, None, id="the configured user is the responsible person"),
        pytest.param(
            GONE,
            ANN,
            ANN,
            "user 6 is inactive or unknown: the responsible person stands in",
            id="the responsible person for an inactive user",
        ),
        pytest.param(
            404,
            ANN,
            ANN,
            "user 404 is inactive or unknown: the responsible person stands in",
            id="the responsible person for an unknown user",
        ),
        pytest.param(
            None,
            None,
            None,
            "nobody is responsible: the system stands in",
            id="the system where nobody is responsible",
        ),
        pytest.param(
            None,
            GONE,
            None,
            "responsible user 6 is inactive or unknown: the system stands in",
            id="the system for an inactive responsible person",
        ),
        pytest.param(
            GONE,
            None,
            None,
            "user 6 is inactive or unknown and nobody is responsible: the system stands in",
            id="the system for an inactive user where nobody is responsible",
        ),
        pytest.param(
            GONE,
            404,
            None,
            "user 6 is inactive or unknown and responsible user 404 is inactive or unknown: "
            "the system stands in",
            id="the system where both are gone",
        ),
        pytest.param(
            GONE,
            GONE,
            None,
            "user 6 is inactive or unknown: the system stands in",
            id="the system where both are one and gone",
        ),
    ],
)
def test_a_move_is_made_in_the_name_of_the_first_who_is_active(
    configured: int | None, responsible: int | None, author: int | None, note: str | None
) -> None:
    """Scenario 8."""
    choices = author_choices(configured, responsible)
    assert first_active(choices, ACTIVE.__contains__) == AuthorChoice(author, note)


def test_the_last_to_try_is_always_the_system() -> None:
    for configured in (None, ANN, GONE):
        for responsible in (None, ANN, GONE):
            *others, last = author_choices(configured, responsible)
            assert last.user is None
            assert last.note is not None
            assert all(choice.user is not None for choice in others)


def test_a_triggers_configured_user_is_tried_before_the_responsible_person() -> None:
    decision = decide(
        an_item(responsible=ANN), compiled(a_trigger("one", "s2", on_behalf_of=BOB)), an_event()
    )
    assert decision.move is not None
    assert [choice.user for choice in decision.move.authors] == [7, 5, None]


def test_a_move_is_made_in_the_name_of_the_person_who_is_responsible_after_the_event() -> None:
    """Scenario 2."""
    automation = compiled(a_trigger("one", "s2", "responsible_changed"))
    decision = decide(an_item(responsible=ANN), automation, responsible_became(LEA, actor=BOB))
    assert decision.move is not None
    assert [choice.user for choice in decision.move.authors] == [9, None]


def test_nobody_is_responsible_after_the_event_and_the_system_moves() -> None:
    automation = compiled(a_trigger("one", "s2", "responsible_changed"))
    decision = decide(an_item(responsible=ANN), automation, responsible_became(None))
    assert decision.move is not None
    assert decision.move.authors == (AuthorChoice(None, "nobody is responsible: the system stands in"),)
