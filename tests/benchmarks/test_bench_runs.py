from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.local.leftovers import processes_in

FIGURES = [
    "moves_per_second",
    "worker_cpu_ms_per_move",
    "latency_median_ms",
    "latency_p95_ms",
    "history_events_per_move",
    "history_events_per_none",
    "history_bytes_per_move",
    "history_bytes_per_none",
]


@dataclass(frozen=True)
class Ended:
    """A quick run of the whole measurement, and the directory in which it worked."""

    process: subprocess.CompletedProcess[str]
    directory: Path

    def results(self) -> Any:
        assert self.process.returncode == 0, self.process.stderr
        return json.loads(self.process.stdout)


@pytest.fixture(scope="module")
def ended() -> Iterator[Ended]:
    # pytest's own directories are closed to the other user that PostgreSQL runs as under root.
    with tempfile.TemporaryDirectory(prefix="crm-triggers-") as name:
        directory = Path(name).resolve()
        command = [sys.executable, "-m", "benchmarks", "--quick", "--json", "--results", str(directory)]
        process = subprocess.run(
            command, capture_output=True, text=True, timeout=180, env={**os.environ, "TMPDIR": str(directory)}
        )
        yield Ended(process, directory)


def test_a_quick_run_has_every_figure_of_both_sides(ended: Ended) -> None:
    [repetition] = ended.results()["repetitions"]
    assert list(repetition) == ["floor", "product"]
    for side, figures in repetition.items():
        assert sorted(figures) == sorted(FIGURES), side
        assert all(value > 0 for value in figures.values()), (side, figures)


def test_each_figure_comes_with_its_ratio(ended: Ended) -> None:
    comparisons = ended.results()["comparisons"]
    assert list(comparisons) == FIGURES
    for figure in comparisons.values():
        assert figure["ratio"] == pytest.approx(figure["product"] / figure["floor"])


def test_the_results_are_kept_and_nothing_else_is_left(ended: Ended) -> None:
    [file] = ended.directory.iterdir()
    assert json.loads(file.read_text()) == ended.results()
    assert processes_in(ended.directory) == {}
