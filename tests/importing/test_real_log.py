"""The mapping of the example, held against the real log."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crm.decisions import Verdict
from starter.importing.job import Job, read_job
from starter.importing.simulate import simulate

PROJECT = Path(__file__).parents[2]
REAL_LOG = PROJECT.parent / "shared" / "data" / "receipt.csv"

pytestmark = pytest.mark.skipif(
    not REAL_LOG.exists(), reason="the real log is not there: ../shared/data/receipt.csv"
)


@pytest.fixture(scope="module")
def job() -> Job:
    return read_job(PROJECT / "examples" / "permits.yaml", REAL_LOG)


def test_the_mapping_fits_every_row_of_the_real_log(job: Job) -> None:
    assert job.log.rejected == ()
    # As the log's own description counts them; admin, test and the persons who only own cases make 53.
    assert (len(job.log.rows), len(job.plan.items), len(job.plan.users)) == (8_577, 1_434, 53)


def test_every_event_of_the_real_log_has_an_id_of_its_own(job: Job) -> None:
    ids = [one.event_id for item in job.plan.items for one in item.messages]
    assert len(ids) == len(set(ids))


def test_triggers_of_the_example_move_the_real_log_every_way(job: Job) -> None:
    mapping = job.file.mapping
    active = {user.id for user in job.plan.users if user.active}
    simulated = simulate(job.plan, mapping.automation(), active)
    assert {one.trigger for item in simulated for one in item.moves} == {one.id for one in mapping.triggers}
    assert {verdict for item in simulated for _, verdict in item.verdicts} == {
        Verdict.MOVED,
        Verdict.NO_CHANGE,
        Verdict.NO_TRIGGER_MATCHED,
    }
    # Each such letter is the last word on its case.
    finals = Counter(one.item.stage for one in simulated)
    assert (finals["unlicensed"], finals["on-hold"]) == (39, 0)
