"""What an item's workflow does with the events that reach it."""

from __future__ import annotations

from crm.decisions import Verdict
from tests.support.polling import eventually
from tests.support.workbench import ANN, Workbench, watching


async def test_a_signalled_field_change_moves_the_item_in_the_name_of_the_responsible_person(
    sales: Workbench,
) -> None:
    await sales.publish(watching("contract-uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation")

    await sales.client.field_changed(deal, {"contract": "file-17"}, event_id="upload", actor=ANN)

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "contract-approval")
    moved = await sales.timeline(deal, "moved")
    assert [(one.author, one.from_stage, one.to_stage, one.trigger) for one in moved] == [
        (ANN, "negotiation", "contract-approval", "contract-uploaded")
    ]


async def test_an_event_that_no_trigger_wants_changes_the_field_and_not_the_stage(sales: Workbench) -> None:
    deal = await sales.create("negotiation", note="before")

    outcome = await sales.change_fields(deal, "rename", note="after")

    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    stored = (await sales.stored(deal)).item
    assert (stored.stage, stored.fields["note"]) == ("negotiation", "after")
