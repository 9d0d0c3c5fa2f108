"""Kinds about orders and shipments on their way to the client."""

from __future__ import annotations

from typing import Annotated

from crm.conditions import Row
from crm.fields import Field, FieldType
from crm.kinds.data_types import Id, Maybe, Several
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, NoSettings, Settings
from crm.kinds.languages import Text
from crm.kinds.nested import NestedRecord
from crm.values import Json

SHIPMENT = NestedRecord(
    "shipment",
    (
        Field(code="status", type=FieldType.ENUMERATION, title="Status"),
        Field(code="service", type=FieldType.ENUMERATION, title="Delivery service"),
        Field(code="tracking_number", type=FieldType.STRING, title="Tracking number"),
        Field(code="cost", type=FieldType.MONEY, title="Cost"),
        Field(code="expected_on", type=FieldType.DATE, title="Expected on"),
    ),
)


class ShipmentData(EventData):
    shipment: Id
    """The shipment's id."""


class TrackingNumberAddedSettings(Settings):
    service: Maybe[Id] = None
    """Only shipments with this delivery service."""


class TrackingNumberAddedData(EventData):
    service: Maybe[Id] = None
    """The delivery service."""

    tracking_number: Id
    """The tracking number."""


class ShipmentChangedSettings(Settings):
    condition: Several[Row] = ()
    """Only if this condition over the shipment's fields holds."""


class ShipmentChangedData(EventData):
    shipment: Annotated[dict[str, Json], SHIPMENT]
    """The shipment's fields as they are now."""


class OrderCancelledData(EventData):
    order: Id
    """The order's id."""


DELIVERY_ALLOWED = Kind(
    code="delivery_allowed",
    group=Group.DELIVERY,
    title=Text("Delivery allowed", "Livraison autorisée", "Consegna autorizzata"),
    description=Text(
        "A shipment was approved.",
        "Une expédition a été approuvée.",
        "Una spedizione è stata approvata.",
    ),
    item_types="DS",
    settings=NoSettings,
    data=ShipmentData,
)

TRACKING_NUMBER_ADDED = Kind(
    code="tracking_number_added",
    group=Group.DELIVERY,
    title=Text("Tracking number added", "Numéro de suivi ajouté", "Numero di tracciamento aggiunto"),
    description=Text(
        "The tracking number of a shipment was entered.",
        "Le numéro de suivi d'une expédition a été saisi.",
        "È stato inserito il numero di tracciamento di una spedizione.",
    ),
    item_types="DS",
    settings=TrackingNumberAddedSettings,
    data=TrackingNumberAddedData,
    equal=("service",),
)

SHIPMENT_CHANGED = Kind(
    code="shipment_changed",
    group=Group.DELIVERY,
    title=Text("Shipment changed", "Expédition modifiée", "Spedizione modificata"),
    description=Text(
        "A shipment was changed.",
        "Une expédition a été modifiée.",
        "Una spedizione è stata modificata.",
    ),
    item_types="DS",
    settings=ShipmentChangedSettings,
    data=ShipmentChangedData,
    nested=SHIPMENT,
)

SHIPPED = Kind(
    code="shipped",
    group=Group.DELIVERY,
    title=Text("Shipped", "Expédition partie", "Spedizione partita"),
    description=Text(
        "The shipment left the stock.",
        "L'expédition a quitté le stock.",
        "La spedizione ha lasciato il magazzino.",
    ),
    item_types="DS",
    settings=NoSettings,
    data=ShipmentData,
)

DELIVERY_FINISHED = Kind(
    code="delivery_finished",
    group=Group.DELIVERY,
    title=Text("Delivery finished", "Livraison terminée", "Consegna completata"),
    description=Text(
        "The delivery arrived.",
        "La livraison est arrivée.",
        "La consegna è arrivata.",
    ),
    item_types="DS",
    settings=NoSettings,
    data=ShipmentData,
)

ORDER_CANCELLED = Kind(
    code="order_cancelled",
    group=Group.DELIVERY,
    title=Text("Order cancelled", "Commande annulée", "Ordine annullato"),
    description=Text(
        "The order of the item was cancelled.",
        "La commande de l'élément a été annulée.",
        "L'ordine dell'elemento è stato annullato.",
    ),
    item_types="DS",
    settings=NoSettings,
    data=OrderCancelledData,
)

KINDS = (
    DELIVERY_ALLOWED,
    TRACKING_NUMBER_ADDED,
    SHIPMENT_CHANGED,
    SHIPPED,
    DELIVERY_FINISHED,
    ORDER_CANCELLED,
)
