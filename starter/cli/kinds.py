"""`crm-triggers kinds`: the catalogue of trigger kinds, as administrators look for one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from crm.fields import CODE_PATTERN
from crm.kinds import CATALOGUE, Group, Language
from crm.kinds.catalogue import Entry, entry_of, find_kinds
from crm.kinds.parameters import Parameter, parameters_of
from starter.cli.failures import CommandRefused
from starter.cli.lookups import nearest
from starter.cli.options import AsJson
from starter.cli.screen import say, say_json, show_table

InLanguage = Annotated[
    Language | None,
    typer.Option("--language", help="Search and show this language alone; default: all, shown in English."),
]

app = typer.Typer(help="What triggers can wait for.", invoke_without_command=True)


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.add_typer(app, name="kinds")


@app.callback()
def kinds(
    context: typer.Context,
    item_type: Annotated[
        str | None,
        typer.Option(metavar="TYPE", help="Only kinds for items of this type: deal, or a smart process."),
    ] = None,
    group: Annotated[Group | None, typer.Option(help="Only kinds of this group.")] = None,
    search: Annotated[
        str, typer.Option(metavar="WORDS", help="Only kinds with all these words; accents do not matter.")
    ] = "",
    language: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """What triggers can wait for: the catalogue by group.

    Example: crm-triggers kinds --item-type deal --search "facture payée"
    """
    if context.invoked_subcommand is not None:
        return
    if item_type is not None and not re.fullmatch(CODE_PATTERN, item_type):
        raise typer.BadParameter(f"{item_type!r} is no item type; write it as deal")
    found = find_kinds(item_type=item_type, group=group, search=search, language=language)
    if as_json:
        say_json([_as_json(entry) for entry in found])
        return
    if not found:
        say("There is no such kind.")
    for shown in dict.fromkeys(entry.kind.group for entry in found):
        _show_group([entry for entry in found if entry.kind.group is shown], language or Language.ENGLISH)


@app.command()
def show(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The kind's code, as payment_received.")],
    language: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """One kind: what its triggers can be set to, and what its events say.

    Example: crm-triggers kinds show payment_received
    """
    if kind not in CATALOGUE:
        raise CommandRefused(f"there is no kind {kind!r}{nearest(kind, CATALOGUE)}")
    entry = entry_of(kind)
    if as_json:
        say_json(_as_json(entry))
        return
    shown_in = language or Language.ENGLISH
    say((entry.kind.title.in_language(shown_in), "bold"), f" ({kind})")
    say(entry.kind.description.in_language(shown_in))
    say(f"For items of the types: {entry.items}.")
    _show_parameters("Settings of its triggers", parameters_of(entry.settings_schema))
    _show_parameters("Data of its events", parameters_of(entry.data_schema))
    if entry.kind.nested is not None:
        show_table(
            ("Field", "Type"),
            [(field.code, field.type.value) for field in entry.kind.nested.fields],
            title=f"Fields of {entry.kind.nested.name}, for conditions",
        )


def _show_group(entries: Sequence[Entry], language: Language) -> None:
    show_table(
        ("Kind", "Title", "Fires when", "Items"),
        [
            (
                entry.kind.code,
                entry.kind.title.in_language(language),
                entry.kind.description.in_language(language),
                entry.items,
            )
            for entry in entries
        ],
        title=entries[0].group_title.in_language(language),
    )


def _show_parameters(title: str, parameters: Sequence[Parameter]) -> None:
    show_table(
        ("Name", "Type", "", "Meaning"),
        [(one.name, one.type, "required" if one.required else "", one.description) for one in parameters]
        or [("none", "", "", "")],
        title=title,
    )


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind.code,
        "group": entry.kind.group,
        "group_title": asdict(entry.group_title),
        "title": asdict(entry.kind.title),
        "description": asdict(entry.kind.description),
        "item_types": entry.item_types,
        "smart_processes": entry.for_smart_processes,
        "settings": entry.settings_schema,
        "data": entry.data_schema,
    }
