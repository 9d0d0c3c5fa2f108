"""Kinds about forms that the client sends."""

from __future__ import annotations

from crm.kinds.data_types import Id, Maybe
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, Settings
from crm.kinds.languages import Text


class FormSettings(Settings):
    form: Maybe[Id] = None
    """Only this form."""


class FormData(EventData):
    form: Id
    """The form that was sent."""


CALLBACK_REQUESTED = Kind(
    code="callback_requested",
    group=Group.COMMUNICATION,
    title=Text("Callback requested", "Rappel demandé", "Richiesta di essere richiamati"),
    description=Text(
        "The client sent a callback form.",
        "Le client a envoyé un formulaire de rappel.",
        "Il cliente ha inviato un modulo di richiamata.",
    ),
    item_types="LDQIS",
    settings=FormSettings,
    data=FormData,
    equal=("form",),
)

FORM_SUBMITTED = Kind(
    code="form_submitted",
    group=Group.COMMUNICATION,
    title=Text("Form submitted", "Formulaire envoyé", "Modulo inviato"),
    description=Text(
        "The client sent a CRM form.",
        "Le client a envoyé un formulaire CRM.",
        "Il cliente ha inviato un modulo CRM.",
    ),
    item_types="LDQIS",
    settings=FormSettings,
    data=FormData,
    equal=("form",),
)

KINDS = (CALLBACK_REQUESTED, FORM_SUBMITTED)
