"""The durable contract: names that running items and other services depend on (design section 5).

Changing a name here breaks both; tests/unit/test_contract.py pins every one.
"""

from __future__ import annotations

from crm.items import ItemRef, ItemRefError

TASK_QUEUE = "crm-items"
WORKFLOW_TYPE = "CrmItem"

SIGNAL_FIELD_CHANGED = "field_changed"
SIGNAL_RESPONSIBLE_CHANGED = "responsible_changed"
SIGNAL_DOCUMENT_EXECUTED = "document_executed"
SIGNAL_ITEM_EVENT = "item_event"

UPDATE_SUBMIT_EVENT = "submit_event"
UPDATE_MOVE_STAGE = "move_stage"

QUERY_ITEM = "item"
QUERY_DECISIONS = "decisions"

ACTIVITY_OPEN_ITEM = "open_item"
ACTIVITY_COMMIT_EVENT = "commit_event"

SEARCH_ITEM_TYPE = "CrmItemType"
SEARCH_PIPELINE = "CrmPipeline"
SEARCH_STAGE = "CrmStage"
SEARCH_STAGE_SEMANTICS = "CrmStageSemantics"
SEARCH_RESPONSIBLE = "CrmResponsible"
SEARCH_LAST_MOVE_AT = "CrmLastMoveAt"

ERROR_ITEM_NOT_FOUND = "ItemNotFound"
ERROR_ITEM_BUSY = "ItemBusy"
ERROR_MESSAGE_REFUSED = "MessageRefused"
ERROR_COMMIT_REFUSED = "CommitRefused"

MAX_MESSAGE_BYTES = 64_000
"""A larger message is rejected: hundreds that wait must fit a history, which ends at 50 MB."""

_WORKFLOW_ID_PREFIX = "crm-item:"


def workflow_id(ref: ItemRef) -> str:
    """`crm-item:deal:42`: the workflow of an item."""
    return f"{_WORKFLOW_ID_PREFIX}{ref}"


def item_of(workflow_id: str) -> ItemRef:
    """The item whose workflow bears this id; raises `ItemRefError`."""
    if not workflow_id.startswith(_WORKFLOW_ID_PREFIX):
        raise ItemRefError(f"{workflow_id!r} is no workflow id of an item; it must be like crm-item:deal:42")
    return ItemRef.parse(workflow_id.removeprefix(_WORKFLOW_ID_PREFIX))
