"""What became of an event, in words: where the item went and in whose name, or why it stayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from crm.commits import Outcome
from crm.decisions import Considered, Reason, Verdict
from crm.pipelines import Pipeline
from starter.cli.lookups import name_of
from starter.cli.screen import printable, say, show_table
from storage.records import LedgerEntry

_STYLES = {Verdict.MOVED: "bold green", Verdict.REJECTED: "bold red"}


def tell(outcome: Outcome, entry: LedgerEntry | None, pipeline: Pipeline, names: Mapping[int, str]) -> None:
    """Say it, with every trigger that was considered where the ledger's entry is at hand."""
    if outcome.duplicate:
        say("This event was handled before and changes nothing now. Its first outcome:")
    say(sentence(outcome, entry.stage if entry else None, pipeline, names))
    if entry is not None and outcome.verdict in (Verdict.MOVED, Verdict.NO_TRIGGER_MATCHED):
        tell_considered(entry, pipeline)


def sentence(outcome: Outcome, stage: str | None, pipeline: Pipeline, names: Mapping[int, str]) -> Text:
    """One outcome; `stage` is where the item stood when it was decided."""
    where = f" on {stage_title(stage, pipeline)}" if stage else ""
    style = _STYLES.get(outcome.verdict, "bold")
    reason = printable(outcome.reason or "")
    match outcome.verdict:
        case Verdict.MOVED:
            return Text.assemble((f"{outcome.item} moved", style), _move(outcome, pipeline, names))
        case Verdict.REJECTED:
            return Text.assemble(("The event was rejected: ", style), reason, ". Nothing was changed.")
        case Verdict.SUPPRESSED:
            why = "the event was recorded and fires nothing, as it asked for"
        case Verdict.NO_TRIGGER_MATCHED:
            why = "no trigger matched"
        case _:
            why = reason or outcome.verdict.value
    return Text.assemble((f"{outcome.item} stays{where}", style), f": {why}.")


def _move(outcome: Outcome, pipeline: Pipeline, names: Mapping[int, str]) -> str:
    told = (
        f" from {stage_title(outcome.from_stage, pipeline)} to {stage_title(outcome.to_stage, pipeline)}"
        f" in the name of {name_of(outcome.author, names)}, "
    )
    told += f'by the trigger "{printable(outcome.trigger_name or "")}"' if outcome.trigger else "by hand"
    note = f" ({printable(outcome.author_note)})" if outcome.author_note else ""
    return f"{told}{note}."


def tell_considered(entry: LedgerEntry, pipeline: Pipeline) -> None:
    """The triggers that were considered as a table, or that there are none of the kind."""
    where = f"{pipeline.reference} at revision {entry.revision}"
    if not entry.considered:
        if entry.verdict is Verdict.NO_TRIGGER_MATCHED:
            say(f"No enabled trigger of {where} is of the kind {entry.kind}.")
        return
    show_table(
        ("Trigger", "Stands on", "Why"),
        [
            (
                printable(one.name),
                stage_title(one.stage, pipeline),
                Text("\n".join(why(one)), style="green" if one.reason is Reason.WON else ""),
            )
            for one in entry.considered
        ],
        title=f"Considered of {where}",
    )


def why(considered: Considered) -> Sequence[str]:
    """The reason, and for a false condition the first false row of each OR group."""
    return [considered.reason.value, *(f"  {row.sentence()}" for row in considered.false_rows)]


def stage_title(code: str | None, pipeline: Pipeline) -> str:
    """A stage as people know it; the code of one that the pipeline does not have any more."""
    titles = {stage.code: stage.title for stage in pipeline.stages}
    return printable(titles.get(code or "") or code or "nowhere")
