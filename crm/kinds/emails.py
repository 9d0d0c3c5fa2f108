"""Kinds about e-mails from and to the client."""

from __future__ import annotations

from functools import cached_property

from crm.kinds.data_types import Id, Maybe, Piece, Url, Words
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, NoSettings, Settings
from crm.kinds.languages import Text
from crm.values.texts import fold, split_url


class EmailReceivedSettings(Settings):
    subject_contains: Maybe[Piece] = None
    """Only if the subject contains this, without case."""


class EmailReceivedData(EventData):
    subject: Maybe[Words] = None
    """The subject."""

    from_address: Maybe[Words] = None
    """The address that it came from."""

    @cached_property
    def folded_subject(self) -> str:
        """Folded once for all triggers."""
        return fold(self.subject or "")


class EmailSentData(EventData):
    subject: Maybe[Words] = None
    """The subject."""


class EmailViewedData(EventData):
    email: Id
    """The e-mail's id."""


class EmailLinkClickedSettings(Settings):
    url: Maybe[Url] = None
    """Only links that begin so: scheme and host must be the same, without case; the rest is a prefix."""

    @property
    def site(self) -> str | None:
        """Scheme and host, as they compare."""
        return split_url(self.url)[0] if self.url else None

    @cached_property
    def rest(self) -> str:
        return split_url(self.url)[1] if self.url else ""


class EmailLinkClickedData(EventData):
    url: Url
    """The link's url."""

    @property
    def site(self) -> str:
        """Scheme and host, as they compare."""
        return split_url(self.url)[0]

    @cached_property
    def rest(self) -> str:
        return split_url(self.url)[1]


EMAIL_RECEIVED = Kind(
    code="email_received",
    group=Group.COMMUNICATION,
    title=Text("E-mail received", "E-mail reçu", "E-mail ricevuta"),
    description=Text(
        "An e-mail from the client arrived.",
        "Un e-mail du client est arrivé.",
        "È arrivata un'e-mail del cliente.",
    ),
    item_types="LDQIS",
    settings=EmailReceivedSettings,
    data=EmailReceivedData,
    match=lambda settings, data: (
        settings.subject_contains is None or settings.subject_contains in data.folded_subject
    ),
)

EMAIL_SENT = Kind(
    code="email_sent",
    group=Group.COMMUNICATION,
    title=Text("E-mail sent", "E-mail envoyé", "E-mail inviata"),
    description=Text(
        "An e-mail went to the client.",
        "Un e-mail a été envoyé au client.",
        "Un'e-mail è stata inviata al cliente.",
    ),
    item_types="LDQIS",
    settings=NoSettings,
    data=EmailSentData,
)

EMAIL_VIEWED = Kind(
    code="email_viewed",
    group=Group.COMMUNICATION,
    title=Text("E-mail viewed", "E-mail consulté", "E-mail visualizzata"),
    description=Text(
        "The client opened an e-mail for the first time.",
        "Le client a ouvert un e-mail pour la première fois.",
        "Il cliente ha aperto un'e-mail per la prima volta.",
    ),
    item_types="LDQIS",
    settings=NoSettings,
    data=EmailViewedData,
)

EMAIL_LINK_CLICKED = Kind(
    code="email_link_clicked",
    group=Group.COMMUNICATION,
    title=Text("Link in an e-mail followed", "Clic sur un lien d'e-mail", "Clic su un link in un'e-mail"),
    description=Text(
        "The client followed a link in an e-mail.",
        "Le client a suivi un lien dans un e-mail.",
        "Il cliente ha seguito un link in un'e-mail.",
    ),
    item_types="LDQIS",
    settings=EmailLinkClickedSettings,
    data=EmailLinkClickedData,
    equal=("site",),
    match=lambda settings, data: data.rest.startswith(settings.rest),
)

KINDS = (EMAIL_RECEIVED, EMAIL_SENT, EMAIL_VIEWED, EMAIL_LINK_CLICKED)
