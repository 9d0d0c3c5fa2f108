"""The kinds about chats: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.matching import fires


@pytest.mark.parametrize("kind", ["chat_started", "chat_message_received", "chat_answered"])
@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, {"channel": "telegram"}, True, id="any channel"),
        pytest.param({}, {}, True, id="any, and none known"),
        pytest.param({"channel": None}, {"channel": "telegram"}, True, id="null is any"),
        pytest.param({"channel": "telegram"}, {"channel": "telegram"}, True, id="the channel"),
        pytest.param({"channel": "telegram"}, {"channel": "site"}, False, id="another channel"),
        pytest.param({"channel": "telegram"}, {}, False, id="none known"),
    ],
)
def test_a_chat_fires_by_its_channel(kind: str, settings: Json, data: Json, matches: bool) -> None:
    assert fires(kind, settings, data) is matches


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({"text_contains": ""}, {"text": "Is it in stock?"}, True, id="empty is any"),
        pytest.param({"text_contains": "Stock"}, {"text": "is it in STOCK?"}, True, id="without case"),
        pytest.param({"text_contains": "stocks"}, {"text": "Is it in stock?"}, False, id="a letter too many"),
        pytest.param({"text_contains": "stock"}, {"channel": "site"}, False, id="no text"),
        pytest.param(
            {"channel": "site", "text_contains": "stock"},
            {"channel": "site", "text": "Stock?"},
            True,
            id="both",
        ),
        pytest.param(
            {"channel": "site", "text_contains": "stock"},
            {"channel": "x", "text": "Stock?"},
            False,
            id="only the text",
        ),
        pytest.param(
            {"channel": "site", "text_contains": "stock"},
            {"channel": "site", "text": "Price?"},
            False,
            id="only the channel",
        ),
    ],
)
def test_a_chat_message_fires_by_its_text(settings: Json, data: Json, matches: bool) -> None:
    assert fires("chat_message_received", settings, data) is matches


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({"waited_seconds": 0}, {"waited_seconds": 0}, True, id="at once"),
        pytest.param({"waited_seconds": 300}, {"waited_seconds": 300}, True, id="exactly so long"),
        pytest.param({"waited_seconds": 300}, {"waited_seconds": 301}, True, id="longer"),
        pytest.param({"waited_seconds": 300}, {"waited_seconds": 299}, False, id="a second too short"),
        pytest.param(
            {"waited_seconds": 300, "channel": "site"},
            {"waited_seconds": 300, "channel": "site"},
            True,
            id="there",
        ),
        pytest.param(
            {"waited_seconds": 300, "channel": "site"},
            {"waited_seconds": 300, "channel": "x"},
            False,
            id="elsewhere",
        ),
        pytest.param(
            {"waited_seconds": 300, "channel": "site"}, {"waited_seconds": 300}, False, id="who knows where"
        ),
    ],
)
def test_an_unanswered_chat_fires_from_so_long_on(settings: Json, data: Json, matches: bool) -> None:
    assert fires("chat_unanswered", settings, data) is matches


def test_who_answered_may_be_named_in_any_form_of_a_user() -> None:
    for operator in (5, "5", "user:5", None):
        assert fires("chat_answered", {}, {"operator": operator})
