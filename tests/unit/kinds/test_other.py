"""The kinds about other systems and other traces of the client: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.matching import fires


@pytest.mark.parametrize(
    ("code", "matches"),
    [
        pytest.param("k7dw93xm", True, id="the code"),
        pytest.param("K7DW93XM", False, id="with case"),
        pytest.param("k7dw93x", False, id="shorter"),
    ],
)
def test_a_webhook_fires_by_its_code_alone(code: str, matches: bool) -> None:
    assert fires("webhook_called", {"code": "k7dw93xm"}, {"code": code}) is matches


@pytest.mark.parametrize(
    ("app", "code", "matches"),
    [
        pytest.param("surveys", "answered", True, id="both"),
        pytest.param("surveys", "sent", False, id="another code"),
        pytest.param("polls", "answered", False, id="another application"),
        pytest.param("answered", "surveys", False, id="the other way round"),
    ],
)
def test_an_application_fires_its_own_trigger_alone(app: str, code: str, matches: bool) -> None:
    settings: Json = {"app": "surveys", "code": "answered"}
    assert fires("app_event", settings, {"app": app, "code": code}) is matches


@pytest.mark.parametrize(
    ("kind", "key"), [("resource_booked", "resource"), ("qr_scanned", "code")], ids=["resource", "QR code"]
)
@pytest.mark.parametrize(
    ("wanted", "value", "matches"),
    [
        pytest.param(None, "a-1", True, id="any"),
        pytest.param("", "a-1", True, id="empty is any"),
        pytest.param("a-1", "a-1", True, id="it"),
        pytest.param("a-1", "a-2", False, id="another"),
    ],
)
def test_a_booking_or_a_scan_fires_by_what_it_is_of(
    kind: str, key: str, wanted: str | None, value: str, matches: bool
) -> None:
    assert fires(kind, {key: wanted}, {key: value}) is matches
    assert fires(kind, {}, {key: value})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("client_returned", {"page": "/prices"}, id="the page is known"),
        pytest.param("client_returned", {}, id="the page is unknown"),
        pytest.param("visit_recorded", {"visit": "v-1"}, id="visit"),
    ],
)
def test_a_client_on_the_site_fires(kind: str, data: Json) -> None:
    assert fires(kind, {}, data)
