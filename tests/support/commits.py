"""Commits written by hand, for the item `deal:1` of the storage tests."""

from __future__ import annotations

from typing import Any

from crm.authors import AuthorChoice
from crm.commits import Commit
from crm.decisions import Verdict
from tests.support.deals import ANNA

THE_SYSTEM = AuthorChoice(None, "nobody is responsible: the system stands in")


def a_commit(event_id: str = "e-1", **others: Any) -> Commit:
    """An event that moves nothing and changes nothing, decided on `deal:1` as it was created."""
    given = {
        "item": "deal:1",
        "commit_id": f"run-1/{event_id}",
        "event_id": event_id,
        "kind": "field_changed",
        "verdict": Verdict.NO_TRIGGER_MATCHED,
        "pipeline": "sales",
        "revision": 1,
        "stage": "new",
        "known_version": 1,
        "responsibles": (ANNA,),
        "data": {},
    }
    return Commit(**{**given, **others})


def a_move(event_id: str = "e-1", to_stage: str = "negotiation", **others: Any) -> Commit:
    """An event that moves `deal:1`, as it was created, in Anna's name."""
    given = {
        "verdict": Verdict.MOVED,
        "to_stage": to_stage,
        "trigger": "contract-uploaded",
        "trigger_name": "Contract uploaded",
        "authors": (AuthorChoice(ANNA, None), THE_SYSTEM),
    }
    return a_commit(event_id, **{**given, **others})
