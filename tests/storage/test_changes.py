"""Stages and fields that change: what follows for automations, of other pipelines too (R21)."""

from __future__ import annotations

import asyncio

import pytest

from crm.automations import Automation, Trigger, TriggerState
from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.automations import Automations
from storage.database import Database
from storage.errors import DefinitionsMoved
from storage.portal import Portal
from tests.support.databases import WAITING, connected, query
from tests.support.deals import ANNA, CLARA, DEAL, SALES, field_trigger, publish_triggers
from tests.support.invoices import BILLING, INVOICE, define_invoices
from tests.support.polling import eventually

RENEWALS = Pipeline(item_type="deal", code="renewals", stages=(Stage(code="due"), Stage(code="done")))

REVISIONS = (
    "select item_type || ':' || pipeline, revision, author, comment from automation_revisions order by 1, 2"
)


@pytest.fixture
async def portal(deals: Database) -> Portal:
    """With `deal:sales`, `deal:renewals` and `invoice:billing`."""
    portal = Portal(deals)
    await portal.define_pipeline(RENEWALS)
    await define_invoices(deals)
    return portal


@pytest.fixture
def automations(deals: Database) -> Automations:
    return Automations(deals)


def without(pipeline: Pipeline, *codes: str) -> Pipeline:
    """The pipeline without some stages."""
    stages = tuple(stage for stage in pipeline.stages if stage.code not in codes)
    return pipeline.model_copy(update={"stages": stages})


def following(stage: str, trigger_id: str = "follows", target: str = "won") -> Trigger:
    """An enabled trigger that waits for a linked item to enter a stage."""
    return Trigger(
        id=trigger_id,
        kind="linked_item_moved",
        stage=target,
        settings={"stage": stage},
        state=TriggerState.ENABLED,
    )


async def publish(automations: Automations, pipeline: Pipeline, *triggers: Trigger) -> Automation:
    """Publish triggers of any pipeline as its next revision."""
    current = await automations.current(pipeline.item_type, pipeline.code)
    assert current is not None
    wanted = current.model_copy(update={"triggers": triggers})
    return await automations.publish(wanted, current.revision, ANNA)


async def revisions(automations: Automations) -> dict[str, int | None]:
    """The current revision of each pipeline."""
    pipelines = (SALES, RENEWALS, BILLING)
    return {one.code: await automations.current_revision(one.item_type, one.code) for one in pipelines}


@pytest.mark.parametrize(
    "stages",
    [
        pytest.param((*SALES.stages, Stage(code="void", semantics=Semantics.LOST)), id="a stage more"),
        pytest.param((Stage(code="new", title="Fresh"), *SALES.stages[1:]), id="another title"),
        pytest.param((SALES.stages[1], SALES.stages[0], *SALES.stages[2:]), id="another order"),
    ],
)
async def test_changed_stages_are_a_revision_of_their_pipeline_alone_and_no_trigger_is_disabled(
    portal: Portal, automations: Automations, deals: Database, stages: tuple[Stage, ...]
) -> None:
    triggers = (field_trigger("t-1", "won", "note"), following("deal:sales/new", "t-2"))
    await publish_triggers(deals, *triggers)

    changed = await portal.define_pipeline(SALES.model_copy(update={"stages": stages}))

    assert (changed.pipeline.stages, changed.triggers) == (stages, triggers)
    assert await revisions(automations) == {"sales": 3, "renewals": 1, "billing": 1}
    assert await portal.pipelines("deal") == (changed.pipeline, RENEWALS)


async def test_triggers_of_other_pipelines_that_name_a_deleted_stage_are_disabled_and_say_why(
    portal: Portal, automations: Automations, deals: Database, database_url: str
) -> None:
    kept = following("invoice:billing/sent", "kept")
    await publish_triggers(deals, following("invoice:billing/paid"), kept)
    await publish(automations, RENEWALS, following("invoice:billing/sent", "unconcerned", "done"))

    await portal.define_pipeline(without(BILLING, "paid"), author=CLARA)

    assert await revisions(automations) == {"sales": 3, "renewals": 2, "billing": 2}
    sales = await automations.current("deal", "sales")
    assert sales is not None
    assert sales.triggers[1] == kept
    assert sales.triggers[0].state is TriggerState.DISABLED
    assert sales.triggers[0].disabled_because == (
        "settings.stage: pipeline invoice:billing has no stage 'paid'; its stages are draft, sent, unpaid"
    )
    assert (await query(database_url, REVISIONS))[2:] == [
        ("deal:sales", 1, None, ""),
        ("deal:sales", 2, ANNA, ""),
        ("deal:sales", 3, CLARA, "the stages of invoice:billing were changed; disabled: follows"),
        ("invoice:billing", 1, None, ""),
        ("invoice:billing", 2, CLARA, "the stages of invoice:billing were changed"),
    ]


