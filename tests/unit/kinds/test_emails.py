"""The kinds about e-mails: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.matching import fires


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, {"subject": "Your offer"}, True, id="any subject"),
        pytest.param({}, {}, True, id="any, and no subject"),
        pytest.param({"subject_contains": None}, {"subject": "Your offer"}, True, id="null is any"),
        pytest.param({"subject_contains": ""}, {"subject": "Your offer"}, True, id="empty is any"),
        pytest.param(
            {"subject_contains": "offer"}, {"subject": "Your offer"}, True, id="it is in the subject"
        ),
        pytest.param({"subject_contains": "OFFER"}, {"subject": "your Offer"}, True, id="without case"),
        pytest.param(
            {"subject_contains": "STRASSE"}, {"subject": "Lange Straße 5"}, True, id="without case, folded"
        ),
        pytest.param(
            {"subject_contains": "reçu"}, {"subject": "Rec\u0327u: 12"}, True, id="composed and decomposed"
        ),
        pytest.param({"subject_contains": "recu"}, {"subject": "Reçu: 12"}, False, id="an accent matters"),
        pytest.param(
            {"subject_contains": "offers"}, {"subject": "Your offer"}, False, id="a letter too many"
        ),
        pytest.param({"subject_contains": "offer"}, {"subject": ""}, False, id="an empty subject"),
        pytest.param({"subject_contains": "offer"}, {"subject": None}, False, id="null for a subject"),
        pytest.param(
            {"subject_contains": "offer"}, {"from_address": "offer@example.com"}, False, id="no subject"
        ),
    ],
)
def test_an_email_that_was_received_fires_by_its_subject(settings: Json, data: Json, matches: bool) -> None:
    assert fires("email_received", settings, data) is matches


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("email_sent", {"subject": "Your offer"}, id="sent"),
        pytest.param("email_sent", {}, id="sent, its subject unknown"),
        pytest.param("email_viewed", {"email": "m-1"}, id="viewed"),
    ],
)
def test_an_email_that_was_sent_or_viewed_fires(kind: str, data: Json) -> None:
    assert fires(kind, {}, data)


@pytest.mark.parametrize(
    ("wanted", "url", "matches"),
    [
        pytest.param(None, "https://example.com/a", True, id="any"),
        pytest.param("", "https://example.com/a", True, id="empty is any"),
        pytest.param("https://example.com/a", "https://example.com/a", True, id="the same"),
        pytest.param("https://example.com", "https://example.com/a", True, id="the whole site"),
        pytest.param("https://example.com", "https://example.com", True, id="the site itself"),
        pytest.param("https://example.com/a", "https://example.com/a/b?c=1#d", True, id="a longer one"),
        pytest.param("https://example.com/a?b=1", "https://example.com/a?b=1&c=2", True, id="a longer query"),
        pytest.param(
            "HTTPS://Example.COM/a", "https://example.com/a", True, id="scheme and host without case"
        ),
        pytest.param("https://example.com/a", "Https://EXAMPLE.com/a", True, id="of the event too"),
        pytest.param("https://example.com/a", "https://example.com/A", False, id="the rest with case"),
        pytest.param("https://example.com/a/b", "https://example.com/a", False, id="a shorter one"),
        pytest.param("https://example.com/", "https://example.com", False, id="a slash too few"),
        pytest.param("https://example.com", "http://example.com/a", False, id="another scheme"),
        pytest.param("https://example.com", "https://example.com.evil.org/a", False, id="a longer host"),
        pytest.param("https://example.com", "https://www.example.com/a", False, id="a host below it"),
        pytest.param(
            "https://example.com", "https://example.com@evil.org/a", False, id="a user of that name"
        ),
    ],
)
def test_a_link_fires_by_its_scheme_its_host_and_the_beginning_of_the_rest(
    wanted: str | None, url: str, matches: bool
) -> None:
    assert fires("email_link_clicked", {"url": wanted}, {"url": url}) is matches
    assert fires("email_link_clicked", {}, {"url": url})
