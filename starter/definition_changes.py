"""What a new definition of an item type or of a pipeline changes, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from crm.fields import Field
from crm.pipelines import ItemType, Pipeline, Stage


def type_changes(before: ItemType | None, after: ItemType, notes: Mapping[str, str]) -> list[str]:
    """A sentence for each thing that changes; `notes`, by field, say what the change means for items."""
    if before is None:
        return _sentences((field.code, _new_field(field)) for field in after.fields)
    known = before.field_map()
    of_fields = [(field.code, _field_changes(known.get(field.code), field)) for field in after.fields]
    removed = [(field.code, ["is removed"]) for field in removed_fields(before, after)]
    return [
        *_sentences([("it", _renamed(before.title, after.title))]),
        *_sentences([*of_fields, *removed], notes),
        *_reordered("fields", before.field_map(), after.field_map()),
    ]


def pipeline_changes(before: Pipeline | None, after: Pipeline, notes: Mapping[str, str]) -> list[str]:
    """A sentence for each thing that changes; `notes`, by stage, say what the change means for items."""
    if before is None:
        return _sentences((stage.code, _new_stage(stage)) for stage in after.stages)
    known = {stage.code: stage for stage in before.stages}
    of_stages = [(stage.code, _stage_changes(known.get(stage.code), stage)) for stage in after.stages]
    removed = [(stage.code, ["is removed"]) for stage in removed_stages(before, after)]
    return [
        *_sentences([("it", _renamed(before.title, after.title))]),
        *_sentences([*of_stages, *removed], notes),
        *_reordered("stages", known, [stage.code for stage in after.stages]),
    ]


def removed_fields(before: ItemType, after: ItemType) -> tuple[Field, ...]:
    """The fields that the type no longer has."""
    kept = after.field_map()
    return tuple(field for field in before.fields if field.code not in kept)


def retyped_fields(before: ItemType, after: ItemType) -> tuple[Field, ...]:
    """The fields that get another type, or become single or multiple, as they are to be."""
    known = before.field_map()
    kept = [field for field in after.fields if field.code in known]
    return tuple(field for field in kept if _type(field) != _type(known[field.code]))


def removed_stages(before: Pipeline, after: Pipeline) -> tuple[Stage, ...]:
    """The stages that the pipeline no longer has."""
    kept = {stage.code for stage in after.stages}
    return tuple(stage for stage in before.stages if stage.code not in kept)


def _field_changes(before: Field | None, after: Field) -> Iterable[str]:
    if before is None:
        yield from _new_field(after)
        return
    if _type(before) != _type(after):
        yield f"becomes {_type(after)}, it was {_type(before)}"
    yield from _renamed(before.title, after.title)
    if before.options != after.options:
        yield f"has {_options(after)}, it had {_options(before)}"


def _stage_changes(before: Stage | None, after: Stage) -> Iterable[str]:
    if before is None:
        yield from _new_stage(after)
        return
    if before.semantics != after.semantics:
        yield f"becomes {after.semantics}, it was {before.semantics}"
    yield from _renamed(before.title, after.title)


def _new_field(field: Field) -> Iterator[str]:
    yield f"is new, {_type(field)}"


def _new_stage(stage: Stage) -> Iterator[str]:
    yield f"is new, {stage.semantics}"


def _renamed(before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"is called {after!r}, it was {before!r}"


def _reordered(name: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    old, new = list(before), list(after)
    kept = [code for code in new if code in old]
    if kept != [code for code in old if code in new]:
        yield f"the {name} stand in another order: {', '.join(new)}"


def _type(field: Field) -> str:
    return f"multiple {field.type}" if field.multiple else str(field.type)


def _options(field: Field) -> str:
    return f"the options {', '.join(field.options)}" if field.options else "any option"


def _sentences(
    changes: Iterable[tuple[str, Iterable[str]]], notes: Mapping[str, str] | None = None
) -> list[str]:
    sentences: list[str] = []
    for subject, found in changes:
        words: Sequence[str] = list(found)
        note = (notes or {}).get(subject)
        if words:
            sentences.append(f"{subject} {', '.join(words)}{f': {note}' if note else ''}")
    return sentences
