"""The report: both sides' figures, and the ratio of the product to the floor."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from benchmarks.sides import FLOOR, PRODUCT

TITLES = {
    "moves_per_second": "moves/s at saturation",
    "worker_cpu_ms_per_move": "worker's CPU ms per move",
    "latency_median_ms": "latency ms, median",
    "latency_p95_ms": "latency ms, 95th centile",
    "history_events_per_move": "history events, move",
    "history_events_per_none": "history events, no move",
    "history_bytes_per_move": "history bytes, move",
    "history_bytes_per_none": "history bytes, no move",
}
"""Every figure, in the order of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure: its medians over the repetitions, and product ÷ floor in each of them.

    `ratio` is the median of the ratios, `spread` the highest less the lowest.
    """

    floor: float
    product: float
    ratios: tuple[float, ...]
    ratio: float
    spread: float


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
        ratio=statistics.median(ratios),
        spread=max(ratios) - min(ratios),
    )


def tabulate(comparisons: dict[str, Comparison]) -> Table:
    """The comparisons as a table that fits 80 columns at three repetitions."""
    table = Table(title="The product beside the floor", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    for column in ("floor", "product", "ratio", "spread", "in each"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, one in comparisons.items():
        table.add_row(
            TITLES[name],
            _number(one.floor),
            _number(one.product),
            f"[bold]{one.ratio:.2f}[/bold]",
            f"{one.spread:.2f}",
            " ".join(f"{ratio:.2f}" for ratio in one.ratios),
        )
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
