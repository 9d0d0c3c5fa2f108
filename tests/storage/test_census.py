"""Where items stand, and what they hold."""

from __future__ import annotations

import pytest

from crm.fields import Field, FieldType
from crm.items import ItemRef
from crm.pipelines import Stage
from crm.values import Json
from storage.census import Census, Crowd, Standing
from storage.database import Database
from storage.items import Items, NewItem
from storage.portal import Portal
from tests.support.deals import SALES
from tests.support.invoices import create_invoice, define_invoices


@pytest.fixture
def census(deals: Database) -> Census:
    return Census(deals)


async def create(items: Items, *stages: str, **fields: Json) -> None:
    """Deals on these stages, numbered from 1."""
    await items.create_many([NewItem(item_type="deal", stage=stage, fields=fields) for stage in stages])


async def delete_stages(database: Database, *codes: str) -> None:
    stages = tuple(stage for stage in SALES.stages if stage.code not in codes)
    await Portal(database).define_pipeline(SALES.model_copy(update={"stages": stages}))


async def test_items_are_counted_by_stage(census: Census, items: Items, deals: Database) -> None:
    await define_invoices(deals)
    await create_invoice(deals)
    await create(items, "new", "won", "new")

    of_deals = {"deal:sales/new": 2, "deal:sales/won": 1}
    assert await census.by_stage() == {**of_deals, "invoice:billing/draft": 1}
    assert await census.by_stage("deal") == of_deals
    assert await census.by_stage("deal", "sales") == of_deals
    assert await census.by_stage("deal", "renewals") == {}


async def test_items_on_stages_that_their_pipeline_does_not_have_are_stranded(
    census: Census, items: Items, deals: Database
) -> None:
    await create(items, "approval", "new", "negotiation", "approval", "approval")
    assert await census.stranded() == ()

    await delete_stages(deals, "approval", "negotiation")

    gone = (
        Crowd("deal:sales/approval", 3, (ItemRef("deal", 1), ItemRef("deal", 4))),
        Crowd("deal:sales/negotiation", 1, (ItemRef("deal", 3),)),
    )
    assert await census.stranded(first=2) == gone
    assert await census.stranded("deal", "sales", first=2) == gone
    assert await census.stranded("invoice") == ()


async def test_a_stage_that_comes_back_strands_nobody(census: Census, items: Items, deals: Database) -> None:
    await create(items, "approval")
    await delete_stages(deals, "approval")
    await Portal(deals).define_pipeline(SALES)

    assert await census.stranded() == ()


async def test_a_stage_of_the_same_code_in_another_pipeline_does_not_count(
    census: Census, items: Items, deals: Database
) -> None:
    others = SALES.model_copy(update={"code": "renewals", "stages": (Stage(code="approval"),)})
    await Portal(deals).define_pipeline(others)
    await create(items, "approval")
    await delete_stages(deals, "approval")

    assert [crowd.stage for crowd in await census.stranded()] == ["deal:sales/approval"]


async def test_the_items_of_a_stage_are_read_in_pages(census: Census, items: Items) -> None:
    await create(items, "new", "won", "new", "new")

    first = await census.on_stage("deal", "sales", "new", after=0, limit=2)
    assert first == [Standing(ItemRef("deal", 1), 1), Standing(ItemRef("deal", 3), 1)]
    assert await census.on_stage("deal", "sales", "new", after=3, limit=2) == [
        Standing(ItemRef("deal", 4), 1)
    ]
    assert await census.on_stage("deal", "sales", "new", after=4, limit=2) == []


async def test_items_are_counted_whose_values_do_not_fit_another_type(census: Census, items: Items) -> None:
    await create(items, "new", note="12")
    await create(items, "new", "won", note="twelve")
    await create(items, "new", note="")
    await create(items, "new", contract="file-1")

    assert await census.with_value("deal", "note") == 3
    assert await census.with_value("deal", "contract") == 1
    assert await census.with_value("deal", "amount") == 0
    assert await census.unfit("deal", Field(code="note", type=FieldType.INTEGER)) == 2
    assert await census.unfit("deal", Field(code="note", type=FieldType.TEXT)) == 0
    assert await census.unfit("deal", Field(code="note", type=FieldType.STRING, multiple=True)) == 0
