"""Defining users, item types and pipelines, and what becomes of automations when they change (R21)."""

from __future__ import annotations

import asyncio

import pytest

from crm.automations import TriggerState
from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.automations import Automations
from storage.database import Database
from storage.portal import Portal, User
from tests.support.builders import a_row
from tests.support.databases import query
from tests.support.deals import ANNA, BORIS, CLARA, DEAL, SALES, field_trigger, publish_triggers

RENEWALS = Pipeline(item_type="deal", code="renewals", stages=(Stage(code="due"), Stage(code="done")))


@pytest.fixture
def portal(deals: Database) -> Portal:
    return Portal(deals)


@pytest.fixture
def automations(deals: Database) -> Automations:
    return Automations(deals)


async def test_what_was_defined_is_read_back(portal: Portal) -> None:
    assert await portal.users() == (
        User(ANNA, "Anna", active=True),
        User(BORIS, "Boris", active=False),
        User(CLARA, "Clara", active=True),
    )
    assert await portal.item_types() == (DEAL,)
    assert await portal.item_type("deal") == DEAL
    assert await portal.item_type("lead") is None
    assert await portal.pipelines() == (SALES,)
    assert await portal.pipelines("deal") == (SALES,)
    assert await portal.pipelines("lead") == ()


async def test_a_user_is_deactivated_by_defining_it_again(portal: Portal) -> None:
    await portal.define_users([User(CLARA, "Clara", active=False)])

    assert (await portal.users())[2] == User(CLARA, "Clara", active=False)


async def test_an_item_type_may_have_no_fields(portal: Portal) -> None:
    await portal.define_item_type(ItemType(code="procurement"))

    assert await portal.item_type("procurement") == ItemType(code="procurement")


async def test_options_of_an_enumeration_keep_their_order(portal: Portal) -> None:
    status = Field(code="status", type=FieldType.ENUMERATION, multiple=True, options=("z", "a", "m"))

    await portal.define_item_type(ItemType(code="procurement", fields=(status,)))

    assert await portal.item_type("procurement") == ItemType(code="procurement", fields=(status,))


async def test_pipelines_come_in_the_order_in_which_they_were_defined(portal: Portal) -> None:
    await portal.define_pipeline(RENEWALS)
    await portal.define_pipeline(SALES)

    assert [one.code for one in await portal.pipelines("deal")] == ["sales", "renewals"]


async def test_a_pipeline_of_an_unknown_type_is_refused(portal: Portal) -> None:
    with pytest.raises(Refused, match="item_type: there is no item type 'lead'"):
        await portal.define_pipeline(SALES.model_copy(update={"item_type": "lead"}))


async def test_a_new_pipeline_has_revision_1_with_stages_and_fields(automations: Automations) -> None:
    current = await automations.current("deal", "sales")

    assert current is not None
    assert (current.revision, current.pipeline, current.fields, current.triggers) == (
        1,
        SALES,
        DEAL.fields,
        (),
    )


async def test_defining_the_same_again_makes_no_revision(portal: Portal, database_url: str) -> None:
    await portal.define_item_type(DEAL)
    assert (await portal.define_pipeline(SALES)).revision == 1

    assert await query(database_url, "select count(*) from automation_revisions") == [(1,)]


async def test_a_changed_stage_is_a_new_revision_of_its_pipeline_alone(
    portal: Portal, automations: Automations
) -> None:
    await portal.define_pipeline(RENEWALS)
    longer = SALES.model_copy(
        update={"stages": (*SALES.stages, Stage(code="cancelled", semantics=Semantics.LOST))}
    )

    changed = await portal.define_pipeline(longer, author=CLARA)

    assert (changed.revision, changed.pipeline) == (2, longer)
    assert await automations.current("deal", "sales") == changed
    assert await automations.current_revision("deal", "renewals") == 1


async def test_changed_fields_are_a_new_revision_of_every_pipeline_of_the_type(
    portal: Portal, automations: Automations
) -> None:
    await portal.define_pipeline(RENEWALS)
    more = ItemType(code="deal", fields=(*DEAL.fields, Field(code="due", type=FieldType.DATE)))

    await portal.define_item_type(more)

    for pipeline in ("sales", "renewals"):
        current = await automations.current("deal", pipeline)
        assert current is not None
        assert (current.revision, current.fields) == (2, more.fields)


async def test_a_trigger_that_uses_a_deleted_field_is_disabled_and_says_why(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    untouched = field_trigger("t-2", "won", "contract")
    await publish_triggers(
        deals,
        field_trigger("t-1", "won", "note"),
        untouched,
        field_trigger("t-3", "won", "contract", condition=(a_row("note", "=", "x"),)),
        field_trigger("t-4", "won", "note", state=TriggerState.DRAFT),
    )

    await portal.define_item_type(DEAL.model_copy(update={"fields": DEAL.fields[:2]}))

    current = await automations.current("deal", "sales")
    assert current is not None
    assert current.revision == 3
    watching, other, condition, draft = current.triggers
    assert watching.state is TriggerState.DISABLED
    assert watching.disabled_because == "settings.fields[0].field: unknown field 'note'"
    assert other == untouched
    assert condition.state is TriggerState.DISABLED
    assert condition.disabled_because == "condition[0].field: there is no field 'note'"
    assert (draft.state, draft.disabled_because) == (TriggerState.DRAFT, None)


async def test_a_trigger_on_a_deleted_stage_is_disabled_and_says_why(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    await publish_triggers(
        deals, field_trigger("t-1", "approval", "note"), field_trigger("t-2", "won", "note")
    )
    stages = tuple(stage for stage in SALES.stages if stage.code != "approval")

    changed = await portal.define_pipeline(SALES.model_copy(update={"stages": stages}))

    assert [one.state for one in changed.triggers] == [TriggerState.DISABLED, TriggerState.ENABLED]
    assert changed.triggers[0].disabled_because == (
        "stage: pipeline deal:sales has no stage 'approval'; its stages are new, negotiation, won, lost"
    )


async def test_definitions_at_once_do_not_block_each_other_for_ever(portal: Portal) -> None:
    more = ItemType(code="deal", fields=(*DEAL.fields, Field(code="due", type=FieldType.DATE)))

    await asyncio.wait_for(
        asyncio.gather(
            *(
                definition
                for _ in range(4)
                for definition in (
                    portal.define_item_type(more),
                    portal.define_pipeline(RENEWALS),
                    portal.define_item_type(DEAL),
                    portal.define_pipeline(SALES),
                )
            )
        ),
        timeout=20,
    )

    assert {one.code for one in await portal.pipelines("deal")} == {"sales", "renewals"}
