from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import asyncpg
import pytest

from starter.local.errors import ChildDied
from starter.local.ports import claim_port
from starter.local.postgres import EmbeddedPostgres
from starter.local.processes import running
from tests.local.leftovers import processes_in, wait_until_none_is_left


async def make_postgres(data_dir: Path, *, durable: bool = False) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        data_dir / "postgres",
        await claim_port(0, "--postgres-port"),
        log_file=data_dir / "logs" / "postgres.log",
        database="crm-triggers",
        durable=durable,
    )


async def ask(postgres: EmbeddedPostgres, query: str) -> object:
    connection = await asyncpg.connect(postgres.url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_what_was_committed_is_there_after_a_restart(data_dir: Path) -> None:
    postgres = await make_postgres(data_dir)
    async with running(postgres):
        await ask(postgres, "create table note as select 'kept' as line")
    await wait_until_none_is_left(data_dir)

    postgres = await make_postgres(data_dir)
    async with running(postgres):
        assert await ask(postgres, "select line from note") == "kept"


async def test_the_database_has_the_same_encoding_and_order_of_texts_everywhere(data_dir: Path) -> None:
    postgres = await make_postgres(data_dir)
    async with running(postgres):
        assert await ask(postgres, "show server_encoding") == "UTF8"
        assert (
            await ask(postgres, "select string_agg(t, '' order by t) from unnest('{b,a,B,é}'::text[]) t")
            == "Babé"
        )
        assert await ask(postgres, "select upper('é')") == "É"


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")], ids=["durable", "not durable"])
async def test_only_a_durable_server_waits_for_the_disk(data_dir: Path, durable: bool, fsync: str) -> None:
    postgres = await make_postgres(data_dir, durable=durable)
    async with running(postgres):
        assert await ask(postgres, "show fsync") == fsync


async def test_a_server_that_was_killed_starts_again_at_once(data_dir: Path) -> None:
    postgres = await make_postgres(data_dir)
    async with running(postgres):
        connection = await asyncpg.connect(postgres.url)
        os.kill(postgres.process.pid, signal.SIGKILL)
        await postgres.process.exited
        assert (data_dir / "postgres" / "postmaster.pid").exists()

        async with running(again := await make_postgres(data_dir)):
            assert await ask(again, "select 1") == 1
    connection.terminate()


async def test_a_stale_pid_file_that_names_somebody_elses_process_is_no_obstacle(data_dir: Path) -> None:
    async with running(await make_postgres(data_dir)):
        pid_file = (data_dir / "postgres" / "postmaster.pid").read_text()
    _, _, rest = pid_file.partition("\n")
    # A process of whoever runs PostgreSQL: of another user's it would not even ask.
    async with running(other := await make_postgres(data_dir / "other")):
        stale = data_dir / "postgres" / "postmaster.pid"
        stale.write_text(f"{other.process.pid}\n{rest}")

        async with running(again := await make_postgres(data_dir)):
            assert await ask(again, "select 1") == 1


async def test_a_first_start_that_was_cut_off_is_made_good(data_dir: Path) -> None:
    (data_dir / "postgres.unfinished" / "base").mkdir(parents=True)

    async with running(postgres := await make_postgres(data_dir)):
        assert await ask(postgres, "select 1") == 1


async def test_data_that_it_cannot_read_is_an_error_with_the_reason_and_leaves_nothing(
    data_dir: Path,
) -> None:
    async with running(await make_postgres(data_dir)):
        pass
    shutil.rmtree(data_dir / "postgres" / "global")

    with pytest.raises(ChildDied, match="PostgreSQL ended with exit status") as death:
        async with running(await make_postgres(data_dir)):
            pass

    assert "global/pg_control" in death.value.log_tail
    assert processes_in(data_dir) == {}
