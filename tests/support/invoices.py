"""Invoices, which deals are linked to: their type, their pipeline, and how one is made."""

from __future__ import annotations

from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.database import Database
from storage.items import Items
from storage.new_items import NewItem
from storage.portal import Portal

INVOICE = ItemType(code="invoice", title="Invoice")

BILLING = Pipeline(
    item_type="invoice",
    code="billing",
    title="Billing",
    stages=(
        Stage(code="draft"),
        Stage(code="sent"),
        Stage(code="paid", semantics=Semantics.WON),
        Stage(code="unpaid", semantics=Semantics.LOST),
    ),
)


async def define_invoices(database: Database) -> None:
    """Define the type and the pipeline `invoice:billing`."""
    portal = Portal(database)
    await portal.define_item_type(INVOICE)
    await portal.define_pipeline(BILLING)


async def create_invoice(database: Database, *linked: ItemRef, item_id: int | None = None) -> ItemRef:
    """An invoice on stage `draft` that is linked to these items."""
    new = NewItem(item_type="invoice", item_id=item_id, links=linked)
    return (await Items(database).create(new)).ref
