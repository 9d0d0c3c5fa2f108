"""`docs/reference/trigger-kinds.md`, written from the declarations: `make reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from crm.kinds import GROUP_TITLES, Group
from crm.kinds.catalogue import Entry, find_kinds
from crm.kinds.parameters import Parameter, parameters_of

_INTRODUCTION = """\
# Trigger kinds

What triggers can wait for. This page is written from the declarations in `crm/kinds/` by `make reference`.

A setting is optional unless it says *required*. Absent or empty, it lets any event through; given, it
lets none through whose data does not say the value. Besides, every trigger has a name, a condition, the user
on whose behalf it moves items, and whether it may move them to a previous stage.

An event's data may have more keys than these; they are ignored. Data of the wrong type, or without what is
*required*, is rejected with the place of the error. Ids and codes are text of 1 to 200 characters.
"""


def trigger_kinds_page() -> str:
    """The page in Markdown."""
    return "\n".join([_INTRODUCTION, *(line for group in Group for line in _group(group))])


def _group(group: Group) -> Iterator[str]:
    yield f"## {GROUP_TITLES[group].en}\n"
    for entry in find_kinds(group=group):
        yield from _kind(entry)


def _kind(entry: Entry) -> Iterator[str]:
    kind = entry.kind
    yield f"### `{kind.code}`\n"
    yield f"**{kind.title.en}.** {kind.description.en} For: {entry.items}.\n"
    yield f"*{kind.title.fr}* (fr), *{kind.title.it}* (it)\n"
    yield from _table("Setting", parameters_of(entry.settings_schema))
    yield from _table("Event data", parameters_of(entry.data_schema))
    if kind.nested is not None:
        fields = ", ".join(f"`{field.code}` ({field.type})" for field in kind.nested.fields)
        yield f"Fields of `{kind.nested.name}`: {fields}.\n"


def _table(title: str, parameters: Sequence[Parameter]) -> Iterator[str]:
    if not parameters:
        return
    yield f"| {title} | Type | Meaning |"
    yield "| --- | --- | --- |"
    for one in parameters:
        required = ", *required*" if one.required else ""
        yield f"| `{one.name}` | {one.type}{required} | {one.description} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(trigger_kinds_page())
