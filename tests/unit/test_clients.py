"""Clients and their addresses: references, what a message may say, the form in which addresses compare."""

from __future__ import annotations

from typing import Any

import pytest

from crm.clients import Address, AddressKind, ClientKind, ClientRef, normalise_email, read_address
from crm.errors import Refused, ValueRefused
from storage.addresses import normalise_address, normalise_phone


def test_a_reference_is_read_as_it_is_written() -> None:
    assert ClientRef.parse("contact:7") == ClientRef(ClientKind.CONTACT, 7)
    assert ClientRef.parse("company:3") == ClientRef(ClientKind.COMPANY, 3)
    assert str(ClientRef(ClientKind.CONTACT, 7)) == "contact:7"


@pytest.mark.parametrize(
    "text",
    ["", "contact", "contact:", "contact:0", "contact:07", "Contact:7", "deal:7", "contact:7 ", 7, None],
)
def test_what_is_no_reference_is_refused(text: Any) -> None:
    with pytest.raises(ValueRefused, match="contact:7 or company:3"):
        ClientRef.parse(text)


@pytest.mark.parametrize(
    ("content", "address"),
    [
        pytest.param({"client": "contact:7"}, Address(AddressKind.CLIENT, "contact:7"), id="client"),
        pytest.param({"phone": "02 1"}, Address(AddressKind.PHONE, "02 1"), id="phone"),
        pytest.param({"email": "a@b.it"}, Address(AddressKind.EMAIL, "a@b.it"), id="email"),
        pytest.param(
            {"phone": "02 1", "label": "office"}, Address(AddressKind.PHONE, "02 1"), id="unknown key ignored"
        ),
    ],
)
def test_an_address_says_whom_the_event_is_for(content: Any, address: Address) -> None:
    assert read_address(content) == address


@pytest.mark.parametrize(
    ("content", "place"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"phone": "02 1", "email": "a@b.it"}, "", id="two"),
        pytest.param({"contact": 7}, "", id="unknown key alone"),
        pytest.param("contact:7", "", id="no object"),
        pytest.param(None, "", id="null"),
        pytest.param({"phone": 390212345}, "phone", id="a number"),
        pytest.param({"client": None}, "client", id="null client"),
        pytest.param({"email": "a\0@b.it"}, "email", id="NUL"),
    ],
)
def test_what_is_no_address_is_refused_with_its_place(content: Any, place: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_address(content)

    assert [problem.place for problem in refusal.value.problems] == [place]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("anna@example.com", "anna@example.com", id="plain"),
        pytest.param("  anna@example.com\n", "anna@example.com", id="trimmed"),
        pytest.param("Anna.Bianchi@Example.COM", "anna.bianchi@example.com", id="case"),
        pytest.param("anna@BÜCHER.example", "anna@xn--bcher-kva.example", id="domain in IDNA"),
        pytest.param("anna@bu\u0308cher.example", "anna@xn--bcher-kva.example", id="decomposed domain"),
        pytest.param("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example", id="IDNA already"),
        pytest.param("JOSE\u0301@example.com", "jos\u00e9@example.com", id="local part in NFC"),
        pytest.param("Stra\u00dfe@example.com", "strasse@example.com", id="local part casefolded"),
        pytest.param("anna+crm@example.com", "anna+crm@example.com", id="tag kept"),
        pytest.param('"a@b"@example.com', '"a@b"@example.com', id="last @ counts"),
    ],
)
def test_an_email_address_has_one_form(text: str, kept: str) -> None:
    assert normalise_email(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@example.com",
        "anna@",
        "Anna <anna@example.com>",
        "an na@example.com",
        "anna@exa mple.com",
        "anna@example..com",
        f"anna@{'x' * 64}.com",
        f"{'a' * 250}@example.com",
    ],
)
def test_what_is_no_email_address_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused, match="no e-mail address"):
        normalise_email(text)


@pytest.mark.parametrize(
    ("text", "region", "kept"),
    [
        pytest.param("+39 02 1234567", None, "+39021234567", id="international"),
        pytest.param("+39 (02) 123-45.67", None, "+39021234567", id="punctuation"),
        pytest.param("0039 02 1234567", "IT", "+39021234567", id="00 for +"),
        pytest.param("02 1234567", "IT", "+39021234567", id="national: Italy keeps the 0"),
        pytest.param("030 123456", "DE", "+4930123456", id="national: Germany drops the 0"),
        pytest.param("+39 02 1234567", "DE", "+39021234567", id="another country than the region"),
        pytest.param("tel:+39-02-1234567", None, "+39021234567", id="tel url"),
        pytest.param("+39 02 1234567 ext. 5", None, "+39021234567", id="extension dropped"),
        pytest.param("\uff0b39\u00a002 1234567", None, "+39021234567", id="wide plus, hard blank"),
    ],
)
def test_a_phone_number_has_one_form(text: str, region: str | None, kept: str) -> None:
    assert normalise_phone(text, region) == kept


@pytest.mark.parametrize(
    ("text", "region", "why"),
    [
        pytest.param("02 1234567", None, "CRM_TRIGGERS_PHONE_REGION", id="national without a region"),
        pytest.param("anonymous", "IT", "no phone number", id="no digits"),
        pytest.param("", "IT", "no phone number", id="nothing"),
        pytest.param("+999 123456", None, "no phone number", id="no such country"),
        pytest.param("201", "IT", "too short or too long", id="an internal line"),
        pytest.param("+39 0212345678901234", None, "too short or too long", id="too long"),
    ],
)
def test_what_is_no_phone_number_is_refused(text: str, region: str | None, why: str) -> None:
    with pytest.raises(ValueRefused, match=why):
        normalise_phone(text, region)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (Address(AddressKind.CLIENT, "deal:7"), "client"),
        (Address(AddressKind.PHONE, "anonymous"), "phone"),
        (Address(AddressKind.EMAIL, "anna"), "email"),
    ],
)
def test_an_address_that_can_be_nobodys_is_refused_with_its_place(given: Address, place: str) -> None:
    with pytest.raises(Refused) as refusal:
        normalise_address(given)

    assert [problem.place for problem in refusal.value.problems] == [place]
