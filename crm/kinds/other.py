"""Kinds about other systems and other traces of the client."""

from __future__ import annotations

from crm.kinds.data_types import Id, Maybe, Words
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, NoSettings, Settings
from crm.kinds.languages import Text


class WebhookCalledSettings(Settings):
    code: Id
    """The trigger's own code, a part of its address."""


class WebhookCalledData(EventData):
    code: Id
    """The code in the address that was called."""


class AppEventSettings(Settings):
    app: Id
    """The application."""

    code: Id
    """The code of the trigger that the application registered."""


class AppEventData(EventData):
    app: Id
    """The application."""

    code: Id
    """The code of the trigger that it fired."""


class ClientReturnedData(EventData):
    page: Maybe[Words] = None
    """The page of the site to which the client came."""


class VisitRecordedData(EventData):
    visit: Id
    """The visit's id."""


class ResourceBookedSettings(Settings):
    resource: Maybe[Id] = None
    """Only this resource."""


class ResourceBookedData(EventData):
    resource: Id
    """The resource that was booked."""


class QrScannedSettings(Settings):
    code: Maybe[Id] = None
    """Only this code."""


class QrScannedData(EventData):
    code: Id
    """What the QR code says."""


WEBHOOK_CALLED = Kind(
    code="webhook_called",
    group=Group.OTHER,
    title=Text("Webhook called", "Webhook appelé", "Webhook chiamato"),
    description=Text(
        "Another system called the trigger's address.",
        "Un autre système a appelé l'adresse du déclencheur.",
        "Un altro sistema ha chiamato l'indirizzo del trigger.",
    ),
    item_types="LDQIS",
    settings=WebhookCalledSettings,
    data=WebhookCalledData,
    equal=("code",),
)

APP_EVENT = Kind(
    code="app_event",
    group=Group.OTHER,
    title=Text("Application event", "Événement d'application", "Evento di un'applicazione"),
    description=Text(
        "An application fired the trigger that it had registered.",
        "Une application a activé le déclencheur qu'elle avait enregistré.",
        "Un'applicazione ha attivato il trigger che aveva registrato.",
    ),
    item_types="LDQIS",
    settings=AppEventSettings,
    data=AppEventData,
    equal=("code", "app"),
)

CLIENT_RETURNED = Kind(
    code="client_returned",
    group=Group.OTHER,
    title=Text("Client returned to the site", "Retour du client sur le site", "Ritorno del cliente sul sito"),
    description=Text(
        "A known client came back to the site.",
        "Un client connu est revenu sur le site.",
        "Un cliente conosciuto è tornato sul sito.",
    ),
    item_types="LDQIS",
    settings=NoSettings,
    data=ClientReturnedData,
)

VISIT_RECORDED = Kind(
    code="visit_recorded",
    group=Group.OTHER,
    title=Text("Visit recorded", "Visite enregistrée", "Visita registrata"),
    description=Text(
        "A visit of the client was recorded.",
        "Une visite du client a été enregistrée.",
        "È stata registrata una visita del cliente.",
    ),
    item_types="LD",
    settings=NoSettings,
    data=VisitRecordedData,
)

RESOURCE_BOOKED = Kind(
    code="resource_booked",
    group=Group.OTHER,
    title=Text("Resource booked", "Ressource réservée", "Risorsa prenotata"),
    description=Text(
        "A resource was booked.",
        "Une ressource a été réservée.",
        "È stata prenotata una risorsa.",
    ),
    item_types="LD",
    settings=ResourceBookedSettings,
    data=ResourceBookedData,
    equal=("resource",),
)

QR_SCANNED = Kind(
    code="qr_scanned",
    group=Group.OTHER,
    title=Text("QR code scanned", "Code QR scanné", "Codice QR scansionato"),
    description=Text(
        "The client scanned the item's QR code.",
        "Le client a scanné le code QR de l'élément.",
        "Il cliente ha scansionato il codice QR dell'elemento.",
    ),
    item_types="LDS",
    settings=QrScannedSettings,
    data=QrScannedData,
    equal=("code",),
)

KINDS = (WEBHOOK_CALLED, APP_EVENT, CLIENT_RETURNED, VISIT_RECORDED, RESOURCE_BOOKED, QR_SCANNED)
