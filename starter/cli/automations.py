"""`crm-triggers automation ...`: a pipeline's triggers as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crm.automations import Automation
from crm.errors import Refused
from starter.automation_changes import changes_between
from starter.automation_file import AutomationFile, read_automation_file, write_automation_file
from starter.cli.connections import open_database
from starter.cli.failures import CommandRefused
from starter.cli.files import FileArgument, read_text
from starter.cli.lookups import Lookups
from starter.cli.loop import run_async
from starter.cli.options import AsJson, DatabaseUrl, PipelineArgument
from starter.cli.screen import say, say_json
from starter.yaml_files import Document, YamlUnreadable
from storage.automations import Automations
from storage.errors import RevisionMoved

app = typer.Typer(help="Read and save the triggers of a pipeline.", no_args_is_help=True)


@app.command()
def show(
    pipeline: PipelineArgument,
    revision: Annotated[
        int | None, typer.Option(min=1, help="Which revision; default: the current.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a pipeline's triggers in the form that `automation save` takes.

    Example: crm-triggers automation show deal:sales > sales.yaml
    """

    async def read() -> Automation:
        async with open_database(database_url) as database:
            current = await Lookups(database).automation(pipeline)
            if revision is None:
                return current
            names = (current.pipeline.item_type, current.pipeline.code)
            found = await Automations(database).at(*names, revision)
            if found is None:
                raise CommandRefused(
                    f"{pipeline} has no revision {revision}; the current one is {current.revision}"
                )
            return found

    automation = run_async(read())
    say_json(automation) if as_json else typer.echo(write_automation_file(automation), nl=False)


@app.command()
def save(
    pipeline: PipelineArgument,
    file: FileArgument,
    comment: Annotated[str, typer.Option(help="Why, for those who read the history.")] = "",
    author: Annotated[
        int | None, typer.Option(metavar="USER", help="The user who saves it, as 1.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Save a pipeline's triggers as its next revision, which counts from the next event on.

    Refused if somebody saved another revision since the one that the file names.

    Example: crm-triggers automation save deal:sales sales.yaml --comment "the lawyer approves" --author 1
    """
    text = read_text(file)
    try:
        content, document = read_automation_file(text)
    except (Refused, YamlUnreadable) as error:
        raise CommandRefused(f"{file}: nothing was saved\n{error}") from error
    if content.pipeline != pipeline:
        raise CommandRefused(f"{file} is for the pipeline {content.pipeline}, not for {pipeline}")
    before, after = run_async(_save(file, content, document, comment, author, database_url))
    if as_json:
        say_json(after)
        return
    if after is before:
        say(f"nothing to save: revision {after.revision} of {pipeline} is like this already")
        return
    say((f"{pipeline} is at revision {after.revision} now", "bold green"), "; no later event is decided")
    say("under an older one. Changed:")
    for sentence in changes_between(before, after):
        say(f"  {sentence}")


async def _save(
    file: Path,
    content: AutomationFile,
    document: Document,
    comment: str,
    author: int | None,
    database_url: str | None,
) -> tuple[Automation, Automation]:
    """The automation before and after."""
    async with open_database(database_url) as database:
        lookups, automations = Lookups(database), Automations(database)
        await lookups.require_users([author])
        current = await lookups.automation(content.pipeline)
        wanted = current.model_copy(update={"triggers": content.triggers})
        if (wanted, content.revision) == (current, current.revision):
            return current, current
        try:
            return current, await automations.publish(wanted, content.revision, author, comment)
        except Refused as refusal:
            located = document.located(refusal.problems)
            raise CommandRefused(f"{file}: nothing was saved\n{located}") from refusal
        except RevisionMoved as moved:
            names = (current.pipeline.item_type, current.pipeline.code)
            raise await _moved(automations, names, moved) from moved


async def _moved(automations: Automations, names: tuple[str, str], moved: RevisionMoved) -> CommandRefused:
    """The refusal of a save that is based on an older revision, with what changed since (R22)."""
    base = await automations.at(*names, moved.based_on)
    current = await automations.at(*names, moved.current)
    lines = [f"nothing was saved: {moved}"]
    if base is not None and current is not None:
        changed = changes_between(base, current) or ["nothing but the revision's number"]
        lines += ["Since then:", *(f"  {sentence}" for sentence in changed)]
    show = f"crm-triggers automation show {moved.pipeline}"
    lines.append(f"Take your changes over into what `{show}` prints now, and save that")
    return CommandRefused("\n".join(lines))
