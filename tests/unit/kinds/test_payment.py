"""The kinds about payments: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.matching import fires


def paid(total: Json, due: Json, **others: Json) -> dict[str, Json]:
    return {"paid_total": total, "due_total": due, "currency": "EUR", **others}


@pytest.mark.parametrize(
    ("data", "partial", "full"),
    [
        pytest.param(paid("99.99", "100"), True, False, id="a cent too little"),
        pytest.param(paid("100.00", "100"), False, True, id="all of it"),
        pytest.param(paid(100.01, 100), False, True, id="more than all"),
        pytest.param(paid(0, 100), True, False, id="nothing yet"),
        pytest.param(paid(0, 0), False, True, id="nothing is due"),
        pytest.param(paid("0.3", 0.30000000000000004), True, False, id="exact, to the last digit"),
        pytest.param(paid("-5", "100"), True, False, id="paid back"),
        pytest.param({"paid_total": "100", "due_total": "100"}, False, True, id="in whatever currency"),
        pytest.param(paid("100", None), False, False, id="what is due is unknown"),
        pytest.param(paid(None, "100"), False, False, id="what is paid is unknown"),
        pytest.param(paid("", ""), False, False, id="both are empty"),
        pytest.param({"amount": "100", "currency": "EUR"}, False, False, id="only the amount is known"),
        pytest.param({}, False, False, id="nothing is known"),
    ],
)
def test_a_payment_fires_by_how_much_of_what_is_due_it_covers(data: Json, partial: bool, full: bool) -> None:
    any_coverage: list[Json] = [{}, {"coverage": "any"}, {"coverage": None}, {"coverage": ""}]
    for settings in any_coverage:
        assert fires("payment_received", settings, data)
    assert fires("payment_received", {"coverage": "partial"}, data) is partial
    assert fires("payment_received", {"coverage": "full"}, data) is full


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("invoice_paid", {"invoice": "invoice:7"}, id="invoice"),
        pytest.param("order_paid", {"order": "o-1"}, id="order"),
    ],
)
def test_an_invoice_or_an_order_that_is_paid_fires(kind: str, data: Json) -> None:
    assert fires(kind, {}, data)
