"""Commits: what the workflow asks the database to write for one decided event, and the answers.

The shapes that cross between the workflow and its activities. Section 4 of the design:
a commit stands only if the revision and what it read of the item are still so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from crm.authors import AuthorChoice
from crm.decisions import Decision, Verdict
from crm.items import Item
from crm.messages import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an event; what a caller is answered and the ledger keeps.

    `duplicate` marks the answer to an id that was handled before (R8). `author` is the user
    in whose name it moved, null the system. `arrival` is the number of the stage-history row.
    """

    item: str
    event_id: str
    verdict: Verdict
    reason: str | None = None
    duplicate: bool = False
    revision: int | None = None
    from_stage: str | None = None
    to_stage: str | None = None
    trigger: str | None = None
    trigger_name: str | None = None
    author: int | None = None
    author_note: str | None = None
    arrival: int | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One decided event, as one transaction writes it.

    `commit_id` tells a retry of this commit from a duplicate of the event. `change` is what
    to write to the item: `fields` (canonical JSON by code), `responsible` with
    `replaces_responsible`, `executed_documents` (null: as they are). `item_version` is the
    version as the producer's save left it: a row that has it, has the change. The decision
    rests on `known_version`; if the row has moved on, `stage`, `pipeline`, `responsibles`,
    `reads` (after the change) and `known` (before it) must still be so. A `suppressed` event
    raises nothing on linked items, even if it moves (R12).
    """

    item: str
    commit_id: str
    event_id: str
    kind: str
    verdict: Verdict
    reason: str | None = None
    pipeline: str | None = None
    revision: int | None = None
    stage: str | None = None
    known_version: int | None = None
    item_version: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    replaces_responsible: bool = False
    responsible: int | None = None
    executed_documents: tuple[str, ...] | None = None
    responsibles: tuple[int | None, ...] = ()
    reads: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    to_stage: str | None = None
    trigger: str | None = None
    trigger_name: str | None = None
    authors: tuple[AuthorChoice, ...] = ()
    considered: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    occurred_at: datetime | None = None
    actor: int | None = None
    cause: str = "service"
    chain: tuple[str, ...] = ()
    suppressed: bool = False


class Answer(StrEnum):
    """The four answers of a commit."""

    COMMITTED = "committed"
    ALREADY_DONE = "already done"
    STALE_AUTOMATION = "stale automation"
    STALE_ITEM = "stale item"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitAnswer:
    """What the database says.

    `outcome` comes with *committed* and *already done* (the first outcome), `version` is the
    item's after it. `item` comes whenever the workflow's copy is behind; with a stale answer
    it may be null: there is no such item any more. `automation` is packed (crm.compiled) and
    comes where the revision or the pipeline is not the commit's.
    """

    answer: Answer
    outcome: Outcome | None = None
    version: int | None = None
    item: Item | None = None
    automation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """Which item to open, and fields to bring besides those that its automation reads."""

    item: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnswer:
    """The item and its packed automation; both null where there is no such item."""

    item: Item | None = None
    automation: str | None = None


def commit_of(item: Item, decision: Decision, envelope: Envelope, commit_id: str) -> Commit:
    """The commit of a decision that was made for `item` as known before the event."""
    move = decision.move
    change = decision.change
    return Commit(
        item=str(item.ref),
        commit_id=commit_id,
        event_id=decision.event_id,
        kind=decision.kind,
        verdict=decision.verdict,
        reason=decision.reason,
        pipeline=decision.pipeline,
        revision=decision.revision,
        stage=decision.stage,
        known_version=item.version,
        item_version=envelope.item_version,
        fields=dict(change.fields),
        replaces_responsible=change.replaces_responsible,
        responsible=change.responsible,
        executed_documents=change.executed_documents,
        responsibles=decision.responsibles,
        reads=dict(decision.reads),
        known=dict(decision.known),
        to_stage=move.to_stage if move else None,
        trigger=move.trigger if move else None,
        trigger_name=move.trigger_name if move else None,
        authors=move.authors if move else (),
        considered=decision.trial.record() if decision.trial else {},
        data=envelope.data,
        occurred_at=envelope.occurred_at,
        actor=envelope.actor,
        cause=envelope.cause,
        chain=envelope.chain,
        suppressed=envelope.automation == "suppress",
    )


def rejection(
    item: str, event_id: str, kind: str, reason: str, commit_id: str, envelope: Envelope | None = None
) -> Commit:
    """The commit of a message that could not be understood, or that has no item to go to."""
    return Commit(
        item=item,
        commit_id=commit_id,
        event_id=event_id,
        kind=_recordable(kind, 100),
        verdict=Verdict.REJECTED,
        reason=_recordable(reason, 2_000),
        occurred_at=envelope.occurred_at if envelope else None,
        actor=envelope.actor if envelope else None,
        cause=envelope.cause if envelope else "service",
        chain=envelope.chain if envelope else (),
    )


def _recordable(text: str, limit: int) -> str:
    """Text that may come from outside as the database can keep it: no NUL, at most `limit` characters."""
    clean = text.replace("\x00", "\N{SYMBOL FOR NULL}")
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"
