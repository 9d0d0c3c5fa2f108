"""The durable contract, each name written out: changing one breaks running items and other services."""

from __future__ import annotations

import pytest

from crm import contract
from crm.commits import Answer
from crm.contract import item_of, workflow_id
from crm.decisions import Reason, Verdict
from crm.items import ItemRef, ItemRefError
from crm.kinds import CATALOGUE
from crm.messages import Envelope

NAMES = {
    "TASK_QUEUE": "crm-items",
    "WORKFLOW_TYPE": "CrmItem",
    "SIGNAL_FIELD_CHANGED": "field_changed",
    "SIGNAL_RESPONSIBLE_CHANGED": "responsible_changed",
    "SIGNAL_DOCUMENT_EXECUTED": "document_executed",
    "SIGNAL_ITEM_EVENT": "item_event",
    "UPDATE_SUBMIT_EVENT": "submit_event",
    "UPDATE_MOVE_STAGE": "move_stage",
    "QUERY_ITEM": "item",
    "QUERY_DECISIONS": "decisions",
    "ACTIVITY_OPEN_ITEM": "open_item",
    "ACTIVITY_COMMIT_EVENT": "commit_event",
    "SEARCH_ITEM_TYPE": "CrmItemType",
    "SEARCH_PIPELINE": "CrmPipeline",
    "SEARCH_STAGE": "CrmStage",
    "SEARCH_STAGE_SEMANTICS": "CrmStageSemantics",
    "SEARCH_RESPONSIBLE": "CrmResponsible",
    "SEARCH_LAST_MOVE_AT": "CrmLastMoveAt",
    "ERROR_ITEM_NOT_FOUND": "ItemNotFound",
    "ERROR_ITEM_BUSY": "ItemBusy",
    "ERROR_MESSAGE_REFUSED": "MessageRefused",
    "ERROR_COMMIT_REFUSED": "CommitRefused",
    "MAX_MESSAGE_BYTES": 64_000,
}


def test_every_name_of_the_contract_is_what_it_always_was() -> None:
    assert {
        name: value for name, value in vars(contract).items() if name.isupper() and name[0] != "_"
    } == NAMES


def test_the_kinds_of_events_are_known_by_these_codes() -> None:
    assert set(CATALOGUE) >= {
        "field_changed",
        "responsible_changed",
        "document_created",
        "document_viewed",
        "document_signed_by_initiator",
        "document_signed_by_counterparty",
        "document_executed",
        "document_revoked",
    }
    assert [kind.code for kind in CATALOGUE.values()] == list(CATALOGUE)


def test_messages_have_these_keys() -> None:
    assert list(Envelope.model_fields) == [
        "event_id",
        "occurred_at",
        "actor",
        "source",
        "item_version",
        "automation",
        "chain",
        "oversized_bytes",
        "kind",
        "data",
    ]


def test_outcomes_and_explanations_have_these_words() -> None:
    """The ledger keeps them; R14."""
    assert [verdict.value for verdict in Verdict] == [
        "rejected",
        "suppressed",
        "no change",
        "stage not in pipeline",
        "moved",
        "no trigger matched",
    ]
    assert [reason.value for reason in Reason] == [
        "on the current stage",
        "closed",
        "not allowed backward",
        "came after the winner",
        "settings did not match",
        "condition false",
        "won",
    ]
    assert [answer.value for answer in Answer] == [
        "committed",
        "already done",
        "stale automation",
        "stale item",
    ]


@pytest.mark.parametrize(
    ("item", "workflow"),
    [
        ("deal:42", "crm-item:deal:42"),
        ("lead:1", "crm-item:lead:1"),
        ("loan_request_2:999999999999999999", "crm-item:loan_request_2:999999999999999999"),
    ],
)
def test_an_item_and_its_workflow_name_each_other(item: str, workflow: str) -> None:
    assert workflow_id(ItemRef.parse(item)) == workflow
    assert str(item_of(workflow)) == item


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deal:42",
        "crm-item:",
        "crm-item:deal",
        "crm-item:deal:0",
        "CRM-ITEM:deal:1",
        "crm-item:crm-item:deal:1",
    ],
)
def test_the_id_of_another_workflow_names_no_item(text: str) -> None:
    with pytest.raises(ItemRefError):
        item_of(text)


@pytest.mark.parametrize(
    ("text", "item_type", "item_id"),
    [("deal:42", "deal", 42), ("p:1", "p", 1), (f"{'a' * 63}:{'9' * 18}", "a" * 63, 10**18 - 1)],
)
def test_a_reference_is_read_and_written(text: str, item_type: str, item_id: int) -> None:
    assert ItemRef.parse(text) == ItemRef(item_type, item_id)
    assert str(ItemRef(item_type, item_id)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deal",
        "deal:",
        ":42",
        "deal:0",
        "deal:042",
        "deal:-1",
        "deal:+1",
        "deal:4.2",
        "deal:٤٢",
        "deal: 42",
        "deal:42 ",
        "deal:42\n",
        "Deal:42",
        "deal-x:42",
        "9deal:42",
        f"{'a' * 64}:1",
        f"deal:{'9' * 19}",
    ],
)  # fmt: skip
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ItemRefError, match="is no reference to an item; write it as deal:42"):
        ItemRef.parse(text)
