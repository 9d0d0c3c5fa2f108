"""What an item's workflow does with the events that reach it as signals."""

from __future__ import annotations

from crm.decisions import Verdict
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, LEA, Workbench, trigger, watching


async def test_a_signalled_field_change_moves_the_item_in_the_name_of_the_responsible_person(
    sales: Workbench,
) -> None:
    await sales.publish(watching("contract-uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation")

    await sales.client.field_changed(deal, {"contract": "file-17"}, event_id="upload", actor=BOB)

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "contract-approval")
    [moved] = await sales.timeline(deal, "moved")
    assert (moved.author, moved.cause, moved.cause_user) == (ANN, "user", BOB)
    assert (moved.from_stage, moved.to_stage) == ("negotiation", "contract-approval")
    assert (moved.trigger, moved.event_id, moved.revision) == ("contract-uploaded", "upload", 2)
    assert [one.to_stage for one in await sales.history(deal)] == ["negotiation", "contract-approval"]


async def test_a_new_responsible_person_moves_the_item_in_that_persons_name(sales: Workbench) -> None:
    await sales.publish(trigger("taken-over", "responsible_changed", "in-progress"))
    deal = await sales.create("new", responsible=ANN)

    await sales.client.responsible_changed(deal, BOB, event_id="handover", actor=ANN)

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "in-progress")
    [moved] = await sales.timeline(deal, "moved")
    assert (moved.author, moved.cause_user) == (BOB, ANN)
    assert (await sales.stored(deal)).item.responsible == BOB


async def test_an_executed_document_moves_once_and_again_after_a_revocation(sales: Workbench) -> None:
    await sales.publish(trigger("signed", "document_executed", "won", on_behalf_of=LEA))
    deal = await sales.create("signing")
    client = sales.client

    await client.document_executed(deal, "d-1", event_id="executed")
    await client.document_executed(deal, "d-1", event_id="executed again")
    assert (await client.move(deal, "signing", event_id="back", actor=BOB)).verdict is Verdict.MOVED
    await client.document_executed(deal, "d-1", event_id="and once more")
    await client.document_executed(deal, "d-1", event_id="revoked", step="revoked")
    await client.document_executed(deal, "d-1", event_id="executed anew")

    decided = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 6)
    assert [(one.event_id, one.kind, one.verdict) for one in decided] == [
        ("executed", "document_executed", "moved"),
        ("executed again", "document_executed", "no change"),
        ("back", "move_stage", "moved"),
        ("and once more", "document_executed", "no change"),
        ("revoked", "document_revoked", "no trigger matched"),
        ("executed anew", "document_executed", "moved"),
    ]
    assert [one.author for one in await sales.timeline(deal, "moved")] == [LEA, BOB, LEA]


async def test_an_event_of_any_kind_of_the_catalogue_comes_by_the_signal_item_event(sales: Workbench) -> None:
    await sales.publish(
        trigger("offer-seen", "document_viewed", "negotiation", settings={"template": "offer"}),
    )
    deal = await sales.create("new")

    await sales.client.event(deal, "document_viewed", {"document": "d", "template": "letter"}, event_id="1")
    await sales.client.event(deal, "document_viewed", {"document": "d", "template": "offer"}, event_id="2")

    decided = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 2)
    assert [one.verdict for one in decided] == [Verdict.NO_TRIGGER_MATCHED, Verdict.MOVED]
    assert await sales.stage(deal) == "negotiation"


async def test_one_save_of_fields_and_responsible_person_is_two_events_that_see_the_item_as_it_was_left(
    sales: Workbench,
) -> None:
    await sales.publish(
        watching("noted", "in-progress", "note"),
        trigger("taken-over", "responsible_changed", "negotiation"),
    )
    deal = await sales.create("new", responsible=ANN)

    await sales.client.saved(deal, {"note": "hello"}, BOB, save_id="save", actor=ANN)

    decided = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 2)
    assert [one.event_id for one in decided] == ["save:fields", "save:responsible"]
    moved = await sales.timeline(deal, "moved")
    # The field-changed event came first, and knew already who would be responsible.
    assert [(one.author, one.from_stage, one.to_stage) for one in moved] == [
        (BOB, "new", "in-progress"),
        (BOB, "in-progress", "negotiation"),
    ]


async def test_a_suppressed_event_changes_the_item_and_fires_nothing(sales: Workbench) -> None:
    await sales.publish(watching("uploaded", "contract-approval", "contract"))
    deal = await sales.create("negotiation")

    await sales.client.field_changed(deal, {"contract": "f-1"}, event_id="import", automation="suppress")

    [one] = await eventually(lambda: sales.decided(deal))
    assert (one.verdict, one.considered) == (Verdict.SUPPRESSED, ())
    stored = (await sales.stored(deal)).item
    assert (stored.stage, stored.fields["contract"]) == ("negotiation", "f-1")
    again = await sales.change_fields(deal, "import", contract="f-2")
    assert (again.verdict, again.duplicate) == (Verdict.SUPPRESSED, True)


async def test_an_event_that_no_trigger_wants_changes_the_field_and_not_the_stage(sales: Workbench) -> None:
    deal = await sales.create("negotiation", note="before")

    outcome = await sales.change_fields(deal, "rename", note="after")

    assert outcome.verdict is Verdict.NO_TRIGGER_MATCHED
    stored = (await sales.stored(deal)).item
    assert (stored.stage, stored.fields["note"]) == ("negotiation", "after")


async def test_two_events_that_follow_each_other_at_once_are_handled_in_that_order(sales: Workbench) -> None:
    await sales.publish(
        watching("uploaded", "contract-approval", "contract"), watching("done", "won", "status")
    )
    deal = await sales.create("negotiation")

    # The server has the first when its call returns; the second follows within milliseconds.
    await sales.client.field_changed(deal, {"contract": "f"}, event_id="first")
    await sales.client.field_changed(deal, {"status": "done"}, event_id="second")

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "won")
    moved = await sales.timeline(deal, "moved")
    assert [(one.event_id, one.from_stage, one.to_stage) for one in moved] == [
        ("first", "negotiation", "contract-approval"),
        ("second", "contract-approval", "won"),
    ]


async def test_events_that_come_in_a_burst_are_all_handled_in_the_order_in_which_they_came(
    sales: Workbench,
) -> None:
    deal = await sales.create("new", score=0)

    for number in range(1, 31):
        await sales.client.field_changed(deal, {"score": number}, event_id=f"e-{number}")

    decided = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 30)
    assert [one.event_id for one in decided] == [f"e-{number}" for number in range(1, 31)]
    assert (await sales.stored(deal)).item.fields["score"] == 30
