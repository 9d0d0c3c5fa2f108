"""`crm-triggers kinds`: the catalogue at the prompt; and what `event send` makes of what is typed."""

from __future__ import annotations

import json

import pytest

from crm.errors import CrmError
from crm.kinds import CATALOGUE
from crm.values import Json
from starter.cli.any_event import read_data
from starter.cli.program import execute


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command writes to stdout; it must end well."""
    assert execute(arguments) == 0
    return capsys.readouterr().out


def test_every_kind_is_listed_under_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    output = told(capsys, "kinds")
    assert all(code in output for code in CATALOGUE)
    assert output.index("Communication with clients") < output.index("email_received")
    assert output.index("email_received") < output.index("Delivery") < output.index("shipped")


def test_kinds_are_searched_filtered_and_shown_in_a_language(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["kinds", "--search", "EXPEDITION modifiee", "--language", "fr", "--item-type", "procurement"]
    output = told(capsys, *arguments, "--group", "delivery")
    assert "Expédition modifiée" in output
    assert "shipment_changed" in output
    assert "Livraison" in output
    assert "delivery_allowed" not in output


def test_that_there_is_no_such_kind_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "kinds", "--search", "weather") == "There is no such kind.\n"
    assert json.loads(told(capsys, "kinds", "--search", "weather", "--json")) == []


def test_in_json_a_kind_has_everything_that_a_form_needs(capsys: pytest.CaptureFixture[str]) -> None:
    (kind,) = json.loads(told(capsys, "kinds", "--search", "invoice paid", "--json"))
    assert kind["kind"] == "invoice_paid"
    assert kind["group"] == "payment"
    assert kind["group_title"] == {"en": "Payment", "fr": "Paiement", "it": "Pagamento"}
    assert kind["title"] == {"en": "Invoice paid", "fr": "Facture payée", "it": "Fattura pagata"}
    assert (kind["item_types"], kind["smart_processes"]) == (["deal"], False)
    assert kind["settings"]["properties"] == {}
    assert kind["data"]["required"] == ["invoice"]
    assert json.loads(told(capsys, "kinds", "show", "invoice_paid", "--json")) == kind


def test_one_kind_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    output = told(capsys, "kinds", "show", "task_status_changed", "--language", "it")
    assert "Stato di un'attività modificato (task_status_changed)" in output
    assert "Only when the task reaches this status." in output
    assert "deadline      datetime" in output


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        pytest.param(["kinds", "show", "shiped"], 1, "did you mean 'shipped'?", id="no such kind"),
        pytest.param(["kinds", "--group", "weather"], 2, "'weather' is not one of", id="no such group"),
        pytest.param(["kinds", "--item-type", "Deal"], 2, "'Deal' is no item type", id="no item type"),
        pytest.param(
            ["event", "send", "shiped", "deal:42"], 1, "did you mean 'shipped'?", id="event of no kind"
        ),
        pytest.param(
            ["event", "send", "shipped", "deal:42", "shipmnt=s-1"],
            1,
            "data.shipmnt: shipped has no such key; did you mean 'shipment'?",
            id="unknown key",
        ),
        pytest.param(
            ["event", "send", "shipped", "deal:42"],
            1,
            "nothing was sent: data.shipment: Field required",
            id="missing",
        ),
        pytest.param(
            ["event", "send", "task_status_changed", "deal:42", "status=done", 'task={"deadline": "soon"}'],
            1,
            "nothing was sent: data.task.deadline: 'soon' is no datetime",
            id="wrong within a record",
        ),
        pytest.param(
            ["event", "send", "shipped", "deal:42", "s-1"], 2, "'s-1' is no assignment", id="no key"
        ),
    ],
)
def test_what_can_not_be_done_is_refused_before_anything_is_sent(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(arguments) == status
    output, errors = capsys.readouterr()
    assert told in " ".join((output + errors).split())


@pytest.mark.parametrize(
    ("kind", "texts", "data"),
    [
        pytest.param(
            "order_paid", {"order": "17"}, {"order": "17"}, id="digits are text where text is expected"
        ),
        pytest.param("order_paid", {"order": "null"}, {"order": "null"}, id="null too"),
        pytest.param("call_made", {"line": "null"}, {"line": None}, id="but not where nothing may be"),
        pytest.param("call_made", {"line": ""}, {"line": None}, id="nothing is null"),
        pytest.param("chat_unanswered", {"waited_seconds": "300"}, {"waited_seconds": 300}, id="a number"),
        pytest.param(
            "payment_received",
            {"amount": "12.50", "currency": "EUR"},
            {"amount": "12.50", "currency": "EUR"},
            id="exact",
        ),
        pytest.param("responsible_changed", {"new": "null"}, {"new": None}, id="nobody"),
        pytest.param("responsible_changed", {"new": "user:5"}, {"new": "user:5"}, id="a user"),
        pytest.param(
            "shipment_changed",
            {"shipment": '{"cost": {"amount": 12.50, "currency": "EUR"}, "status": "sent"}'},
            {"shipment": {"cost": {"amount": "12.50", "currency": "EUR"}, "status": "sent"}},
            id="a record in JSON, its amounts as they were written",
        ),
        pytest.param(
            "field_changed",
            {"changes": '{"note": {"new": "b"}}'},
            {"changes": {"note": {"new": "b"}}},
            id="changes",
        ),
        pytest.param(
            "linked_item_moved",
            {"item": "invoice:7", "from": "invoice:main/sent", "to": "invoice:main/paid"},
            {"item": "invoice:7", "from": "invoice:main/sent", "to": "invoice:main/paid"},
            id="references",
        ),
    ],
)
def test_what_is_typed_becomes_data_as_the_kind_declares_it(
    kind: str, texts: dict[str, str], data: dict[str, Json]
) -> None:
    assert read_data(kind, texts) == data


def test_what_is_no_json_where_json_is_expected_is_refused_with_its_place() -> None:
    with pytest.raises(CrmError, match=r"nothing was sent: data\.shipment: 's-1' is no record"):
        read_data("shipment_changed", {"shipment": "s-1"})
