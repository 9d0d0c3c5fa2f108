"""What a move writes to the outbox for the items that are linked to the mover (R9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic_core import from_json

from crm.authors import AuthorChoice
from crm.automations import Trigger, TriggerState
from crm.commits import Answer, Commit
from crm.decisions import Verdict
from crm.items import Item, ItemRef
from storage.commits import Commits
from storage.database import Database
from storage.items import Items, NewItem
from tests.support.commits import a_commit, a_move
from tests.support.databases import query
from tests.support.deals import CLARA, field_trigger, publish_triggers
from tests.support.invoices import create_invoice, define_invoices

DEAL_1, INVOICE_1 = ItemRef("deal", 1), ItemRef("invoice", 1)


@pytest.fixture
async def invoice(deals: Database, deal: Item) -> ItemRef:
    """`invoice:1` on stage `draft`, linked to `deal:1`."""
    await define_invoices(deals)
    return await create_invoice(deals, DEAL_1)


def an_invoice_move(to_stage: str, event_id: str = "e-1", **others: Any) -> Commit:
    """A move of `invoice:1` by hand, as it was created."""
    given: dict[str, Any] = {
        "item": "invoice:1",
        "commit_id": f"run-1/{event_id}",
        "event_id": event_id,
        "kind": "move_stage",
        "verdict": Verdict.MOVED,
        "pipeline": "billing",
        "revision": 1,
        "stage": "draft",
        "known_version": 1,
        "responsibles": (None,),
        "to_stage": to_stage,
        "authors": (AuthorChoice(CLARA, None),),
        "actor": CLARA,
        "cause": "user",
    }
    return Commit(**{**given, **others})


async def listen(deals: Database, state: TriggerState = TriggerState.ENABLED) -> None:
    """Give `deal:sales` a trigger of the kind `linked_item_moved`."""
    await publish_triggers(deals, Trigger(id="follow", kind="linked_item_moved", stage="won", state=state))


async def outbox(database_url: str) -> Sequence[tuple[str, str, dict[str, Any]]]:
    """Item, signal and message of each row in order, without the time."""
    rows = await query(database_url, "select item_type, item_id, signal, message from outbox order by id")
    found = []
    for item_type, item_id, signal, text in rows:
        message = from_json(text)
        assert message.pop("occurred_at")
        found.append((f"{item_type}:{item_id}", signal, message))
    return found


async def event_ids(database_url: str) -> list[tuple[str, str]]:
    return [(item, message["event_id"]) for item, _, message in await outbox(database_url)]


async def test_an_invoice_that_enters_a_won_stage_is_paid_for_each_deal_that_it_is_linked_to(
    commits: Commits, items: Items, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    other_deal = await items.create(NewItem(item_type="deal", links=[invoice]))
    await items.create(NewItem(item_type="deal"))
    await create_invoice(deals, invoice)

    await commits.commit(an_invoice_move("paid"))

    message = {
        "event_id": "invoice:1#2:invoice_paid",
        "kind": "invoice_paid",
        "source": "linked item",
        "chain": ["invoice:1#2"],
        "data": {"invoice": "invoice:1"},
    }
    assert str(other_deal.ref) == "deal:2"
    assert await outbox(database_url) == [
        ("deal:1", "item_event", message),
        ("deal:2", "item_event", message),
    ]


async def test_the_time_of_the_event_is_that_of_the_move(
    commits: Commits, items: Items, invoice: ItemRef, database_url: str
) -> None:
    await commits.commit(an_invoice_move("paid"))

    [(at,)] = await query(
        database_url, "select at from stage_history where item_type = 'invoice' and number = 2"
    )
    [(occurred_at, created_at)] = await query(
        database_url, "select (message ->> 'occurred_at')::timestamptz, created_at from outbox"
    )
    assert occurred_at == created_at == at


@pytest.mark.parametrize("to_stage", ["sent", "unpaid"])
async def test_an_invoice_that_enters_another_stage_is_not_paid(
    commits: Commits, invoice: ItemRef, database_url: str, to_stage: str
) -> None:
    await commits.commit(an_invoice_move(to_stage))

    assert await outbox(database_url) == []


async def test_a_deal_that_is_won_pays_no_linked_deal(
    commits: Commits, items: Items, deal: Item, database_url: str
) -> None:
    await items.create(NewItem(item_type="deal", links=[DEAL_1]))

    await commits.commit(a_move("e-1", "won"))

    assert await outbox(database_url) == []


async def test_a_move_of_an_item_without_links_raises_nothing(
    commits: Commits, deals: Database, deal: Item, database_url: str
) -> None:
    await listen(deals)

    await commits.commit(a_move("e-1", "won", revision=2))

    assert await outbox(database_url) == []


async def test_any_move_is_told_to_linked_items_whose_pipeline_listens(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    await listen(deals)

    await commits.commit(an_invoice_move("sent"))
    await commits.commit(an_invoice_move("draft", "e-2", stage="sent", known_version=2))

    def message(number: int, from_stage: str, to_stage: str) -> dict[str, Any]:
        return {
            "event_id": f"invoice:1#{number}:linked_item_moved",
            "kind": "linked_item_moved",
            "source": "linked item",
            "chain": [f"invoice:1#{number}"],
            "data": {
                "item": "invoice:1",
                "from": f"invoice:billing/{from_stage}",
                "to": f"invoice:billing/{to_stage}",
                "to_semantics": "in_progress",
            },
        }

    assert await outbox(database_url) == [
        ("deal:1", "item_event", message(2, "draft", "sent")),
        ("deal:1", "item_event", message(3, "sent", "draft")),
    ]


@pytest.mark.parametrize("state", [TriggerState.DRAFT, TriggerState.DISABLED])
async def test_a_trigger_that_is_not_enabled_does_not_listen(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str, state: TriggerState
) -> None:
    await listen(deals, state)

    await commits.commit(an_invoice_move("sent"))

    assert await outbox(database_url) == []


async def test_a_trigger_of_another_kind_does_not_listen(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    await publish_triggers(deals, field_trigger("noted", "won", "note"))

    await commits.commit(an_invoice_move("sent"))

    assert await outbox(database_url) == []


async def test_a_trigger_listens_no_more_after_a_publish_without_it(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    await listen(deals)
    await publish_triggers(deals)

    await commits.commit(an_invoice_move("sent"))

    assert await outbox(database_url) == []


async def test_a_paid_invoice_is_told_first_as_paid_and_then_as_moved(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    await listen(deals)

    await commits.commit(an_invoice_move("paid"))

    assert await event_ids(database_url) == [
        ("deal:1", "invoice:1#2:invoice_paid"),
        ("deal:1", "invoice:1#2:linked_item_moved"),
    ]


async def test_the_chain_of_what_a_move_raises_is_that_of_its_event_and_one_link_more(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    await commits.commit(an_invoice_move("paid", chain=("lead:3#2", "deal:1#4")))

    [(_, _, message)] = await outbox(database_url)
    assert message["chain"] == ["lead:3#2", "deal:1#4", "invoice:1#2"]


async def test_a_move_by_a_suppressed_event_raises_nothing(
    commits: Commits, items: Items, invoice: ItemRef, database_url: str
) -> None:
    """R12: a bulk import moves what it imports, and nothing else."""
    await commits.commit(an_invoice_move("paid", suppressed=True))

    assert len(await items.history(INVOICE_1)) == 2
    assert await outbox(database_url) == []


async def test_an_event_that_moves_nothing_raises_nothing(
    commits: Commits, deals: Database, invoice: ItemRef, database_url: str
) -> None:
    await listen(deals)

    await commits.commit(a_commit("e-1", revision=2, verdict=Verdict.NO_TRIGGER_MATCHED))

    assert await outbox(database_url) == []


async def test_a_commit_that_is_tried_again_raises_once(
    commits: Commits, invoice: ItemRef, database_url: str
) -> None:
    first = await commits.commit(an_invoice_move("paid"))
    again = await commits.commit(an_invoice_move("paid"))
    duplicate = await commits.commit(an_invoice_move("paid", commit_id="run-2/1"))

    answers = [stored.answer.answer for stored in (first, again, duplicate)]
    assert answers == [Answer.COMMITTED, Answer.COMMITTED, Answer.ALREADY_DONE]
    assert await event_ids(database_url) == [("deal:1", "invoice:1#2:invoice_paid")]


async def test_a_commit_that_is_stale_raises_nothing(
    commits: Commits, invoice: ItemRef, database_url: str
) -> None:
    stale = await commits.commit(an_invoice_move("paid", stage="sent", known_version=7))

    assert stale.answer.answer is Answer.STALE_ITEM
    assert await outbox(database_url) == []