async def test_a_trigger_that_names_a_deleted_stage_of_its_own_pipeline_is_disabled_in_the_same_revision(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    await publish_triggers(deals, following("deal:sales/approval"), field_trigger("t-2", "won", "note"))

    changed = await portal.define_pipeline(without(SALES, "approval"))

    assert [one.state for one in changed.triggers] == [TriggerState.DISABLED, TriggerState.ENABLED]
    assert await revisions(automations) == {"sales": 3, "renewals": 1, "billing": 1}


async def test_a_deleted_or_retyped_field_disables_its_triggers_in_all_pipelines_of_the_type(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    await publish_triggers(
        deals, field_trigger("t-1", "won", "note"), field_trigger("t-2", "won", "contract")
    )
    tests_note = field_trigger(
        "t-3", "done", "contract", condition=({"field": "note", "operator": "contains", "value": "x"},)
    )
    await publish(automations, RENEWALS, tests_note)

    retyped = (*DEAL.fields[:2], Field(code="note", type=FieldType.INTEGER))
    await portal.define_item_type(DEAL.model_copy(update={"fields": retyped}))
    assert await enabled(automations) == {"sales": ["t-1", "t-2"], "renewals": []}

    await portal.define_item_type(DEAL.model_copy(update={"fields": DEAL.fields[:2]}))
    assert await enabled(automations) == {"sales": ["t-2"], "renewals": []}
    assert await revisions(automations) == {"sales": 4, "renewals": 4, "billing": 1}


async def enabled(automations: Automations) -> dict[str, list[str]]:
    """The enabled triggers of the pipelines of deals."""
    found: dict[str, list[str]] = {}
    for pipeline in (SALES, RENEWALS):
        current = await automations.current("deal", pipeline.code)
        assert current is not None
        found[pipeline.code] = [one.id for one in current.triggers if one.state is TriggerState.ENABLED]
    return found


async def test_the_title_of_a_type_is_no_part_of_automations(
    portal: Portal, automations: Automations
) -> None:
    await portal.define_item_type(DEAL.model_copy(update={"title": "Sale"}))

    assert await revisions(automations) == {"sales": 1, "renewals": 1, "billing": 1}
    assert await portal.item_type("deal") == ItemType(code="deal", title="Sale", fields=DEAL.fields)


async def test_a_trigger_that_names_a_stage_that_is_not_there_can_t_be_published(
    portal: Portal, deals: Database
) -> None:
    with pytest.raises(Refused) as refused:
        await publish_triggers(deals, following("invoice:billing/payd"))

    assert str(refused.value) == (
        "triggers[0].settings.stage: pipeline invoice:billing has no stage 'payd'; "
        "its stages are draft, sent, paid, unpaid"
    )


async def test_a_plan_says_what_would_follow_and_changes_nothing(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    await publish_triggers(deals, following("invoice:billing/paid"))
    before = await automations.current("deal", "sales")

    sales, billing = await portal.plan_pipeline(without(BILLING, "paid"))

    assert (sales.before, sales.after.revision) == (before, 3)
    assert [one.id for one in sales.disabled] == ["follows"]
    assert (billing.after.pipeline, billing.disabled) == (without(BILLING, "paid"), ())
    assert await revisions(automations) == {"sales": 2, "renewals": 1, "billing": 1}
    assert await portal.pipelines("invoice") == (BILLING,)


async def test_a_plan_that_was_agreed_to_is_what_is_done(portal: Portal, automations: Automations) -> None:
    plan = await portal.plan_item_type(DEAL.model_copy(update={"fields": ()}))

    await portal.define_item_type(DEAL.model_copy(update={"fields": ()}), agreed=plan)

    for followed in plan:
        pipeline = followed.after.pipeline
        assert await automations.current(pipeline.item_type, pipeline.code) == followed.after


async def test_a_plan_that_is_not_the_one_that_was_agreed_to_is_not_done(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    shorter, fewer = without(SALES, "approval"), DEAL.model_copy(update={"fields": ()})
    of_stages, of_fields = await portal.plan_pipeline(shorter), await portal.plan_item_type(fewer)
    await publish_triggers(deals, field_trigger("t-1", "approval", "note"))

    with pytest.raises(DefinitionsMoved):
        await portal.define_pipeline(shorter, agreed=of_stages)
    with pytest.raises(DefinitionsMoved):
        await portal.define_item_type(fewer, agreed=of_fields)

    assert await revisions(automations) == {"sales": 2, "renewals": 1, "billing": 1}
    assert await portal.pipelines("deal") == (SALES, RENEWALS)
    assert await portal.item_type("deal") == DEAL


async def test_a_publish_waits_for_a_definition_and_sees_the_stage_gone(
    portal: Portal, automations: Automations, deals: Database, database_url: str
) -> None:
    async with connected(database_url) as slow_worker:
        transaction = slow_worker.transaction()
        await transaction.start()
        await slow_worker.execute(
            "select pg_advisory_xact_lock_shared(pipeline_lock_key('invoice', 'billing'))"
        )
        definition = asyncio.create_task(portal.define_pipeline(without(BILLING, "paid")))
        await eventually(lambda: query(database_url, WAITING), [(1,)].__eq__)
        publishing = asyncio.create_task(publish_triggers(deals, following("invoice:billing/paid")))
        await eventually(lambda: query(database_url, WAITING), [(2,)].__eq__)
        await transaction.commit()

    await definition
    with pytest.raises(Refused, match="has no stage 'paid'"):
        await publishing
    assert await revisions(automations) == {"sales": 1, "renewals": 1, "billing": 2}


async def test_pipelines_whose_triggers_name_each_other_s_stages_change_at_once(
    portal: Portal, automations: Automations, deals: Database
) -> None:
    async def delete_and_name_again(own: Pipeline, other: Pipeline, deleted: str, target: str) -> None:
        for _ in range(4):
            await portal.define_pipeline(without(own, deleted))
            await portal.define_pipeline(own)
            try:
                await publish(
                    automations, own, following(f"{other.reference}/{other.stages[1].code}", "t", target)
                )
            except Refused:
                # Gone at this moment: the other pipeline is being changed too.
                continue

    await asyncio.wait_for(
        asyncio.gather(
            delete_and_name_again(SALES, BILLING, "negotiation", "won"),
            delete_and_name_again(BILLING, SALES, "sent", "paid"),
            *(portal.define_item_type(one) for one in (DEAL, INVOICE) for _ in range(4)),
        ),
        timeout=20,
    )

    assert await portal.pipelines() == (SALES, RENEWALS, BILLING)
