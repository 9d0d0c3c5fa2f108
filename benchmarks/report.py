"""The report: both sides' figures, and the ratio of the product to the floor."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.sides import FLOOR, PRODUCT

TITLES = {
    "moves_per_second": "moves per second at saturation",
    "worker_cpu_ms_per_move": "worker's CPU time per move, ms",
    "latency_median_ms": "signal sent to stage committed, median, ms",
    "latency_p95_ms": "signal sent to stage committed, 95th percentile, ms",
    "history_events_per_move": "history events per event that moves",
    "history_events_per_none": "history events per event without a move",
    "history_bytes_per_move": "history bytes per event that moves",
    "history_bytes_per_none": "history bytes per event without a move",
}
"""Every figure, in the order of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure: the medians over the repetitions, and product ÷ floor in each of them."""

    floor: float
    product: float
    ratios: tuple[float, ...]
    ratio_median: float
    ratio_lowest: float
    ratio_highest: float


def compare(repetitions: Sequence[dict[str, dict[str, float]]]) -> dict[str, Comparison]:
    """Each figure of `TITLES` compared; `repetitions` are figures by side."""
    return {name: _compare_figure(repetitions, name) for name in TITLES}


def _compare_figure(repetitions: Sequence[dict[str, dict[str, float]]], name: str) -> Comparison:
    floors = [sides[FLOOR.name][name] for sides in repetitions]
    products = [sides[PRODUCT.name][name] for sides in repetitions]
    ratios = tuple(product / floor for product, floor in zip(products, floors, strict=True))
    return Comparison(
        floor=statistics.median(floors),
        product=statistics.median(products),
        ratios=ratios,
        ratio_median=statistics.median(ratios),
        ratio_lowest=min(ratios),
        ratio_highest=max(ratios),
    )


def tabulate(comparisons: dict[str, Comparison]) -> Table:
    """The comparisons as a table for the terminal."""
    table = Table(title="The product beside the floor")
    table.add_column("measure")
    for column in ("floor", "product", "ratio", "lowest to highest", "each repetition"):
        table.add_column(column, justify="right")
    for name, one in comparisons.items():
        table.add_row(
            TITLES[name],
            _number(one.floor),
            _number(one.product),
            f"[bold]{one.ratio_median:.2f}[/bold]",
            f"{one.ratio_lowest:.2f} to {one.ratio_highest:.2f}",
            " ".join(f"{ratio:.2f}" for ratio in one.ratios),
        )
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
