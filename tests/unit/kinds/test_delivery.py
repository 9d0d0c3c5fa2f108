"""The kinds about delivery: which events fire which settings, and conditions over a shipment (R19, R20)."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.builders import a_row
from tests.support.matching import fires

SHIPMENT: dict[str, Json] = {
    "status": "packed",
    "service": "post",
    "tracking_number": "RR123",
    "cost": {"amount": "12.50", "currency": "EUR"},
    "expected_on": "2026-11-21",
}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("delivery_allowed", {"shipment": "s-1"}, id="allowed"),
        pytest.param("shipped", {"shipment": "s-1"}, id="shipped"),
        pytest.param("delivery_finished", {"shipment": "s-1"}, id="finished"),
        pytest.param("order_cancelled", {"order": "o-1"}, id="cancelled"),
    ],
)
def test_a_step_of_delivery_fires(kind: str, data: Json) -> None:
    assert fires(kind, {}, data)


@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, {"tracking_number": "RR123"}, True, id="any, and none known"),
        pytest.param(
            {"service": ""}, {"tracking_number": "RR123", "service": "post"}, True, id="empty is any"
        ),
        pytest.param({"service": "post"}, {"tracking_number": "RR123", "service": "post"}, True, id="it"),
        pytest.param(
            {"service": "post"}, {"tracking_number": "RR123", "service": "dhl"}, False, id="another"
        ),
        pytest.param({"service": "post"}, {"tracking_number": "post"}, False, id="none known"),
    ],
)
def test_a_tracking_number_fires_by_the_service(settings: Json, data: Json, matches: bool) -> None:
    assert fires("tracking_number_added", settings, data) is matches


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        pytest.param([], True, id="none"),
        pytest.param(None, True, id="null is none"),
        pytest.param([a_row("status", "=", "packed")], True, id="it holds"),
        pytest.param([a_row("status", "=", "Packed")], False, id="codes compare exactly"),
        pytest.param([a_row("tracking_number", "contains", "rr")], True, id="text without case"),
        pytest.param([a_row("cost", ">", {"amount": 12.4, "currency": "EUR"})], True, id="money by value"),
        pytest.param([a_row("cost", ">", {"amount": 1, "currency": "USD"})], False, id="other currency"),
        pytest.param([a_row("expected_on", "<=", "2026-11-20")], False, id="a day too late"),
        pytest.param([a_row("service", "empty")], False, id="not empty"),
        pytest.param(
            [a_row("status", "=", "sent", "or"), a_row("service", "in", ["post", "dhl"])],
            True,
            id="one of two",
        ),
        pytest.param([a_row("status", "=", "packed"), a_row("service", "=", "dhl")], False, id="not both"),
    ],
)
def test_a_changed_shipment_fires_by_a_condition_over_its_fields(condition: Json, matches: bool) -> None:
    assert fires("shipment_changed", {"condition": condition}, {"shipment": SHIPMENT}) is matches


def test_what_is_not_said_of_a_shipment_is_empty() -> None:
    assert fires("shipment_changed", {"condition": [a_row("cost", "empty")]}, {"shipment": {}})
    assert not fires("shipment_changed", {"condition": [a_row("status", "=", "packed")]}, {"shipment": {}})
