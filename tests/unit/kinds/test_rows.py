"""Every row of the catalogue, as it was agreed, and complete in three languages."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import pytest

from crm.kinds import CATALOGUE, GROUP_TITLES, AnyKind, Group, Text
from crm.kinds.catalogue import entry_of


@dataclass(frozen=True, slots=True)
class Row:
    """The letters of its item types, and which settings and which event data it requires."""

    item_types: str
    settings: str = ""
    data: str = ""


ROWS = {
    "items": {
        "field_changed": Row("LDQIS", settings="fields", data="changes"),
        "responsible_changed": Row("LDQIS", data="new"),
        "linked_item_moved": Row("LDQIS", data="item to"),
    },
    "documents": {
        "document_created": Row("LDQIS", data="document"),
        "document_viewed": Row("LDQIS", data="document"),
        "document_signed_by_initiator": Row("DQIS", data="document"),
        "document_signed_by_counterparty": Row("DQIS", data="document"),
        "document_executed": Row("LDQIS", data="document"),
        "document_revoked": Row("LDQIS", data="document"),
        "employee_document_progressed": Row("S", data="document phase"),
    },
    "communication": {
        "email_received": Row("LDQIS"),
        "email_sent": Row("LDQIS"),
        "email_viewed": Row("LDQIS", data="email"),
        "email_link_clicked": Row("LDQIS", data="url"),
        "call_received": Row("LDQIS"),
        "call_made": Row("LDQIS"),
        "call_missed": Row("LDQIS"),
        "callback_requested": Row("LDQIS", data="form"),
        "form_submitted": Row("LDQIS", data="form"),
        "chat_started": Row("LDS"),
        "chat_message_received": Row("LDS"),
        "chat_answered": Row("LDS"),
        "chat_unanswered": Row("LDS", settings="waited_seconds", data="waited_seconds"),
    },
    "payment": {
        "payment_received": Row("DIS"),
        "invoice_paid": Row("D", data="invoice"),
        "order_paid": Row("DIS", data="order"),
    },
    "delivery": {
        "delivery_allowed": Row("DS", data="shipment"),
        "tracking_number_added": Row("DS", data="tracking_number"),
        "shipment_changed": Row("DS", data="shipment"),
        "shipped": Row("DS", data="shipment"),
        "delivery_finished": Row("DS", data="shipment"),
        "order_cancelled": Row("DS", data="order"),
    },
    "tasks": {
        "task_status_changed": Row("LDQIS", data="status"),
        "item_viewed": Row("LDQIS", data="user"),
    },
    "other": {
        "webhook_called": Row("LDQIS", settings="code", data="code"),
        "app_event": Row("LDQIS", settings="app code", data="app code"),
        "client_returned": Row("LDQIS"),
        "visit_recorded": Row("LD", data="visit"),
        "resource_booked": Row("LD", data="resource"),
        "qr_scanned": Row("LDS", data="code"),
    },
}
TYPES = {"L": "lead", "D": "deal", "Q": "quote", "I": "invoice", "S": "procurement"}

TEXTS = {
    **{f"{kind.code}, title": kind.title for kind in CATALOGUE.values()},
    **{f"{kind.code}, description": kind.description for kind in CATALOGUE.values()},
    **{f"group {group}": title for group, title in GROUP_TITLES.items()},
}


def test_the_catalogue_has_every_row_and_no_other_in_their_order() -> None:
    assert [(kind.group, code) for code, kind in CATALOGUE.items()] == [
        (group, code) for group, codes in ROWS.items() for code in codes
    ]


ALL_ROWS = [pytest.param(code, row, id=code) for rows in ROWS.values() for code, row in rows.items()]


@pytest.mark.parametrize(("code", "row"), ALL_ROWS)
def test_each_kind_is_for_its_item_types(code: str, row: Row) -> None:
    kind = CATALOGUE[code]
    assert [letter for letter, item_type in TYPES.items() if kind.has(item_type)] == list(row.item_types)


@pytest.mark.parametrize(("code", "row"), ALL_ROWS)
def test_each_kind_requires_what_it_is_about_and_no_more(code: str, row: Row) -> None:
    entry = entry_of(code)
    assert entry.settings_schema.get("required", []) == row.settings.split()
    assert entry.data_schema.get("required", []) == row.data.split()


def test_a_kind_is_declared_once_and_under_its_own_code() -> None:
    assert all(kind.code == code for code, kind in CATALOGUE.items())
    assert list(GROUP_TITLES) == list(Group)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_text_is_there_in_three_languages(text: Text) -> None:
    for one in astuple(text):
        assert one
        assert one == one.strip()
        assert "  " not in one
        # One kind of apostrophe, so that texts look alike.
        assert "\N{RIGHT SINGLE QUOTATION MARK}" not in one


@pytest.mark.parametrize("language", ["en", "fr", "it"])
def test_no_two_kinds_have_the_same_title(language: str) -> None:
    titles = [getattr(kind.title, language) for kind in CATALOGUE.values()]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_a_title_is_no_sentence_and_a_description_is_one(kind: AnyKind) -> None:
    assert not any(title.endswith(".") for title in astuple(kind.title))
    assert all(description.endswith(".") for description in astuple(kind.description))
    # Three texts, not one that was copied; a title may be the same word in two languages.
    assert len(set(astuple(kind.description))) == 3
