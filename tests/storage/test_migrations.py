"""Migrations: from nothing to the tables, once, whoever starts them how often."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from pathlib import Path

import pytest

from starter.local.postgres import EmbeddedPostgres
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.migrate import MIGRATIONS, migrate, pending
from tests.support.databases import connected, create_database, drop_database, query
from tests.support.deals import define_deals

ALL = [
    "0001.tables",
    "0002.outbox",
    "0003.clients-and-links",
    "0004.events-of-moves",
    "0005.commit-event",
]

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
    "outbox",
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
        "raise_events_of_move",
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
    # In the way of the last migration, which has made other functions by then.
    await query(empty_database_url, "create function commit_event(jsonb) returns jsonb return $1")

    with pytest.raises(Exception, match="commit_event"):
        migrate(empty_database_url)

    assert pending(empty_database_url) == ALL[-1:]
    assert [name for (name,) in await query(empty_database_url, OUR_FUNCTIONS)] == [
        "commit_event",
        "raise_events_of_move",
        "refuse_change_of_revision",
    ]
    await query(empty_database_url, "drop function commit_event")
    assert migrate(empty_database_url) == ALL[-1:]


async def test_the_kinds_of_automations_that_were_published_before_are_known(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ALL[:2]:
        shutil.copy(MIGRATIONS / f"{name}.sql", tmp_path)
    monkeypatch.setattr("storage.migrate.MIGRATIONS", tmp_path)
    migrate(empty_database_url)
    await query(empty_database_url, "insert into item_types (code) values ('deal')")
    await query(
        empty_database_url,
        "insert into pipelines (item_type, code, position, revision) values ('deal', 'sales', 0, 2)",
    )
    for revision, triggers in (
        (1, [("call_made", "enabled")]),
        (
            2,
            [
                ("call_received", "enabled"),
                ("call_received", "enabled"),
                ("call_missed", "draft"),
                ("chat_started", "disabled"),
            ],
        ),
    ):
        content = {"triggers": [{"kind": kind, "state": state} for kind, state in triggers]}
        await query(
            empty_database_url,
            "insert into automation_revisions (item_type, pipeline, revision, content) "
            "values ('deal', 'sales', $1, $2)",
            revision,
            json.dumps(content),
        )

    monkeypatch.setattr("storage.migrate.MIGRATIONS", MIGRATIONS)
    assert migrate(empty_database_url) == ALL[2:]

    kinds = "select item_type, pipeline, kind from automation_kinds"
    assert await query(empty_database_url, kinds) == [("deal", "sales", "call_received")]


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
