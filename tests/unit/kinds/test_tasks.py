"""The kinds about tasks and employees: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.builders import a_row
from tests.support.matching import fires

TASK: dict[str, Json] = {
    "title": "Call back",
    "deadline": "2026-11-21T10:00:00+01:00",
    "responsible": "user:5",
    "priority": "high",
}
CALL_BACK = [a_row("title", "contains", "call")]


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, {"status": "done"}, True, id="any status"),
        pytest.param({"status": ""}, {"status": "done"}, True, id="empty is any"),
        pytest.param({"status": "done"}, {"status": "done"}, True, id="the status"),
        pytest.param({"status": "done"}, {"status": "undone"}, False, id="another status"),
        pytest.param(
            {"condition": CALL_BACK}, {"status": "done", "task": TASK}, True, id="the condition holds"
        ),
        pytest.param(
            {"condition": [a_row("title", "=", "Call")]},
            {"status": "done", "task": TASK},
            False,
            id="it does not",
        ),
        pytest.param({"condition": CALL_BACK}, {"status": "done"}, False, id="nothing is known of the task"),
        pytest.param(
            {"condition": [a_row("title", "empty")]}, {"status": "done"}, False, id="nor whether it is empty"
        ),
        pytest.param(
            {"condition": [a_row("title", "empty")]},
            {"status": "done", "task": {}},
            True,
            id="known to be empty",
        ),
        pytest.param(
            {"status": "done", "condition": CALL_BACK}, {"status": "done", "task": TASK}, True, id="both"
        ),
        pytest.param(
            {"status": "done", "condition": CALL_BACK},
            {"status": "new", "task": TASK},
            False,
            id="not the status",
        ),
        pytest.param(
            {"condition": [a_row("deadline", "=", "2026-11-21T09:00:00Z")]},
            {"status": "done", "task": TASK},
            True,
            id="the same instant elsewhere",
        ),
        pytest.param(
            {"condition": [a_row("responsible", "in", [4, "5"])]},
            {"status": "done", "task": TASK},
            True,
            id="a user in whatever form",
        ),
    ],
)
def test_a_task_fires_by_its_status_and_a_condition_over_its_fields(
    settings: Json, data: Json, matches: bool
) -> None:
    assert fires("task_status_changed", settings, data) is matches


@pytest.mark.parametrize(
    ("users", "user", "matches"),
    [
        pytest.param([], 5, True, id="anybody"),
        pytest.param(None, 5, True, id="null is anybody"),
        pytest.param([5], 5, True, id="the user"),
        pytest.param(["user:5", 7], "5", True, id="one of them, in whatever form"),
        pytest.param([5, 7], 6, False, id="none of them"),
    ],
)
def test_a_view_of_the_item_fires_by_the_user(users: Json, user: Json, matches: bool) -> None:
    assert fires("item_viewed", {"users": users}, {"user": user}) is matches
