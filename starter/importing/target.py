"""Where the log is imported: what its items need there is defined where it is missing, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm.automations import Automation, check
from crm.errors import Problem, Refused
from crm.pipelines import ItemType, Pipeline
from starter.importing.mapping import Mapping
from starter.importing.mapping_file import MappingFile
from starter.importing.plan import SOURCE, Plan, PlannedItem
from storage.automations import Automations
from storage.database import Database
from storage.items import Items, NewItem
from storage.portal import Portal, User

ITEMS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Target:
    """What counts where the log is imported.

    `automation` is the current one, be it the mapping's or one that was there; `active` are the
    ids of the users in whose name a move can be made. `created` are the items that are new.
    """

    automation: Automation
    active: frozenset[int]
    created: frozenset[int]


async def prepare(database: Database, file: MappingFile, plan: Plan) -> Target:
    """Define what is missing and create the items that are not there yet.

    Raises `MappingRefused` where what is there already does not fit the mapping; then nothing was changed.
    """
    portal, automations, items = Portal(database), Automations(database), Items(database)
    mapping = file.mapping
    users = {user.id: user for user in await portal.users()}
    item_type = await portal.item_type(mapping.item_type.code)
    current = await automations.current(mapping.item_type.code, mapping.pipeline.code)
    missing_users = [User(one.id, one.name, one.active) for one in plan.users if one.id not in users]
    problems = list(_problems(mapping, item_type, current, [*users, *(one.id for one in missing_users)]))
    problems += [
        Problem(
            "users", f"{one.name!r} of the log would be user {one.id}, who is {users[one.id].name!r} here"
        )
        for one in plan.users
        if one.id in users and users[one.id].name != one.name
    ]
    missing_items: list[PlannedItem] = []
    for planned in plan.items:
        stored = await items.load(planned.ref)
        if stored is None:
            missing_items.append(planned)
        elif stored.item.pipeline != mapping.pipeline.code:
            problems.append(
                Problem("items.number", f"{planned.ref} is there already, in pipeline {stored.item.pipeline}")
            )
    if problems:
        raise file.refusal(problems)

    await portal.define_users(missing_users)
    if item_type is None:
        await portal.define_item_type(mapping.item_type)
    if current is None:
        current = await portal.define_pipeline(mapping.pipeline)
    if not current.triggers and mapping.triggers:
        current = await automations.publish(
            current.model_copy(update={"triggers": mapping.triggers}),
            current.revision,
            author=None,
            comment=f"for the import of the log {mapping.log}",
        )
    for start in range(0, len(missing_items), ITEMS_AT_ONCE):
        await items.create_many(
            [_new_item(mapping, one) for one in missing_items[start : start + ITEMS_AT_ONCE]]
        )
    active = {user.id for user in await portal.users() if user.active}
    return Target(current, frozenset(active), frozenset(one.ref.item_id for one in missing_items))


def _problems(
    mapping: Mapping, item_type: ItemType | None, current: Automation | None, users: Sequence[int]
) -> Iterator[Problem]:
    """Where what is defined already does not fit the mapping."""
    if item_type is not None:
        yield from _field_problems(mapping, item_type)
    if current is not None:
        yield from _pipeline_problems(mapping, current, users)


def _field_problems(mapping: Mapping, item_type: ItemType) -> Iterator[Problem]:
    defined = item_type.field_map()
    for number, field in enumerate(mapping.item_type.fields):
        there = defined.get(field.code)
        where = f"item_type.fields[{number}]"
        if there is None:
            yield Problem(where, f"{item_type.code} is defined already, without a field {field.code!r}")
        elif (there.type, there.multiple, set(there.options)) != (
            field.type,
            field.multiple,
            set(field.options),
        ):
            yield Problem(where, f"{item_type.code}.{field.code} is defined already, otherwise")


def _pipeline_problems(mapping: Mapping, current: Automation, users: Sequence[int]) -> Iterator[Problem]:
    first = mapping.pipeline.stages[0].code
    if first not in _codes(current.pipeline):
        reference = current.pipeline.reference
        yield Problem("pipeline.stages[0]", f"{reference} is defined already, without a stage {first!r}")
    if not current.triggers:
        try:
            check(current.model_copy(update={"triggers": mapping.triggers}), users)
        except Refused as refusal:
            yield from refusal.problems


def _codes(pipeline: Pipeline) -> list[str]:
    return [stage.code for stage in pipeline.stages]


def _new_item(mapping: Mapping, planned: PlannedItem) -> NewItem:
    return NewItem(
        item_type=planned.ref.item_type,
        item_id=planned.ref.item_id,
        title=planned.title,
        pipeline=mapping.pipeline.code,
        stage=mapping.pipeline.stages[0].code,
        responsible=planned.responsible,
        fields=planned.fields,
        created_by=planned.created_by,
        source=SOURCE,
        created_at=planned.created_at,
    )
