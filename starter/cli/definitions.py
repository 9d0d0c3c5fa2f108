"""What a new definition of an item type or a pipeline changes: agreed to before it is saved, told after."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from crm.upkeep import Followed
from starter.cli.failures import CommandRefused
from starter.cli.screen import printable, say

Yes = Annotated[bool, typer.Option("--yes", help="Save it also where it disables triggers or strands items.")]
Author = Annotated[
    int | None,
    typer.Option("--author", metavar="USER", help="The user who saves it, as 1.", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Change:
    """A definition that is to be saved.

    `sentences` say what it changes in `subject`, `plan` is what it does to automations. `doubts` are why
    somebody must agree to it, besides the triggers that are disabled.
    """

    subject: str
    sentences: Sequence[str]
    plan: Sequence[Followed]
    doubts: Sequence[str] = ()

    @property
    def all_doubts(self) -> tuple[str, ...]:
        disabled = [
            f"trigger {one.id} of {followed.after.pipeline.reference} is disabled: {one.disabled_because}"
            for followed in self.plan
            for one in followed.disabled
        ]
        return (*self.doubts, *disabled)


def require_agreement(change: Change, yes: bool, may_ask: bool = True) -> None:
    """Ask on a terminal for what nobody may do by mistake; raises `CommandRefused` where nobody agrees."""
    if yes or not change.all_doubts:
        return
    account = [*_sentences(change), "Then:", *(f"  {printable(doubt)}" for doubt in change.all_doubts)]
    if not (may_ask and sys.stdin.isatty() and sys.stdout.isatty()):
        told = "\n".join(account)
        raise CommandRefused(f"nothing was saved; if all of this is wanted, add --yes\n{told}")
    for line in account:
        say(line)
    if not typer.confirm("Save it?"):
        raise CommandRefused("nothing was saved")


def tell_saved(change: Change) -> None:
    """Say what was changed, and which automations are at a new revision with which triggers disabled."""
    for line in _sentences(change):
        say(line)
    for followed in change.plan:
        automation = followed.after
        say((f"{automation.pipeline.reference} is at revision {automation.revision} now", "bold green"))
        for trigger in followed.disabled:
            say(f"  {trigger.id} is disabled: {printable(trigger.disabled_because or '')}")


def change_as_json(change: Change) -> dict[str, Any]:
    """The change as programs read it."""
    return {
        "changes": change.sentences,
        "revisions": [
            {
                "pipeline": followed.after.pipeline.reference,
                "revision": followed.after.revision,
                "disabled": [
                    {"trigger": trigger.id, "because": trigger.disabled_because}
                    for trigger in followed.disabled
                ],
            }
            for followed in change.plan
        ],
    }


def _sentences(change: Change) -> Iterator[str]:
    yield f"{change.subject}:"
    for sentence in change.sentences:
        yield f"  {printable(sentence)}"
