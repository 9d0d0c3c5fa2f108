"""Addresses of clients in the one form in which they are kept and looked up.

It stands beside the tables, so that nothing is written or searched in another form. Pure.
"""

from __future__ import annotations

import phonenumbers

from crm.clients import Address, AddressKind, ClientRef, normalise_email
from crm.errors import Problem, Refused, ValueRefused
from crm.values import show


def is_phone_region(code: str) -> bool:
    """Whether national phone numbers of this region (`IT`) can be read."""
    return code in phonenumbers.SUPPORTED_REGIONS


def normalise_phone(text: str, region: str | None = None) -> str:
    """A phone number in E.164, as +39021234567, without its extension; raises `ValueRefused`.

    A number without + and country code is read as one of `region`. Its length must be possible; whether it
    was ever given to anybody is not asked, because numbering plans change.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        in_region = "" if region else "; national ones need CRM_TRIGGERS_PHONE_REGION"
        raise ValueRefused(
            f"{show(text)} is no phone number; write it as +39 02 1234567{in_region}"
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueRefused(f"{show(text)} is too short or too long for a phone number of its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_address(address: Address, region: str | None = None) -> Address:
    """The address with its value in the form in which it is looked up; raises `Refused` with the place."""
    try:
        match address.kind:
            case AddressKind.CLIENT:
                value = str(ClientRef.parse(address.value))
            case AddressKind.PHONE:
                value = normalise_phone(address.value, region)
            case AddressKind.EMAIL:
                value = normalise_email(address.value)
    except ValueRefused as refusal:
        raise Refused([Problem(address.kind, str(refusal))]) from refusal
    return Address(address.kind, value)
