"""Kinds about telephone calls with the client."""

from __future__ import annotations

from crm.kinds.data_types import Id, Maybe
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, Settings
from crm.kinds.languages import Text


class CallSettings(Settings):
    line: Maybe[Id] = None
    """Only calls on this line."""


class CallMadeData(EventData):
    line: Maybe[Id] = None
    """The line of the company."""


class CallReceivedData(CallMadeData):
    from_number: Maybe[Id] = None
    """The number that called."""


CALL_RECEIVED = Kind(
    code="call_received",
    group=Group.COMMUNICATION,
    title=Text("Incoming call", "Appel entrant", "Chiamata in arrivo"),
    description=Text(
        "A call from the client came in.",
        "Un appel du client est arrivé.",
        "È arrivata una chiamata del cliente.",
    ),
    item_types="LDQIS",
    settings=CallSettings,
    data=CallReceivedData,
    equal=("line",),
)

CALL_MADE = Kind(
    code="call_made",
    group=Group.COMMUNICATION,
    title=Text("Outgoing call", "Appel sortant", "Chiamata in uscita"),
    description=Text(
        "The client was called.",
        "Le client a été appelé.",
        "Il cliente è stato chiamato.",
    ),
    item_types="LDQIS",
    settings=CallSettings,
    data=CallMadeData,
    equal=("line",),
)

CALL_MISSED = Kind(
    code="call_missed",
    group=Group.COMMUNICATION,
    title=Text("Missed call", "Appel manqué", "Chiamata persa"),
    description=Text(
        "A call from the client was not answered.",
        "Un appel du client est resté sans réponse.",
        "Una chiamata del cliente è rimasta senza risposta.",
    ),
    item_types="LDQIS",
    settings=CallSettings,
    data=CallReceivedData,
    equal=("line",),
)

KINDS = (CALL_RECEIVED, CALL_MADE, CALL_MISSED)
