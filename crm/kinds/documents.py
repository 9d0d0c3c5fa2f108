"""Kinds about documents: one for each step of a document of the item (R17), and one for HR documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from crm.fields import Field
from crm.items import Item
from crm.kinds.data_types import Id, Maybe
from crm.kinds.groups import Group
from crm.kinds.kind import Applied, Change, EventData, Kind, Settings, nothing_changes
from crm.kinds.languages import Text


class DocumentSettings(Settings):
    template: Maybe[Id] = None
    """Only documents that were made from this template."""


class DocumentData(EventData):
    document: Id
    """The document's id."""

    template: Maybe[Id] = None
    """The template that it was made from."""

    step: str | None = None
    """The step that it went through; in the signal `document_executed` it says the kind (R17)."""


def _apply_executed(item: Item, data: DocumentData, fields: Mapping[str, Field]) -> Applied[DocumentData]:
    if data.document in item.executed_documents:
        return Applied(data, no_change=f"document {data.document} is executed already")
    return Applied(data, Change(executed_documents=(*item.executed_documents, data.document)))


def _apply_revoked(item: Item, data: DocumentData, fields: Mapping[str, Field]) -> Applied[DocumentData]:
    if data.document not in item.executed_documents:
        return Applied(data, no_change=f"document {data.document} is not executed")
    left = tuple(document for document in item.executed_documents if document != data.document)
    return Applied(data, Change(executed_documents=left))


def _step(
    code: str,
    title: Text,
    description: Text,
    item_types: str = "LDQIS",
    apply: Callable[[Item, DocumentData, Mapping[str, Field]], Applied[DocumentData]] = nothing_changes,
) -> Kind[DocumentSettings, DocumentData]:
    return Kind(
        code=f"document_{code}",
        group=Group.DOCUMENTS,
        title=title,
        description=description,
        item_types=item_types,
        settings=DocumentSettings,
        data=DocumentData,
        equal=("template",),
        apply=apply,
    )


STEPS = {
    "created": _step(
        "created",
        Text("Document created", "Document créé", "Documento creato"),
        Text(
            "A document was made for the item.",
            "Un document a été créé pour l'élément.",
            "È stato creato un documento per l'elemento.",
        ),
    ),
    "viewed": _step(
        "viewed",
        Text("Document viewed", "Document consulté", "Documento visualizzato"),
        Text(
            "The client opened the document.",
            "Le client a ouvert le document.",
            "Il cliente ha aperto il documento.",
        ),
    ),
    "signed_by_initiator": _step(
        "signed_by_initiator",
        Text("Document signed by us", "Document signé par nous", "Documento firmato da noi"),
        Text("Our side signed.", "Notre partie a signé.", "La nostra parte ha firmato."),
        item_types="DQIS",
    ),
    "signed_by_counterparty": _step(
        "signed_by_counterparty",
        Text(
            "Document signed by the counterparty",
            "Document signé par la contrepartie",
            "Documento firmato dalla controparte",
        ),
        Text(
            "One of the other parties signed.",
            "L'une des autres parties a signé.",
            "Una delle altre parti ha firmato.",
        ),
        item_types="DQIS",
    ),
    "executed": _step(
        "executed",
        Text("Document executed", "Document conclu", "Documento perfezionato"),
        Text(
            "All parties have signed, or the document was posted.",
            "Toutes les parties ont signé, ou le document a été validé.",
            "Tutte le parti hanno firmato, o il documento è stato registrato.",
        ),
        apply=_apply_executed,
    ),
    "revoked": _step(
        "revoked",
        Text("Document revoked", "Document révoqué", "Documento revocato"),
        Text(
            "An executed document was revoked.",
            "Un document conclu a été révoqué.",
            "Un documento perfezionato è stato revocato.",
        ),
        apply=_apply_revoked,
    ),
}
"""The kinds by the step that the signal `document_executed` names."""


class Phase(StrEnum):
    """How far an HR document has come."""

    COORDINATION = "coordination"
    FILLING = "filling"
    SIGNING = "signing"
    COMPLETED = "completed"
    STOPPED = "stopped"


class EmployeeDocumentSettings(Settings):
    phase: Maybe[Phase] = None
    """Only when it reaches this phase."""


class EmployeeDocumentData(EventData):
    document: Id
    """The document's id."""

    phase: Phase
    """The phase that it reached."""


EMPLOYEE_DOCUMENT_PROGRESSED = Kind(
    code="employee_document_progressed",
    group=Group.DOCUMENTS,
    title=Text("HR document progressed", "Avancement d'un document RH", "Avanzamento di un documento HR"),
    description=Text(
        "An HR document reached a phase.",
        "Un document RH a atteint une phase.",
        "Un documento HR ha raggiunto una fase.",
    ),
    item_types="S",
    settings=EmployeeDocumentSettings,
    data=EmployeeDocumentData,
    equal=("phase",),
)

KINDS = (*STEPS.values(), EMPLOYEE_DOCUMENT_PROGRESSED)
