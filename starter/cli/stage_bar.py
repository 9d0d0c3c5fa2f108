"""Where an item stands among the stages of its pipeline, in one line."""

from __future__ import annotations

from rich.text import Text

from crm.pipelines import Pipeline, Semantics
from starter.cli.screen import printable

_STYLES = {
    Semantics.IN_PROGRESS: "bold cyan",
    Semantics.WON: "bold green",
    Semantics.LOST: "bold red",
}


def stage_bar(pipeline: Pipeline, current: str) -> Text:
    """`New → In progress → [Negotiation] → Won | Lost`: stages in progress, then those that close."""
    bar = Text()
    for number, stage in enumerate(pipeline.stages):
        if number:
            both_closed = stage.semantics.closed and pipeline.stages[number - 1].semantics.closed
            bar.append(" | " if both_closed else " → ", style="dim")
        title = printable(stage.title or stage.code)
        if stage.code == current:
            bar.append(f"[{title}]", style=_STYLES[stage.semantics])
        else:
            bar.append(title)
    if current not in [stage.code for stage in pipeline.stages]:
        bar.append(f"   [{printable(current)}]: a stage that {pipeline.reference} does not have any more")
    return bar
