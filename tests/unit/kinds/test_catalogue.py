"""The catalogue as administrators see it: in groups, filtered and searched (R22)."""

from __future__ import annotations

import pytest

from crm.kinds import CATALOGUE, Group, Language
from crm.kinds.catalogue import entry_of, find_kinds
from crm.kinds.parameters import Parameter, parameters_of


def found(search: str = "", **filters: object) -> list[str]:
    return [entry.kind.code for entry in find_kinds(search=search, **filters)]  # type: ignore[arg-type]


def test_without_a_filter_all_kinds_are_there_by_group() -> None:
    assert found() == list(CATALOGUE)
    groups = [entry.kind.group for entry in find_kinds()]
    assert list(dict.fromkeys(groups)) == list(Group)
    assert groups == sorted(groups, key=list(Group).index)


@pytest.mark.parametrize(
    ("search", "language", "expected"),
    [
        pytest.param("invoice paid", None, ["invoice_paid"], id="its title"),
        pytest.param("PAID invoice", None, ["invoice_paid"], id="in any order, without case"),
        pytest.param("facture payée", None, ["invoice_paid"], id="in French"),
        pytest.param("FACTURE PAYEE", None, ["invoice_paid"], id="without accents"),
        pytest.param("facture paye\u0301e", None, ["invoice_paid"], id="with accents that are decomposed"),
        pytest.param("fattura pagata", None, ["invoice_paid"], id="in Italian"),
        pytest.param("liée won", None, ["invoice_paid"], id="words of two languages"),
        pytest.param("facture payée", "fr", ["invoice_paid"], id="in the chosen language"),
        pytest.param("facture payée", "it", [], id="not in another"),
        pytest.param("stock", "en", ["shipped"], id="its description"),
        pytest.param(
            "d\N{RIGHT SINGLE QUOTATION MARK}une expédition saisi",
            None,
            ["tracking_number_added"],
            id="the other apostrophe",
        ),
        pytest.param("paiement", "fr", ["payment_received", "invoice_paid", "order_paid"], id="its group"),
        pytest.param("invoice paid tomorrow", None, [], id="all words must be there"),
        pytest.param("payment_received", None, [], id="the code is not searched"),
        pytest.param("  ", None, list(CATALOGUE), id="no words"),
    ],
)
def test_a_kind_is_found_by_words(search: str, language: str | None, expected: list[str]) -> None:
    assert found(search, language=Language(language) if language else None) == expected


@pytest.mark.parametrize(
    ("item_type", "there", "missing"),
    [
        pytest.param("lead", "visit_recorded", "invoice_paid", id="leads"),
        pytest.param("deal", "invoice_paid", "employee_document_progressed", id="deals"),
        pytest.param("quote", "document_signed_by_initiator", "chat_started", id="quotes"),
        pytest.param("invoice", "order_paid", "shipped", id="invoices"),
        pytest.param("procurement", "employee_document_progressed", "resource_booked", id="a smart process"),
    ],
)
def test_only_kinds_for_the_item_type_are_there(item_type: str, there: str, missing: str) -> None:
    assert there in found(item_type=item_type)
    assert missing not in found(item_type=item_type)


def test_filters_go_together() -> None:
    assert found("client", group=Group.OTHER, item_type="quote", language=Language.ENGLISH) == [
        "client_returned"
    ]


def test_an_entry_says_for_which_items_it_is() -> None:
    assert entry_of("email_sent").items == "lead, deal, quote, invoice, smart processes"
    assert entry_of("visit_recorded").items == "lead, deal"
    assert entry_of("employee_document_progressed").items == "smart processes"


def test_settings_and_data_are_explained() -> None:
    task = entry_of("task_status_changed")
    assert parameters_of(task.settings_schema) == [
        Parameter("status", "text", False, "Only when the task reaches this status."),
        Parameter(
            "condition",
            "list of {field, operator, value, join}",
            False,
            "Only if this condition over the task's fields holds.",
        ),
    ]
    assert [(one.name, one.type, one.required) for one in parameters_of(task.data_schema)] == [
        ("status", "text", True),
        ("task", "{title, deadline, responsible, priority}", False),
    ]
    linked = [(one.name, one.type) for one in parameters_of(entry_of("linked_item_moved").data_schema)]
    assert linked == [
        ("item", "item"),
        ("from", "stage"),
        ("to", "stage"),
        ("to_semantics", "in_progress, won or lost"),
    ]


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_setting_and_every_key_of_the_data_says_what_it_means(code: str) -> None:
    entry = entry_of(code)
    for schema in (entry.settings_schema, entry.data_schema):
        assert all(one.description.endswith(".") for one in parameters_of(schema))
