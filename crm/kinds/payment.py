"""Kinds about money that arrives for the item."""

from __future__ import annotations

from enum import StrEnum

from crm.kinds.data_types import Amount, Currency, Id, ItemReference, Maybe
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, NoSettings, Settings
from crm.kinds.languages import Text


class Coverage(StrEnum):
    """How much of what is due has been paid: `partial` less, `full` at least all of it."""

    ANY = "any"
    PARTIAL = "partial"
    FULL = "full"


class PaymentReceivedSettings(Settings):
    coverage: Maybe[Coverage] = None
    """Only if less than what is due has been paid (`partial`), or at least all of it (`full`)."""


class PaymentReceivedData(EventData):
    """All amounts are in the one currency."""

    amount: Maybe[Amount] = None
    """What arrived."""

    currency: Maybe[Currency] = None
    """The currency of all three amounts, as EUR."""

    paid_total: Maybe[Amount] = None
    """What has been paid by now, this payment included."""

    due_total: Maybe[Amount] = None
    """What is to be paid."""

    @property
    def coverage(self) -> Coverage | None:
        """None where a total is unknown."""
        if self.paid_total is None or self.due_total is None:
            return None
        return Coverage.PARTIAL if self.paid_total < self.due_total else Coverage.FULL


class InvoicePaidData(EventData):
    invoice: ItemReference
    """The invoice, as invoice:7."""


class OrderPaidData(EventData):
    order: Id
    """The order's id."""


PAYMENT_RECEIVED = Kind(
    code="payment_received",
    group=Group.PAYMENT,
    title=Text("Payment received", "Paiement reçu", "Pagamento ricevuto"),
    description=Text(
        "A payment for the item arrived.",
        "Un paiement pour l'élément est arrivé.",
        "È arrivato un pagamento per l'elemento.",
    ),
    item_types="DIS",
    settings=PaymentReceivedSettings,
    data=PaymentReceivedData,
    match=lambda settings, data: settings.coverage in (None, Coverage.ANY, data.coverage),
)

INVOICE_PAID = Kind(
    code="invoice_paid",
    group=Group.PAYMENT,
    title=Text("Invoice paid", "Facture payée", "Fattura pagata"),
    description=Text(
        "An invoice that is linked to the item reached a won stage.",
        "Une facture liée à l'élément a atteint une étape gagnée.",
        "Una fattura collegata all'elemento ha raggiunto una fase vinta.",
    ),
    item_types="D",
    settings=NoSettings,
    data=InvoicePaidData,
)

ORDER_PAID = Kind(
    code="order_paid",
    group=Group.PAYMENT,
    title=Text("Order paid", "Commande payée", "Ordine pagato"),
    description=Text(
        "The order of the item is paid.",
        "La commande de l'élément est payée.",
        "L'ordine dell'elemento è pagato.",
    ),
    item_types="DIS",
    settings=NoSettings,
    data=OrderPaidData,
)

KINDS = (PAYMENT_RECEIVED, INVOICE_PAID, ORDER_PAID)
