"""Kinds about chats with the client in a channel: a messenger, the chat of the site."""

from __future__ import annotations

from functools import cached_property

from crm.kinds.data_types import Id, Maybe, Piece, Seconds, Words
from crm.kinds.groups import Group
from crm.kinds.kind import EventData, Kind, Settings
from crm.kinds.languages import Text
from crm.users import UserId
from crm.values.texts import fold


class ChatSettings(Settings):
    channel: Maybe[Id] = None
    """Only in this channel."""


class ChatMessageReceivedSettings(ChatSettings):
    text_contains: Maybe[Piece] = None
    """Only if the message contains this, without case."""


class ChatUnansweredSettings(ChatSettings):
    waited_seconds: Seconds
    """Only if the client has waited at least so long."""


class ChatData(EventData):
    channel: Maybe[Id] = None
    """The channel."""


class ChatMessageData(ChatData):
    text: Maybe[Words] = None
    """What the client wrote."""

    @cached_property
    def folded_text(self) -> str:
        """Folded once for all triggers."""
        return fold(self.text or "")


class ChatAnsweredData(ChatData):
    operator: UserId | None = None
    """The user who answered."""


class ChatUnansweredData(ChatData):
    waited_seconds: Seconds
    """How long the client has waited."""


CHAT_STARTED = Kind(
    code="chat_started",
    group=Group.COMMUNICATION,
    title=Text("Chat started", "Discussion commencée", "Chat iniziata"),
    description=Text(
        "The client wrote a first message in a channel.",
        "Le client a écrit un premier message dans un canal.",
        "Il cliente ha scritto un primo messaggio in un canale.",
    ),
    item_types="LDS",
    settings=ChatSettings,
    data=ChatMessageData,
    equal=("channel",),
)

CHAT_MESSAGE_RECEIVED = Kind(
    code="chat_message_received",
    group=Group.COMMUNICATION,
    title=Text("Chat message received", "Message de discussion reçu", "Messaggio di chat ricevuto"),
    description=Text(
        "The client wrote a message in a channel.",
        "Le client a écrit un message dans un canal.",
        "Il cliente ha scritto un messaggio in un canale.",
    ),
    item_types="LDS",
    settings=ChatMessageReceivedSettings,
    data=ChatMessageData,
    equal=("channel",),
    match=lambda settings, data: settings.text_contains is None or settings.text_contains in data.folded_text,
)

CHAT_ANSWERED = Kind(
    code="chat_answered",
    group=Group.COMMUNICATION,
    title=Text("Chat answered", "Réponse dans une discussion", "Risposta in chat"),
    description=Text(
        "An employee answered the client in a channel.",
        "Un employé a répondu au client dans un canal.",
        "Un dipendente ha risposto al cliente in un canale.",
    ),
    item_types="LDS",
    settings=ChatSettings,
    data=ChatAnsweredData,
    equal=("channel",),
)

CHAT_UNANSWERED = Kind(
    code="chat_unanswered",
    group=Group.COMMUNICATION,
    title=Text("Chat unanswered", "Discussion sans réponse", "Chat senza risposta"),
    description=Text(
        "The client has been waiting for an answer for a certain time.",
        "Le client attend une réponse depuis un certain temps.",
        "Il cliente attende una risposta da un certo tempo.",
    ),
    item_types="LDS",
    settings=ChatUnansweredSettings,
    data=ChatUnansweredData,
    equal=("channel",),
    match=lambda settings, data: data.waited_seconds >= settings.waited_seconds,
)

KINDS = (CHAT_STARTED, CHAT_MESSAGE_RECEIVED, CHAT_ANSWERED, CHAT_UNANSWERED)
