"""`crm-triggers import` and `real-log` as processes: what bad input is told, and with what status."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from starter.local.temporal_server import DevServer
from tests.importing.desk import MAPPING, csv_of, two_cases

CLOSED_PORT = 1
NOWHERE = f"postgresql://postgres@127.0.0.1:{CLOSED_PORT}/none"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_text(MAPPING)
    (tmp_path / "desk.csv").write_text(csv_of(two_cases()))
    (tmp_path / "noise.csv").write_bytes(b"\x89PNG\0")
    (tmp_path / "wrong.yaml").write_text(MAPPING.replace("stage: done", "stage: finished"))
    (tmp_path / "never.csv").write_text(csv_of(["case-1,r1,never,check,Ann,Ann,1,"]))
    return tmp_path


async def run(directory: Path, *arguments: str) -> tuple[int, str, str]:
    """The command's status, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from starter.cli.main import main; main()",
        *arguments,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("mapping", "log", "message"),
    [
        pytest.param(
            "wrong.yaml",
            "desk.csv",
            "error: wrong.yaml:30: triggers[2].stage: pipeline request:desk has no stage 'finished'; "
            "its stages are new, checking, deciding, done\n",
            id="a mapping that is wrong",
        ),
        pytest.param(
            "desk.yaml",
            "noise.csv",
            "error: noise.csv: no CSV file: it holds bytes that are no text\n",
            id="a file that is no CSV",
        ),
        pytest.param(
            "desk.yaml",
            "never.csv",
            "error: never.csv: none of its 1 rows fits the mapping:\n"
            "never.csv:2: at: 'never' is no datetime; write it as 2026-11-21T10:30:00+01:00\n",
            id="no row that fits",
        ),
    ],
)
async def test_bad_input_is_refused_before_any_server_is_asked(
    directory: Path, mapping: str, log: str, message: str
) -> None:
    assert await run(directory, "import", "--mapping", mapping, log) == (1, "", message)


async def test_a_temporal_server_that_does_not_answer_is_named(directory: Path) -> None:
    status, _, err = await run(
        directory,
        *("import", "--mapping", "desk.yaml", "desk.csv"),
        *("--temporal-address", f"127.0.0.1:{CLOSED_PORT}", "--database-url", NOWHERE),
    )
    assert status == 1
    assert err.startswith("error: no Temporal server answers at 127.0.0.1:1: start the local stack with ")


async def test_a_database_that_does_not_answer_is_named(directory: Path, temporal_server: DevServer) -> None:
    status, _, err = await run(
        directory,
        *("import", "--mapping", "desk.yaml", "desk.csv"),
        *("--temporal-address", temporal_server.address, "--database-url", NOWHERE),
    )
    assert status == 1
    assert err.startswith("error: the database does not answer (")


async def test_without_the_real_log_its_command_says_that_it_is_skipped(directory: Path) -> None:
    assert await run(directory, "real-log") == (
        0,
        "skipped: there is no ../shared/data/receipt.csv; name the log as `crm-triggers real-log FILE`\n",
        "",
    )
