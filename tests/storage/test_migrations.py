"""Migrations: from nothing to the tables, once, whoever starts them how often."""

from __future__ import annotations

import asyncio
import socket

import pytest

from starter.local.postgres import EmbeddedPostgres
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.migrate import migrate, pending
from tests.support.databases import connected, create_database, drop_database, query
from tests.support.deals import define_deals

ALL = ["0001.tables", "0002.commit-event", "0003.clients-and-links"]

TABLES = [
    "automation_kinds",
    "automation_revisions",
    "client_addresses",
    "client_events",
    "clients",
    "contact_companies",
    "fields",
    "item_clients",
    "item_links",
    "item_types",
    "items",
    "ledger",
    "pipelines",
    "stage_history",
    "stages",
    "timeline",
    "users",
]

OUR_TABLES = """
select table_name from information_schema.tables
where table_schema = 'public' and table_name not like '%yoyo%' order by table_name
"""
OUR_FUNCTIONS = "select proname from pg_proc where pronamespace = 'public'::regnamespace order by proname"


async def test_an_empty_database_gets_all_tables_and_functions(empty_database_url: str) -> None:
    assert migrate(empty_database_url) == ALL

    assert [name for (name,) in await query(empty_database_url, OUR_TABLES)] == TABLES
    assert [name for (name,) in await query(empty_database_url, OUR_FUNCTIONS)] == [
        "changes_between",
        "commit_answer",
        "commit_answer_of_handled",
        "commit_event",
        "has_values",
        "pipeline_lock_key",
        "refuse_change_of_revision",
    ]


async def test_what_was_applied_is_not_applied_again(empty_database_url: str) -> None:
    assert pending(empty_database_url) == ALL
    assert migrate(empty_database_url) == ALL
    assert pending(empty_database_url) == []
    assert migrate(empty_database_url) == []


async def test_of_several_that_start_at_once_one_migrates(empty_database_url: str) -> None:
    results = await asyncio.gather(*(asyncio.to_thread(migrate, empty_database_url) for _ in range(4)))

    assert sorted(results, key=len) == [[], [], [], ALL]


async def test_a_migration_that_fails_halfway_leaves_nothing_and_can_be_repeated(
    empty_database_url: str,
) -> None:
    # In the way of the second migration, which has made other functions by then.
    await query(empty_database_url, "create function commit_event(jsonb) returns jsonb return $1")

    with pytest.raises(Exception, match="commit_event"):
        migrate(empty_database_url)

    assert pending(empty_database_url) == ALL[1:]
    assert [name for (name,) in await query(empty_database_url, OUR_FUNCTIONS)] == [
        "commit_event",
        "refuse_change_of_revision",
    ]
    await query(empty_database_url, "drop function commit_event")
    assert migrate(empty_database_url) == ALL[1:]


async def test_a_database_that_cannot_be_reached_is_unavailable() -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]

        with pytest.raises(DatabaseUnavailable) as unavailable:
            migrate(f"postgresql://postgres@127.0.0.1:{port}/postgres")

    assert unavailable.value.__cause__ is not None


async def test_no_superuser_is_needed(postgres: EmbeddedPostgres) -> None:
    url = await create_database(postgres.url)
    async with connected(url) as superuser:
        await superuser.execute("create role ordinary login")
        await superuser.execute("grant create on schema public to ordinary")
    ordinary_url = url.replace("//postgres@", "//ordinary@")
    try:
        assert migrate(ordinary_url) == ALL
        database = await Database.connect(ordinary_url)
        assert (await define_deals(database)).revision == 1
        await database.close()
    finally:
        await drop_database(postgres.url, url)
        await query(postgres.url, "drop role ordinary")
