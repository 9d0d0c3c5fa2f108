"""Decisions explained from the ledger, long after they were made (R14)."""

from __future__ import annotations

from typing import Any

from crm.automations import Automation, TriggerState
from crm.commits import commit_of
from crm.compiled import CompiledAutomation
from crm.conditions import FalseRow
from crm.contract import SIGNAL_FIELD_CHANGED
from crm.decide import decide
from crm.decisions import Considered, Decision, Reason, Verdict
from crm.events import read_event
from crm.items import Item
from storage.commits import Commits
from storage.database import Database
from storage.decisions import Decisions
from tests.support.deals import field_trigger, publish_triggers


async def decide_and_commit(
    commits: Commits, item: Item, automation: Automation, event_id: str, new: Any
) -> Decision:
    """Handle a save of the note."""
    message = {"event_id": event_id, "data": {"changes": {"note": {"new": new}}}}
    event = read_event(SIGNAL_FIELD_CHANGED, message)
    decision = decide(item, CompiledAutomation(automation), event)
    await commits.commit(commit_of(item, decision, event.envelope, f"run-1/{event_id}"))
    return decision


async def test_every_trigger_considered_comes_back_with_its_reason(
    commits: Commits, deals: Database, deal: Item
) -> None:
    note_is_other = [{"field": "note", "operator": "=", "value": "other"}]
    automation = await publish_triggers(
        deals,
        field_trigger("after", "lost", "note"),
        field_trigger("winner", "won", "note", name="Noted"),
        field_trigger("unlike", "approval", "note", condition=note_is_other),
        field_trigger("elsewhere", "negotiation", "contract"),
        field_trigger("here", "new", "note"),
        field_trigger("draft", "won", "note", state=TriggerState.DRAFT),
    )

    await decide_and_commit(commits, deal, automation, "e-1", "second")

    [entry] = await Decisions(deals).of_item(deal.ref)
    assert entry.verdict is Verdict.MOVED
    assert entry.considered == (
        Considered("here", "Field changed", "new", Reason.ON_CURRENT_STAGE),
        Considered("elsewhere", "Field changed", "negotiation", Reason.SETTINGS_DID_NOT_MATCH),
        Considered(
            "unlike",
            "Field changed",
            "approval",
            Reason.CONDITION_FALSE,
            (FalseRow(0, "note", "=", "other", "second"),),
        ),
        Considered("winner", "Noted", "won", Reason.WON),
        Considered("after", "Field changed", "lost", Reason.CAME_AFTER_THE_WINNER),
    )


async def test_a_decision_is_explained_by_the_revision_that_it_was_made_under(
    commits: Commits, deals: Database, deal: Item
) -> None:
    automation = await publish_triggers(deals, field_trigger("old", "won", "contract", name="Old name"))
    await decide_and_commit(commits, deal, automation, "e-1", "second")
    await publish_triggers(deals, field_trigger("new", "lost", "contract", name="New name"))

    [entry] = await Decisions(deals).of_item(deal.ref)
    assert entry.revision == 2
    assert entry.considered == (Considered("old", "Old name", "won", Reason.SETTINGS_DID_NOT_MATCH),)


async def test_an_event_that_considered_no_trigger_has_none(
    commits: Commits, deals: Database, deal: Item
) -> None:
    automation = await publish_triggers(deals)
    await decide_and_commit(commits, deal, automation, "e-1", "first")

    [entry] = await Decisions(deals).of_item(deal.ref)
    assert (entry.verdict, entry.considered) == (Verdict.NO_CHANGE, ())


async def test_many_triggers_are_explained_one_by_one(commits: Commits, deals: Database, deal: Item) -> None:
    automation = await publish_triggers(
        deals, *(field_trigger(f"t-{number}", "won", "contract") for number in range(300))
    )
    await decide_and_commit(commits, deal, automation, "e-1", "second")

    [entry] = await Decisions(deals).of_item(deal.ref)
    assert [one.trigger for one in entry.considered] == [f"t-{number}" for number in range(300)]
    assert {one.reason for one in entry.considered} == {Reason.SETTINGS_DID_NOT_MATCH}
