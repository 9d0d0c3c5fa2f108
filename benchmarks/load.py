"""The load, a process of its own: sends events to one side and measures what becomes of them.

python -m benchmarks.load JOB        (a Job as JSON)
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from pydantic_core import to_json

from benchmarks.measures import MEASURES, Subject
from benchmarks.observer import observing
from benchmarks.sender import Sender
from benchmarks.sides import SIDES
from starter.cli.exit import OK, end_process
from starter.settings import read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to measure, and the file to write the figures to: a JSON object of numbers by name.

    `deals` from `first_deal` exist and have no workflow yet. `events` are measured, besides one for
    each deal that warms it up.
    """

    measure: str
    side: str
    first_deal: int
    deals: int
    events: int
    worker_pid: int
    figures_file: Path


JOB = TypeAdapter(Job)


async def do_job(job: Job) -> dict[str, float]:
    """The figures of one measure."""
    deals = range(job.first_deal, job.first_deal + job.deals)
    sender = await Sender.connect(SIDES[job.side])
    async with observing(read_settings().database_url, deals) as observer:
        subject = Subject(deals, sender, observer, job.worker_pid)
        await subject.warm_up()
        return await MEASURES[job.measure](subject, job.events)


if __name__ == "__main__":
    job = JOB.validate_json(sys.argv[1])
    job.figures_file.write_bytes(to_json(asyncio.run(do_job(job))))
    end_process(OK)
