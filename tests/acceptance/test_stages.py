"""Where a trigger may move an item to, and where it may not."""

from __future__ import annotations

import pytest

from crm.automations import TriggerState
from crm.decisions import Reason, Verdict
from tests.acceptance.records import MoveMade, decision, moves, reasons
from tests.support.workbench import ANN, SALES, Workbench, watching


async def test_a_trigger_on_an_earlier_stage_moves_only_where_that_is_allowed(sales: Workbench) -> None:
    """Scenario 4."""
    deal = await sales.create("contract-approval")

    await sales.publish(watching("reopen", "in-progress", "note"))
    outcome = await sales.change_fields(deal, "first-note", note="first")
    assert (outcome.verdict, await sales.stage(deal)) == (Verdict.NO_TRIGGER_MATCHED, "contract-approval")
    assert await reasons(sales, deal, "first-note") == {"reopen": Reason.NOT_ALLOWED_BACKWARD}

    await sales.publish(watching("reopen", "in-progress", "note", allow_previous_stage=True))
    await sales.change_fields(deal, "second-note", note="second")
    assert await moves(sales, deal) == [MoveMade("contract-approval", "in-progress", "reopen", ANN)]


async def test_of_two_triggers_that_match_the_one_on_the_earlier_stage_wins(sales: Workbench) -> None:
    """Scenario 5."""
    # Their order in the configuration must not matter, only that of the stages.
    await sales.publish(watching("on-5", "signing", "note"), watching("on-3", "negotiation", "note"))
    deal = await sales.create("in-progress")

    await sales.change_fields(deal, "note", note="told")

    assert await moves(sales, deal) == [MoveMade("in-progress", "negotiation", "on-3", ANN)]
    assert await reasons(sales, deal, "note") == {"on-3": Reason.WON, "on-5": Reason.CAME_AFTER_THE_WINNER}


async def test_a_matching_trigger_on_the_first_stage_that_may_move_back_wins_over_all(
    sales: Workbench,
) -> None:
    """Scenario 5, with a third trigger."""
    await sales.publish(
        watching("on-5", "signing", "note"),
        watching("on-3", "negotiation", "note"),
        watching("on-1", "new", "note", allow_previous_stage=True),
    )
    deal = await sales.create("in-progress")

    await sales.change_fields(deal, "note", note="told")

    assert await moves(sales, deal) == [MoveMade("in-progress", "new", "on-1", ANN)]
    assert await reasons(sales, deal, "note") == {
        "on-1": Reason.WON,
        "on-3": Reason.CAME_AFTER_THE_WINNER,
        "on-5": Reason.CAME_AFTER_THE_WINNER,
    }


@pytest.mark.parametrize(
    ("jumped_to", "reason"),
    [
        pytest.param("signing", Reason.NOT_ALLOWED_BACKWARD, id="a later stage in progress"),
        pytest.param("won", Reason.CLOSED, id="a closed stage"),
    ],
)
async def test_a_trigger_on_a_stage_that_was_jumped_over_does_not_pull_the_item_back(
    bench: Workbench, jumped_to: str, reason: Reason
) -> None:
    """Scenario 6."""
    await bench.publish(watching("on-3", "negotiation", "note"))
    deal = await bench.create("new")
    async with bench.worker():
        await bench.client.move(deal, jumped_to, event_id="jump", actor=ANN)

        await bench.change_fields(deal, "note", note="told")

    assert await moves(bench, deal) == [MoveMade("new", jumped_to, None, ANN)]
    assert await reasons(bench, deal, "note") == {"on-3": reason}


@pytest.mark.parametrize(
    ("closed_on", "target"),
    [
        pytest.param("won", "negotiation", id="won, back into progress"),
        pytest.param("lost", "negotiation", id="lost, back into progress"),
        pytest.param("won", "lost", id="won to lost"),
        pytest.param("lost", "won", id="lost to won"),
    ],
)
async def test_a_late_event_moves_a_closed_item_only_where_moving_back_is_allowed(
    bench: Workbench, closed_on: str, target: str
) -> None:
    """Scenario 7: whichever way the move goes."""
    deal = await bench.create(closed_on)
    async with bench.worker():
        await bench.publish(watching("late", target, "note"))
        await bench.change_fields(deal, "first-note", note="first")
        assert await bench.stage(deal) == closed_on
        assert await reasons(bench, deal, "first-note") == {"late": Reason.CLOSED}

        await bench.publish(watching("late", target, "note", allow_previous_stage=True))
        await bench.change_fields(deal, "second-note", note="second")

    assert await moves(bench, deal) == [MoveMade(closed_on, target, "late", ANN)]


async def test_an_item_on_a_deleted_stage_keeps_its_place_and_goes_on(sales: Workbench) -> None:
    """Scenario 9: an explained decision, nothing moved, nothing blocked."""
    await sales.publish(
        watching("on-the-deleted", "negotiation", "note"), watching("on-the-last", "signing", "note")
    )
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "before", score=1)

    left = tuple(stage for stage in SALES.stages if stage.code != "negotiation")
    followed = await sales.portal.define_pipeline(SALES.model_copy(update={"stages": left}))
    disabled, enabled = followed.triggers
    assert (disabled.state, enabled.state) == (TriggerState.DISABLED, TriggerState.ENABLED)
    assert disabled.disabled_because is not None
    assert "negotiation" in disabled.disabled_because

    outcome = await sales.change_fields(deal, "note", note="told")
    assert (outcome.verdict, outcome.reason, outcome.revision) == (
        Verdict.STAGE_NOT_IN_PIPELINE,
        "there is no stage deal:sales/negotiation",
        followed.revision,
    )
    assert (await decision(sales, deal, "note")).considered == ()
    stored = (await sales.stored(deal)).item
    assert (stored.stage, stored.fields["note"]) == ("negotiation", "told")

    await sales.client.move(deal, "in-progress", event_id="rescue", actor=ANN)
    await sales.change_fields(deal, "note-again", note="told again")
    assert await moves(sales, deal) == [
        MoveMade("negotiation", "in-progress", None, ANN),
        MoveMade("in-progress", "signing", "on-the-last", ANN),
    ]
