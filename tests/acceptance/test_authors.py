"""Triggers move an item in somebody's name, and its history and timeline say in whose."""

from __future__ import annotations

import pytest

from crm.decisions import Verdict
from storage.portal import User
from tests.acceptance.records import MoveMade, decision, moves
from tests.support.polling import eventually
from tests.support.workbench import ANN, BOB, GONE, LEA, Workbench, trigger, watching


async def test_an_uploaded_contract_moves_the_deal_in_the_name_of_the_responsible_person(
    sales: Workbench,
) -> None:
    """Scenario 1, without the rule of the new stage."""
    published = await sales.publish(
        watching("contract-uploaded", "contract-approval", "contract", name="Contract uploaded")
    )
    deal = await sales.create("negotiation", responsible=ANN)

    await sales.client.field_changed(deal, {"contract": "file-17"}, event_id="upload", actor=BOB)

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "contract-approval")
    created, moved = await sales.history(deal)
    assert (created.number, created.from_stage, created.to_stage) == (1, None, "negotiation")
    assert (moved.number, moved.from_stage, moved.to_stage) == (2, "negotiation", "contract-approval")
    [shown] = await sales.timeline(deal, "moved")
    for record in (moved, shown):
        assert (record.from_stage, record.to_stage) == ("negotiation", "contract-approval")
        assert (record.author, record.author_note) == (ANN, None)
        assert (record.cause, record.cause_user) == ("user", BOB)
        assert (record.trigger, record.trigger_name) == ("contract-uploaded", "Contract uploaded")
        assert (record.event_id, record.revision) == ("upload", published.revision)
    assert (await sales.stored(deal)).item.fields["contract"] == "file-17"


async def test_a_new_responsible_person_moves_the_deal_in_the_own_name(sales: Workbench) -> None:
    """Scenario 2, without the rules of the new stage."""
    await sales.publish(trigger("handed-over", "responsible_changed", "in-progress"))
    deal = await sales.create("new", responsible=ANN)

    await sales.client.responsible_changed(deal, BOB, event_id="hand-over", actor=LEA)

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "in-progress")
    assert await moves(sales, deal) == [MoveMade("new", "in-progress", "handed-over", BOB)]
    [shown] = await sales.timeline(deal, "moved")
    assert (shown.cause, shown.cause_user) == ("user", LEA)
    assert (await sales.stored(deal)).item.responsible == BOB


async def test_a_document_that_all_parties_signed_wins_the_deal_in_the_name_of_the_configured_user(
    sales: Workbench,
) -> None:
    """Scenario 3: executed; executed again; executed again once it was revoked."""
    await sales.publish(trigger("signed", "document_executed", "won", on_behalf_of=LEA))
    deal = await sales.create("signing", responsible=ANN)
    won_by_document = MoveMade("signing", "won", "signed", LEA)
    moved_back = MoveMade("won", "signing", None, BOB)

    async def tell(event_id: str, step: str) -> Verdict:
        """The verdict on a step of the document."""
        await sales.client.document_executed(deal, "d-1", event_id=event_id, step=step, source="client")
        await eventually(
            lambda: sales.decided(deal), lambda entries: event_id in {one.event_id for one in entries}
        )
        return (await decision(sales, deal, event_id)).verdict

    assert await tell("posted", "executed") is Verdict.MOVED
    assert await moves(sales, deal) == [won_by_document]

    assert await tell("posted-again", "executed") is Verdict.NO_CHANGE
    await sales.client.move(deal, "signing", event_id="back", actor=BOB)
    assert await tell("posted-once-more", "executed") is Verdict.NO_CHANGE
    assert await moves(sales, deal) == [won_by_document, moved_back]

    assert await tell("annulled", "revoked") is Verdict.NO_TRIGGER_MATCHED
    assert await tell("posted-anew", "executed") is Verdict.MOVED
    assert await moves(sales, deal) == [won_by_document, moved_back, won_by_document]


@pytest.mark.parametrize(
    ("on_behalf_of", "responsible", "author", "note"),
    [
        pytest.param(
            BOB,
            ANN,
            ANN,
            "user 7 is inactive or unknown: the responsible person stands in",
            id="the responsible person stands in",
        ),
        pytest.param(
            BOB,
            None,
            None,
            "user 7 is inactive or unknown and nobody is responsible: the system stands in",
            id="nobody is responsible",
        ),
        pytest.param(
            BOB,
            GONE,
            None,
            "user 7 is inactive or unknown and responsible user 6 is inactive or unknown: "
            "the system stands in",
            id="the responsible person is inactive too",
        ),
        pytest.param(
            None,
            BOB,
            None,
            "responsible user 7 is inactive or unknown: the system stands in",
            id="the responsible person was meant",
        ),
    ],
)
async def test_somebody_stands_in_for_a_deactivated_user_and_the_timeline_says_so(
    bench: Workbench, on_behalf_of: int | None, responsible: int | None, author: int | None, note: str
) -> None:
    """Scenario 8: Bob was active when the trigger was saved."""
    await bench.publish(watching("contract-uploaded", "signing", "contract", on_behalf_of=on_behalf_of))
    deal = await bench.create("new", responsible=responsible)
    async with bench.worker():
        await bench.client.start(deal)
        await bench.portal.define_users([User(BOB, "Bob", active=False)])

        outcome = await bench.change_fields(deal, "upload", contract="file-17")

    assert (outcome.author, outcome.author_note) == (author, note)
    [shown] = await bench.timeline(deal, "moved")
    [_, moved] = await bench.history(deal)
    assert (shown.author, shown.author_note) == (author, note)
    assert (moved.author, moved.author_note) == (author, note)
