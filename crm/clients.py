"""Clients: contacts and companies, and the addresses by which an event finds them (R18).

Phone numbers are brought into one form in `storage.addresses`: that takes the numbering plans of all
countries, a package, and a default region that is a setting of the process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from crm.errors import Problem, Refused, ValueRefused
from crm.values import Json, show
from crm.values.references import parse_client
from crm.values.texts import fold, parse_exact_text

MAX_EMAIL_CHARACTERS = 254
"""The longest address that mail is delivered to (RFC 5321)."""

_EMAIL = re.compile(r"(?P<local>[^\s<>]+)@(?P<domain>[^\s<>@]+)")


class ClientKind(StrEnum):
    CONTACT = "contact"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, order=True)
class ClientRef:
    """`contact:7` or `company:3`."""

    kind: ClientKind
    number: int

    @classmethod
    def parse(cls, text: Json) -> Self:
        """Read `contact:7`; raises `ValueRefused` on anything else."""
        kind, _, number = parse_client(text).partition(":")
        return cls(ClientKind(kind), int(number))

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"


class AddressKind(StrEnum):
    """By what a client is found."""

    CLIENT = "client"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a client event is for: `{"client": "contact:7"}`, `{"phone": "..."}` or `{"email": "..."}`."""

    kind: AddressKind
    value: str

    def content(self) -> dict[str, Json]:
        """The form that it has in a message."""
        return {self.kind.value: self.value}


def read_address(content: Json) -> Address:
    """Read an address from a message, its value as it was given; raises `Refused` with the place."""
    known = [kind.value for kind in AddressKind]
    given = {key: content[key] for key in known if key in content} if isinstance(content, dict) else {}
    if len(given) != 1:
        raise Refused([Problem("", f"{show(content)} is no address; it has one of {', '.join(known)}")])
    [(kind, value)] = given.items()
    try:
        return Address(AddressKind(kind), parse_exact_text(value))
    except ValueRefused as refusal:
        raise Refused([Problem(kind, str(refusal))]) from refusal


def normalise_email(text: str) -> str:
    """An e-mail address in the one form in which it is kept and looked up; raises `ValueRefused`.

    It is trimmed, and its domain is in lower case and ASCII (IDNA), as mail servers have it. The part
    before the @ is folded too: servers may tell `Anna` from `anna`, but none gives them to two people.
    """
    parts = _EMAIL.fullmatch(text.strip())
    try:
        domain = parts["domain"].encode("idna").decode("ascii").lower() if parts else ""
    except UnicodeError:
        domain = ""
    address = f"{fold(parts['local'])}@{domain}" if parts and domain else ""
    if not address or len(address) > MAX_EMAIL_CHARACTERS:
        raise ValueRefused(f"{show(text)} is no e-mail address; write it as anna@example.com")
    return parse_exact_text(address)
