"""All items of a stage moved by hand: ids, pages, failures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from crm.commits import Outcome
from crm.decisions import Verdict
from crm.items import ItemRef
from starter.cli import mass_moves
from starter.client import EventOptions, ItemClient, NotAnswered
from starter.mass_moves import MassMove, MassMover, Unmoved
from storage.census import Census, Standing
from tests.cli.conftest import Run
from tests.support.builders import an_automation
from tests.support.workbench import unused_number


class Items:
    """Stands in for the client and the census: deals from 1 on, of which some reject or do not answer."""

    def __init__(self, count: int = 0, rejecting: Sequence[int] = (), silent: Sequence[int] = ()) -> None:
        self.standing = [Standing(ItemRef("deal", number), arrival=3) for number in range(1, count + 1)]
        self.rejecting = rejecting
        self.silent = silent
        self.event_ids: list[str] = []

    async def on_stage(self, item_type: str, pipeline: str, stage: str, after: int, limit: int) -> Any:
        assert (item_type, pipeline, stage) == ("deal", "sales", "gone")
        return [one for one in self.standing if one.ref.item_id > after][:limit]

    async def move(self, item: str, stage: str, *, event_id: str, **options: Any) -> Outcome:
        ref = ItemRef.parse(item)
        self.event_ids.append(event_id)
        if ref.item_id in self.silent:
            raise NotAnswered(f"{item}: no answer")
        rejected = ref.item_id in self.rejecting
        return Outcome(
            item=item,
            event_id=event_id,
            verdict=Verdict.REJECTED if rejected else Verdict.MOVED,
            reason="there is no such stage" if rejected else None,
            decided_at=datetime(2026, 11, 21, tzinfo=UTC),
        )


async def run_mover(items: Items, revision: int = 7) -> MassMove:
    mover = MassMover(
        cast(ItemClient, items),
        cast(Census, items),
        an_automation(revision=revision),
        "s2",
        EventOptions(actor=5),
    )
    return await mover.run("gone", lambda count: None)


async def test_every_item_is_moved_whatever_the_size_of_a_page() -> None:
    result = await run_mover(Items(450))
    assert (result.moved, result.tried, result.given_up) == (450, 450, False)


async def test_the_id_of_a_move_is_the_same_for_the_same_arrival() -> None:
    items = Items(1)
    await run_mover(items)
    await run_mover(items)
    items.standing = [Standing(ItemRef("deal", 1), arrival=5)]
    await run_mover(items)
    await run_mover(items, revision=8)
    assert items.event_ids == [
        "move-all:deal:1#3:s2@7",
        "move-all:deal:1#3:s2@7",
        "move-all:deal:1#5:s2@7",
        "move-all:deal:1#5:s2@8",
    ]


async def test_what_fails_is_told_and_the_others_are_moved() -> None:
    result = await run_mover(Items(5, rejecting=[2], silent=[4]))
    assert (result.moved, result.given_up) == (3, False)
    assert result.failed == [
        Unmoved(ItemRef("deal", 2), "there is no such stage"),
        Unmoved(ItemRef("deal", 4), "deal:4: no answer"),
    ]


@pytest.mark.parametrize(
    ("silent", "tried"),
    [
        pytest.param(range(1, 1_000), 1, id="from the first on"),
        pytest.param(range(2, 1_000), 201, id="later"),
    ],
)
async def test_where_nobody_answers_it_gives_up(silent: range, tried: int) -> None:
    result = await run_mover(Items(900, silent=silent))
    assert (result.tried, result.given_up) == (tried, True)


async def test_the_command_names_what_was_not_moved_and_fails(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = unused_number()
    await run("item", "create", "deal", "--id", str(number), "--stage", "negotiation")
    everyone = Items(rejecting=range(1, number + 1))

    async def open_client(address: str | None) -> Items:
        return everyone

    monkeypatch.setattr(mass_moves, "open_client", open_client)
    status, _, errors = await run("item", "move-all", "deal:sales/negotiation", "new")
    assert status == 1
    assert f"  deal:{number}: there is no such stage\n" in errors
    assert errors.endswith("The same command tries them again.\n")
