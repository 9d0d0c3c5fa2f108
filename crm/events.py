"""From a message that arrived under a name to an event of a kind."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from crm import contract
from crm.kinds import CATALOGUE
from crm.kinds.documents import STEPS
from crm.messages import (
    MOVE_BY_HAND,
    Envelope,
    Event,
    MessageRefused,
    MoveStageData,
    describe,
    read_envelope,
)
from crm.values import Json, show


def read_event(name: str, message: Json) -> Event:
    """Understand a message that came by the signal or update `name`.

    Raises `MessageRefused` with the reason, and with the event's id where it has a usable one.
    """
    envelope = read_envelope(message)
    try:
        kind = kind_of(name, envelope)
        model: type[BaseModel] = MoveStageData if kind == MOVE_BY_HAND else CATALOGUE[kind].data
        return Event(kind, model.model_validate(envelope.data), envelope)
    except ValidationError as error:
        raise MessageRefused(describe(error, "data"), envelope.event_id, envelope) from error
    except MessageRefused as refusal:
        refusal.envelope = envelope
        raise


def kind_of(name: str, envelope: Envelope) -> str:
    """The kind that a message is of: by its name, its `kind`, its document's step (R17)."""
    if name == contract.UPDATE_MOVE_STAGE:
        return _agreeing(envelope, MOVE_BY_HAND)
    if name in (contract.SIGNAL_FIELD_CHANGED, contract.SIGNAL_RESPONSIBLE_CHANGED):
        return _agreeing(envelope, name)
    step = envelope.data.get("step")
    if name == contract.SIGNAL_DOCUMENT_EXECUTED:
        return _agreeing(envelope, _kind_of_step("executed" if step is None else step, envelope))
    if name not in (contract.SIGNAL_ITEM_EVENT, contract.UPDATE_SUBMIT_EVENT):
        raise MessageRefused(f"unknown signal {show(name)}", envelope.event_id)
    if envelope.kind is None:
        raise MessageRefused("the message has no kind; name one of the catalogue", envelope.event_id)
    if envelope.kind not in CATALOGUE:
        raise MessageRefused(f"unknown kind {show(envelope.kind)}", envelope.event_id)
    if step is not None and CATALOGUE[envelope.kind] in STEPS.values():
        _agreeing(envelope, _kind_of_step(step, envelope))
    return envelope.kind


def _kind_of_step(step: Json, envelope: Envelope) -> str:
    if not isinstance(step, str) or step not in STEPS:
        raise MessageRefused(
            f"data.step: unknown step {show(step)}; it must be one of {', '.join(STEPS)}", envelope.event_id
        )
    return STEPS[step].code


def _agreeing(envelope: Envelope, kind: str) -> str:
    if envelope.kind not in (None, kind):
        raise MessageRefused(
            f"the message says kind {show(envelope.kind)}, but what it came by says {kind!r}",
            envelope.event_id,
        )
    return kind
