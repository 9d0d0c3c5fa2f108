"""The groups of the catalogue: the tasks by which an administrator finds a kind (R22)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from crm.kinds.languages import Text


class Group(StrEnum):
    """In the order in which the catalogue shows them."""

    ITEMS = "items"
    DOCUMENTS = "documents"
    COMMUNICATION = "communication"
    PAYMENT = "payment"
    DELIVERY = "delivery"
    TASKS = "tasks"
    OTHER = "other"


GROUP_TITLES: Mapping[Group, Text] = MappingProxyType(
    {
        Group.ITEMS: Text("Manage items", "Gérer les éléments", "Gestire gli elementi"),
        Group.DOCUMENTS: Text("Documents", "Documents", "Documenti"),
        Group.COMMUNICATION: Text(
            "Communication with clients", "Communication avec les clients", "Comunicazione con i clienti"
        ),
        Group.PAYMENT: Text("Payment", "Paiement", "Pagamento"),
        Group.DELIVERY: Text("Delivery", "Livraison", "Consegna"),
        Group.TASKS: Text("Employees and tasks", "Employés et tâches", "Dipendenti e attività"),
        Group.OTHER: Text("Other", "Autres", "Altro"),
    }
)
