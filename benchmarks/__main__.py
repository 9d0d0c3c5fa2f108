"""Measures the product beside the floor: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.campaign import Amount, Plan, run_campaign
from benchmarks.report import compare, tabulate
from benchmarks.sides import SIDES
from starter.cli.exit import FAILED, INTERRUPTED, OK, end_process
from starter.local.errors import LocalStackError
from starter.local.signals import handle_stop_signals

RESULTS = Path(__file__).parent / "results"

QUICK = Plan(
    repetitions=1,
    amounts={
        "throughput": Amount(deals=5, events=30),
        "latency": Amount(deals=2, events=10),
        "history": Amount(deals=1, events=3),
    },
)
"""Only to see that it runs."""

app = typer.Typer(add_completion=False)


@app.command()
def bench(
    repetitions: Annotated[int, typer.Option(min=1, help="How often each side is measured.")] = 3,
    items: Annotated[int, typer.Option(min=1, help="Items at saturation.")] = 100,
    events: Annotated[int, typer.Option(min=1, help="Moves at saturation.")] = 4_000,
    latency_events: Annotated[int, typer.Option(min=2, help="Moves one at a time.")] = 500,
    quick: Annotated[bool, typer.Option("--quick", help="Only to see that it runs: a few events.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    results: Annotated[Path, typer.Option(help="Directory for the results as JSON.")] = RESULTS,
) -> None:
    """Measure the product beside the floor of design section 9, in turns, and print the ratios."""
    plan = Plan(
        repetitions=repetitions,
        amounts={
            "throughput": Amount(deals=items, events=events),
            "latency": Amount(deals=20, events=latency_events),
            "history": Amount(deals=1, events=10),
        },
    )
    raise typer.Exit(_bench(QUICK if quick else plan, as_json, results))


def _bench(plan: Plan, as_json: bool, results: Path) -> int:
    screen = Console(stderr=True)
    began, load_before = datetime.now(UTC), os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory(prefix="crm-triggers-bench-") as name:
            repetitions = asyncio.run(_measure(plan, Path(name).resolve(), screen))
    except asyncio.CancelledError:
        screen.print("Stopped; nothing is left running.")
        return INTERRUPTED
    except LocalStackError as error:
        screen.print(str(error), markup=False)
        return FAILED
    comparisons = compare(repetitions)
    content = to_json(
        {
            "began": began,
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "load_before": load_before,
            "load_after": os.getloadavg()[0],
            "plan": asdict(plan),
            "comparisons": comparisons,
            "repetitions": repetitions,
        },
        indent=2,
    )
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"{began:%Y-%m-%dT%H%M%SZ}.json"
    file.write_bytes(content)
    if as_json:
        print(content.decode())
    else:
        Console().print(tabulate(comparisons))
    screen.print(f"Kept in {file}", markup=False, soft_wrap=True)
    return OK


async def _measure(plan: Plan, data_dir: Path, screen: Console) -> list[dict[str, Any]]:
    """Run the plan with its progress on the screen; cancelled when a stop is asked."""
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.completed} of {task.total}"))
    this = asyncio.current_task()
    assert this is not None

    def stop() -> None:
        # Only once: a second would cut short the cleaning up after the first.
        if not this.cancelling():
            this.cancel()

    with (
        Progress(*columns, TimeElapsedColumn(), TextColumn("{task.description}"), console=screen) as bar,
        handle_stop_signals(stop),
    ):
        steps = plan.repetitions * len(SIDES) * len(plan.amounts)
        task = bar.add_task("", total=steps, completed=-1)

        def show(what: str) -> None:
            bar.update(task, advance=1, description=what)

        measured = await run_campaign(plan, data_dir, show)
        bar.update(task, completed=steps, description="done")
        return measured


if __name__ == "__main__":
    try:
        app()
    except SystemExit as ended:
        end_process(ended.code if isinstance(ended.code, int) else FAILED)
