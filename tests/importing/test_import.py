"""An import through real servers ends as `decide()` alone says, and changes nothing the second time."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from temporalio.client import Client

from crm.decisions import Verdict
from crm.pipelines import ItemType
from starter.client import ItemClient
from starter.importing import job as import_job
from starter.importing.check import Difference
from starter.importing.errors import ImportFailed, MappingRefused
from starter.importing.importer import Importer
from starter.importing.job import Job, run_job
from starter.importing.plan import make_plan
from starter.importing.rows import parse_log
from starter.importing.summary import Summary
from starter.importing.target import prepare
from starter.local.ports import claim_port
from starter.local.processes import running
from starter.local.temporal_server import DevServer
from starter.temporal import connect
from storage.database import Database
from storage.portal import Portal
from tests.importing.desk import csv_of, desk, two_cases
from tests.support.databases import query
from tests.support.workbench import Workbench, unused_number


def job_of(*lines: str, suppress: bool = False) -> Job:
    file = desk()
    log = parse_log(csv_of(lines), file.mapping, "desk.csv")
    return Job(file, "desk.csv", log, make_plan(file, log, suppress=suppress))


async def run(bench: Workbench, job: Job, *, stopped: bool = False) -> Summary:
    console = Console(stderr=True, quiet=True)
    return await run_job(job, bench.database, bench.temporal, console, stopped=lambda: stopped, check=True)


async def written(url: str) -> list[int]:
    """How many users, item types, pipelines and items there are."""
    tables = ("users", "item_types", "pipelines", "items")
    return [(await query(url, f"select count(*) from {table}"))[0][0] for table in tables]


async def test_both_ways_of_computing_the_final_stages_agree(bench: Workbench) -> None:
    first, second = unused_number(), unused_number()
    async with bench.worker():
        summary = await run(bench, job_of(*two_cases(first, second), "case-1,r1,never,check,Ann,Ann,1,"))

    assert await bench.stage(f"request:{first}") == "done"
    assert await bench.stage(f"request:{second}") == "checking"
    assert summary.stages == {"new": 0, "checking": 1, "deciding": 0, "done": 1}
    assert (summary.rows, [one.line for one in summary.rejected_rows]) == (8, [9])
    assert (summary.items, summary.items_created, summary.complete) == (2, 2, True)
    assert (summary.events, summary.events_handled_before, summary.moves) == (10, 0, 4)
    assert summary.verdicts == {
        Verdict.NO_CHANGE: 2,
        Verdict.MOVED: 4,
        Verdict.NO_TRIGGER_MATCHED: 4,
    }
    assert summary.comparison is not None
    assert (summary.comparison.events, summary.comparison.moves) == (10, 4)
    assert summary.comparison.differences == ()


async def test_what_the_items_show_names_the_import_and_who_did_it(bench: Workbench) -> None:
    number = unused_number()
    async with bench.worker():
        await run(bench, job_of(*two_cases(number, unused_number())))

    created, moved, *_ = await bench.history(f"request:{number}")
    assert (created.to_stage, created.cause, created.at.isoformat()) == (
        "new",
        "import",
        "2026-01-05T08:00:00+00:00",
    )
    assert (moved.to_stage, moved.cause, moved.cause_user, moved.author) == ("checking", "import", 7, 7)
    entry = (await bench.decided(f"request:{number}"))[0]
    assert entry.occurred_at is not None
    assert entry.occurred_at.isoformat() == "2026-01-05T08:20:00+00:00"


async def test_imported_again_nothing_changes(bench: Workbench) -> None:
    job = job_of(*two_cases(unused_number(), unused_number()))
    async with bench.worker():
        await run(bench, job)
        before = await query(bench.database_url, "select * from ledger order by position")
        again = await run(bench, job)

    assert (again.items, again.items_created) == (2, 0)
    assert (again.events, again.events_handled_before, again.moves) == (0, 10, 0)
    assert again.stages == {"new": 0, "checking": 1, "deciding": 0, "done": 1}
    assert again.comparison is not None
    assert again.comparison.differences == ()
    assert await query(bench.database_url, "select * from ledger order by position") == before


async def test_an_import_goes_on_where_another_was_stopped(bench: Workbench) -> None:
    job = job_of(*two_cases(unused_number(), unused_number()))
    async with bench.worker():
        stopped = await run(bench, job, stopped=True)
        assert (stopped.complete, stopped.items, stopped.events, stopped.comparison) == (False, 0, 0, None)
        begun = job.plan.items[0]
        for one in begun.messages[:2]:
            await bench.client.submit(
                str(begun.ref), one.kind, one.data, event_id=one.event_id, **one.options
            )
        rest = await run(bench, job)

    assert (rest.complete, rest.events, rest.events_handled_before) == (True, 8, 2)
    assert rest.comparison is not None
    assert rest.comparison.differences == ()


async def test_a_suppressed_import_moves_nothing_and_knows_everything(bench: Workbench) -> None:
    number = unused_number()
    async with bench.worker():
        summary = await run(bench, job_of(*two_cases(number, unused_number()), suppress=True))

    assert summary.verdicts == {Verdict.SUPPRESSED: 10}
    assert summary.stages == {"new": 2, "checking": 0, "deciding": 0, "done": 0}
    item = (await bench.stored(f"request:{number}")).item
    assert (item.responsible, item.fields) == (7, {"amount": 100, "state": "sent"})
    assert summary.comparison is not None
    assert summary.comparison.differences == ()


async def test_what_is_not_as_computed_is_listed(bench: Workbench) -> None:
    first, second = unused_number(), unused_number()
    job = job_of(*two_cases(first, second))
    async with bench.worker():
        await run(bench, job)
        await query(bench.database_url, "update items set stage = 'new' where item_id = $1", first)
        await query(
            bench.database_url,
            "delete from ledger where item_id = $1 and event_id like '%r4:document'",
            second,
        )
        # The workflow remembers the event, so that it is a duplicate and not written again.
        summary = await run(bench, job_of(*two_cases(first, second)[:-1]))

    assert summary.comparison is not None
    assert summary.comparison.differences == (
        Difference(f"request:{first}", "stage", "new", "done"),
        Difference(f"request:{second}", "number of events", "5", "4"),
        Difference(
            f"request:{second}",
            "first other decision",
            f"('desk:case-{second}:r4:fields', 'no change')",
            "nothing",
        ),
    )


async def test_an_automation_that_is_there_already_counts_and_is_left_alone(bench: Workbench) -> None:
    job = job_of(*two_cases(unused_number(), unused_number()))
    mapping = job.file.mapping
    await bench.portal.define_item_type(mapping.item_type)
    current = await bench.portal.define_pipeline(mapping.pipeline)
    only_the_first = current.model_copy(update={"triggers": mapping.triggers[:1]})
    await bench.automations.publish(only_the_first, current.revision, None)
    async with bench.worker():
        summary = await run(bench, job)

    assert summary.stages == {"new": 0, "checking": 2, "deciding": 0, "done": 0}
    assert summary.comparison is not None
    assert summary.comparison.differences == ()


async def test_a_mapping_that_does_not_fit_what_is_defined_changes_nothing(bench: Workbench) -> None:
    fields = desk().mapping.item_type.fields
    await bench.portal.define_item_type(ItemType(code="request", fields=fields[:1]))
    before = await written(bench.database_url)
    job = job_of(*two_cases(unused_number(), unused_number()))
    async with bench.worker():
        with pytest.raises(MappingRefused) as refused:
            await run(bench, job)
    assert str(refused.value) == (
        "desk.yaml:11: item_type.fields[1]: request is defined already, without a field 'amount'\n"
        "desk.yaml:12: item_type.fields[2]: request is defined already, without a field 'urgent'"
    )
    assert await written(bench.database_url) == before


async def test_an_import_that_gets_no_answer_says_how_far_it_came(bench: Workbench) -> None:
    job = job_of(*two_cases(unused_number(), unused_number()))
    target = await prepare(bench.database, job.file, job.plan)
    hasty = Importer(ItemClient(bench.temporal, answer_timeout_seconds=0.5), bench.ledger, lambda _: None)
    with pytest.raises(
        ImportFailed, match=r"no answer within 0\.5 s; .* 0 of 2 items are imported; the same"
    ):
        await hasty.run(job.plan, target, lambda: False)


async def test_without_a_worker_nothing_is_changed(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_job, "WORKER_TIMEOUT_SECONDS", 0.5)
    server = DevServer(None, await claim_port(0, "--port"), log_file=tmp_path / "temporal.log")
    async with running(server):
        client: Client = await connect(server.address)
        with pytest.raises(ImportFailed, match=r"no worker asks .* Nothing was changed"):
            await run_job(
                job_of(*two_cases()),
                database,
                client,
                Console(quiet=True),
                stopped=lambda: False,
                check=False,
            )
    assert await Portal(database).users() == ()
    assert await written(database_url) == [0, 0, 0, 0]
