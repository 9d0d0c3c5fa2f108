"""A producer that saves first says which version it left."""

from __future__ import annotations

from crm.decisions import Verdict
from starter.client import Changed
from tests.support.polling import eventually
from tests.support.saves import save_by_another_hand
from tests.support.workbench import Workbench, watching

UPLOADED = watching("uploaded", "contract-approval", "contract")


async def test_a_save_that_the_database_has_already_is_not_written_again(sales: Workbench) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    await sales.change_fields(deal, "warm-up", note="a")
    version = await save_by_another_hand(sales, deal, fields={"contract": "f-1"})

    await sales.client.field_changed(
        deal, {"contract": Changed(old=None, new="f-1")}, event_id="e", item_version=version
    )

    _, entry = await eventually(lambda: sales.decided(deal), lambda found: len(found) == 2)
    assert (entry.verdict, entry.changes) == (Verdict.MOVED, None)
    assert (await sales.stored(deal)).item.version == version + 1


async def test_an_event_of_an_older_save_does_not_overwrite_a_newer_one(sales: Workbench) -> None:
    await sales.publish(UPLOADED)
    deal = await sales.create("negotiation")
    older = await save_by_another_hand(sales, deal, fields={"contract": "f-1"})
    await save_by_another_hand(sales, deal, fields={"contract": "f-2"})

    await sales.client.field_changed(
        deal, {"contract": Changed(old=None, new="f-1")}, event_id="e", item_version=older
    )

    await eventually(lambda: sales.stage(deal), lambda stage: stage == "contract-approval")
    assert (await sales.stored(deal)).item.fields["contract"] == "f-2"


async def test_a_save_that_the_database_does_not_have_yet_is_written_under_its_version(
    sales: Workbench,
) -> None:
    deal = await sales.create("negotiation")

    await sales.client.field_changed(deal, {"note": "a"}, event_id="e", item_version=12)

    await eventually(lambda: sales.decided(deal))
    stored = (await sales.stored(deal)).item
    assert (stored.version, stored.fields["note"]) == (12, "a")
    assert (await sales.client.item(deal))["known"]["version"] == 12
