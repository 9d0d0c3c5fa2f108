"""What an import did, in words."""

from __future__ import annotations

from rich.text import Text

from starter.cli.screen import printable, say, show_table
from starter.importing.check import Comparison
from starter.importing.summary import Summary

SHOWN = 20
"""Rejected rows and differences are told up to so many; --json has all."""


def tell_summary(summary: Summary) -> None:
    """The counts, the rejected rows, where the items stand, and whether both ways agree."""
    if not summary.complete:
        done = f"{summary.items:,} of {summary.items_planned:,} items were imported."
        say(("Stopped. ", "bold yellow"), done)
    rate = f", {summary.events / summary.seconds:,.0f} events a second" if summary.events else ""
    say((f"{printable(summary.file)} ", "bold"), f"imported in {summary.seconds:,.0f} s{rate}")
    most_first = sorted(summary.verdicts.items(), key=lambda one: -one[1])
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in most_first)
    before = f", {summary.events_handled_before:,} handled before" if summary.events_handled_before else ""
    say(("  rows      ", "dim"), f"{summary.rows:,}, of them {len(summary.rejected_rows):,} rejected")
    say(("  items     ", "dim"), f"{summary.items:,}, {summary.items_created:,} created")
    say(("  events    ", "dim"), f"{summary.events:,} decided{before}")
    if verdicts:
        say(("  verdicts  ", "dim"), verdicts)
    say(("  moves     ", "dim"), f"{summary.moves:,}")
    for row in summary.rejected_rows[:SHOWN]:
        say(("  rejected  ", "yellow"), f"line {row.line}: {printable(row.reason)}")
    _tell_more(len(summary.rejected_rows))
    show_table(
        ["final stage", "items"],
        [[stage, Text(f"{count:,}", justify="right")] for stage, count in summary.stages.items()],
    )
    if summary.comparison is not None:
        tell_comparison(summary.comparison)


def tell_comparison(comparison: Comparison) -> None:
    """Whether PostgreSQL has what `decide()` alone computes."""
    if not comparison.differences:
        say(
            ("Both ways agree: ", "bold green"),
            f"what PostgreSQL has of {comparison.items:,} items, their {comparison.events:,} events and "
            f"{comparison.moves:,} moves is what decide() alone makes of the same log.",
        )
        return
    items = len({one.item for one in comparison.differences})
    say(("The two ways differ ", "bold red"), f"in {items:,} of {comparison.items:,} items:")
    for one in comparison.differences[:SHOWN]:
        say("  ", printable(str(one)))
    _tell_more(len(comparison.differences))


def _tell_more(count: int) -> None:
    if count > SHOWN:
        say(f"  and {count - SHOWN:,} more; --json names them all")
