"""A decision stands only on what is still so in the database (design section 4)."""

from __future__ import annotations

from crm.decisions import Verdict
from crm.pipelines import Pipeline, Stage
from tests.support.histories import local_activities
from tests.support.polling import eventually
from tests.support.saves import save_by_another_hand
from tests.support.workbench import ANN, BOB, Workbench, watching

UPLOADED = watching("uploaded", "contract-approval", "contract")
UPLOADED_WITH_SCORE = watching(
    "uploaded",
    "contract-approval",
    "contract",
    condition=({"field": "score", "operator": "=", "value": 7},),
)


async def test_a_decision_stands_when_what_it_read_is_still_so(sales: Workbench) -> None:
    await sales.publish(UPLOADED_WITH_SCORE)
    deal = await sales.create("negotiation", score=7, note="a")
    await sales.client.start(deal)
    await eventually(lambda: sales.client.item(deal), lambda state: state["known"] is not None)
    await save_by_another_hand(sales, deal, fields={"note": "by another hand"})

    outcome = await sales.change_fields(deal, "e", contract="f-1")

    assert outcome.verdict is Verdict.MOVED
    assert (await local_activities(sales.handle(deal)))["commit_event"] == 1
    stored = (await sales.stored(deal)).item
    assert (stored.version, stored.fields["note"]) == (3, "by another hand")
    assert (await sales.client.item(deal))["known"]["version"] == 3


async def test_an_event_is_decided_again_when_a_value_that_it_read_was_changed(sales: Workbench) -> None:
    await sales.publish(UPLOADED_WITH_SCORE)
    becomes_true = await sales.create("negotiation", score=1)
    becomes_false = await sales.create("negotiation", score=7)
    for deal, score in ((becomes_true, 7), (becomes_false, 1)):
        await sales.change_fields(deal, "warm-up", note="a")
        await save_by_another_hand(sales, deal, fields={"score": score})

    moved = await sales.change_fields(becomes_true, "e", contract="f-1")
    stays = await sales.change_fields(becomes_false, "e", contract="f-1")

    assert (moved.verdict, stays.verdict) == (Verdict.MOVED, Verdict.NO_TRIGGER_MATCHED)
    assert (await sales.client.decisions(becomes_false))[-1]["considered"][0]["false_rows"] == [
        "score = 7 is false: the item has 1"
    ]
    assert (await local_activities(sales.handle(becomes_true)))["commit_event"] == 3


async def test_an_event_is_decided_on_the_stage_to_which_another_hand_moved_the_item(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "warm-up", note="a")
    await save_by_another_hand(sales, deal, stage="signing")

    outcome = await sales.change_fields(deal, "e", contract="f-1")

    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    assert (await sales.client.decisions(deal))[-1]["considered"][0]["reason"] == "not allowed backward"


async def test_a_move_is_made_in_the_name_of_whom_another_hand_made_responsible(sales: Workbench) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation", responsible=ANN)
    await sales.change_fields(deal, "warm-up", note="a")
    await save_by_another_hand(sales, deal, responsible=BOB)

    outcome = await sales.change_fields(deal, "e", contract="f-1")

    assert (outcome.verdict, outcome.author) == (Verdict.MOVED, BOB)


async def test_an_item_that_another_hand_put_into_another_pipeline_follows_that_automation(
    sales: Workbench,
) -> None:
    await sales.publish(UPLOADED)
    await sales.portal.define_pipeline(
        Pipeline(
            item_type="deal", code="service", title="Service", stages=(Stage(code="open"), Stage(code="busy"))
        )
    )
    service = await sales.automations.current("deal", "service")
    assert service is not None
    noted = service.model_copy(update={"triggers": (watching("noted", "busy", "note"),)})
    await sales.automations.publish(noted, service.revision, ANN)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "warm-up", score=1)
    await save_by_another_hand(sales, deal, pipeline="service", stage="open")

    contract = await sales.change_fields(deal, "e-1", contract="f-1")
    note = await sales.change_fields(deal, "e-2", note="a")

    assert (contract.verdict, note.verdict, note.to_stage) == (
        Verdict.NO_TRIGGER_MATCHED,
        Verdict.MOVED,
        "busy",
    )
