from __future__ import annotations

import pytest

from crm.items import Item
from storage.commits import Commits
from storage.database import Database
from storage.items import Items, NewItem
from tests.support.deals import ANNA, define_deals
from tests.support.routing import define_clients_and_pipelines


@pytest.fixture
async def deals(database: Database) -> Database:
    """A database with the users and the pipeline of tests.support.deals, at revision 1."""
    await define_deals(database)
    return database


@pytest.fixture
async def deal(deals: Database) -> Item:
    """`deal:1` on stage `new`, Anna's, with a note, at version 1."""
    return await Items(deals).create(
        NewItem(item_type="deal", responsible=ANNA, fields={"note": "first"}, created_by=ANNA)
    )


@pytest.fixture
def commits(deals: Database) -> Commits:
    return Commits(deals)


@pytest.fixture
def items(deals: Database) -> Items:
    return Items(deals)


@pytest.fixture
async def world(database: Database) -> Database:
    """A database with the clients and the pipelines of tests.support.routing, and no items."""
    await define_clients_and_pipelines(database)
    return database
