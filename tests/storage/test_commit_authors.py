"""In whose name a commit moves: SQL and `crm.authors.first_active` choose alike (R6)."""

from __future__ import annotations

import pytest

from crm.authors import author_choices, first_active
from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.items import Items
from tests.support.commits import a_move
from tests.support.deals import ANNA, BORIS, CLARA

UNKNOWN = 404

# The configured and the responsible user; the author and the note.
AUTHORS: dict[str, tuple[int | None, int | None, int | None, str | None]] = {
    "the responsible person": (None, ANNA, ANNA, None),
    "the configured user": (CLARA, ANNA, CLARA, None),
    "the configured user without a responsible person": (CLARA, None, CLARA, None),
    "an inactive configured user": (
        BORIS,
        ANNA,
        ANNA,
        "user 7 is inactive or unknown: the responsible person stands in",
    ),
    "an unknown configured user": (
        UNKNOWN,
        ANNA,
        ANNA,
        "user 404 is inactive or unknown: the responsible person stands in",
    ),
    "an inactive responsible person": (
        None,
        BORIS,
        None,
        "responsible user 7 is inactive or unknown: the system stands in",
    ),
    "nobody": (None, None, None, "nobody is responsible: the system stands in"),
    "both inactive or unknown": (
        UNKNOWN,
        BORIS,
        None,
        "user 404 is inactive or unknown and responsible user 7 is inactive or unknown: the system stands in",
    ),
    "an inactive configured user and nobody responsible": (
        BORIS,
        None,
        None,
        "user 7 is inactive or unknown and nobody is responsible: the system stands in",
    ),
}


@pytest.mark.parametrize(
    ("configured", "responsible", "author", "note"), AUTHORS.values(), ids=AUTHORS.keys()
)
async def test_the_first_active_choice_is_the_author(
    commits: Commits,
    items: Items,
    deal: Item,
    configured: int | None,
    responsible: int | None,
    author: int | None,
    note: str | None,
) -> None:
    choices = author_choices(configured, responsible)

    stored = await commits.commit(a_move(authors=choices))

    assert stored.answer.outcome is not None
    assert (stored.answer.outcome.author, stored.answer.outcome.author_note) == (author, note)
    change = (await items.history(ItemRef("deal", 1)))[-1]
    record = (await items.timeline(ItemRef("deal", 1)))[-1]
    assert (change.author, change.author_note) == (author, note)
    assert (record.author, record.author_note) == (author, note)
    chosen = first_active(choices, lambda user: user in (ANNA, CLARA))
    assert (chosen.user, chosen.note) == (author, note)
