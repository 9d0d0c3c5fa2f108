"""Things to try on the local stack: commands that move the example deals, and what they do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.items import ItemRef
from storage.records import StoredItem

UPLOAD = ItemRef("deal", 42)
HANDOVER = ItemRef("deal", 43)
SIGNATURE = ItemRef("deal", 44)

TRIED_ITEMS = (UPLOAD, HANDOVER, SIGNATURE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`arguments` of the command line; `first` bring the item where it must stand, if it has left."""

    title: str
    arguments: str
    happens: str
    first: str | None = None


def suggest(upload: StoredItem, handover: StoredItem, signature: StoredItem) -> Sequence[Suggestion]:
    """Three things to try on the example deals as they are now, so that each really does something."""
    successor = 4 if handover.item.responsible == 5 else 5
    return (
        Suggestion(
            "A client's contract is uploaded",
            f"event field-changed {UPLOAD} contract=file-{upload.item.version + 16} --actor 4",
            f"{UPLOAD} moves from Negotiation to Contract approval in the name of its responsible person.",
            _back(upload, "negotiation"),
        ),
        Suggestion(
            "A deal is handed over",
            f"event responsible-changed {HANDOVER} {successor}",
            f"{HANDOVER} moves from New to In progress in the name of user {successor}, "
            "the new responsible person.",
            _back(handover, "new"),
        ),
        Suggestion(
            "All parties have signed",
            f"event document-executed {SIGNATURE} contract-{signature.item.version}",
            f"{SIGNATURE} moves from Contract approval to Won in the name of Anna Berger, "
            "whom the trigger names.",
            _back(signature, "contract-approval"),
        ),
    )


def _back(stored: StoredItem, stage: str) -> str | None:
    return None if stored.item.stage == stage else f"item move {stored.item.ref} {stage}"
