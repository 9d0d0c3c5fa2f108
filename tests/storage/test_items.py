"""Creating items, one or many, and reading them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from crm.errors import Refused
from crm.fields import Field, FieldType
from crm.items import Item, ItemRef
from crm.pipelines import ItemType, Pipeline, Stage
from storage.database import Database
from storage.items import Items, NewItem
from storage.portal import Portal
from tests.support.databases import query
from tests.support.deals import ANNA, BORIS, CLARA, SALES

PROCUREMENT = Pipeline(item_type="procurement", code="main", stages=(Stage(code="asked"),))


async def test_an_item_starts_on_the_first_stage_of_the_first_pipeline(items: Items) -> None:
    item = await items.create(NewItem(item_type="deal"))

    assert item == Item(item_type="deal", item_id=1, pipeline="sales", stage="new")


async def test_a_created_item_is_loaded_with_all_that_was_given(items: Items) -> None:
    created = await items.create(
        NewItem(
            item_type="deal",
            item_id=42,
            title="Roof",
            pipeline="sales",
            stage="approval",
            responsible=ANNA,
            observers=(CLARA, BORIS),
            fields={"amount": {"amount": 12.5, "currency": "EUR"}, "note": "", "contract": {"id": "f-1"}},
            version=7,
        )
    )

    stored = await items.load(ItemRef("deal", 42))
    assert stored is not None
    assert stored.item == created
    assert stored.item == Item(
        item_type="deal",
        item_id=42,
        pipeline="sales",
        stage="approval",
        responsible=ANNA,
        fields={"amount": {"amount": "12.5", "currency": "EUR"}, "note": None, "contract": "f-1"},
        version=7,
    )
    assert (stored.title, stored.observers) == ("Roof", (CLARA, BORIS))
    assert stored.created_at == stored.modified_at
    assert await items.exists(ItemRef("deal", 42))


async def test_an_item_that_was_never_created_is_not_found(items: Items) -> None:
    assert await items.load(ItemRef("deal", 404)) is None
    assert not await items.exists(ItemRef("deal", 404))
    assert await items.history(ItemRef("deal", 404)) == ()


async def test_creation_is_the_first_row_of_the_history_and_on_the_timeline(items: Items) -> None:
    await items.create(NewItem(item_type="deal", created_by=CLARA))

    [change] = await items.history(ItemRef("deal", 1))
    assert (change.number, change.from_stage, change.to_stage) == (1, None, "new")
    assert (change.author, change.cause, change.cause_user) == (CLARA, "user", CLARA)
    assert (change.event_id, change.revision) == (None, 1)
    [record] = await items.timeline(ItemRef("deal", 1))
    assert (record.kind, record.from_stage, record.to_stage) == ("created", None, "new")
    assert (record.author, record.cause, record.cause_user) == (CLARA, "user", CLARA)


async def test_an_imported_item_keeps_the_time_of_its_creation(items: Items) -> None:
    long_ago = datetime(2011, 10, 11, 13, 45, tzinfo=timezone(timedelta(hours=2)))

    await items.create(NewItem(item_type="deal", source="import", created_at=long_ago))

    stored = await items.load(ItemRef("deal", 1))
    assert stored is not None
    assert stored.created_at == datetime(2011, 10, 11, 11, 45, tzinfo=UTC)
    [change] = await items.history(ItemRef("deal", 1))
    assert (change.at, change.cause, change.author) == (long_ago, "import", None)


async def test_numbers_of_each_type_go_on_after_the_highest(items: Items, deals: Database) -> None:
    portal = Portal(deals)
    await portal.define_item_type(ItemType(code="procurement"))
    await portal.define_pipeline(PROCUREMENT)

    numbers = [
        (await items.create(NewItem(item_type=item_type, item_id=item_id))).item_id
        for item_type, item_id in [
            ("deal", None),
            ("deal", 10),
            ("deal", None),
            ("deal", 3),
            ("deal", None),
            ("procurement", None),
        ]
    ]

    assert numbers == [1, 10, 11, 3, 12, 1]


async def test_items_created_at_once_get_different_numbers(items: Items) -> None:
    created = await asyncio.gather(*(items.create(NewItem(item_type="deal")) for _ in range(20)))

    assert sorted(item.item_id for item in created) == list(range(1, 21))


STAGES = "new, negotiation, approval, won, lost"

REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown type": ({"item_type": "lead"}, ["item_type: there is no item type 'lead' with a pipeline"]),
    "unknown pipeline": (
        {"pipeline": "renewals"},
        ["pipeline: there is no pipeline 'renewals'; deal has sales"],
    ),
    "unknown stage": (
        {"stage": "nowhere"},
        [f"stage: pipeline deal:sales has no stage 'nowhere'; its stages are {STAGES}"],
    ),
    "unknown users": (
        {"responsible": 404, "observers": [ANNA, 405], "created_by": 406},
        [
            "responsible: there is no user 404",
            "observers: there is no user 405",
            "created_by: there is no user 406",
        ],
    ),
    "unknown field": ({"fields": {"nots": 1}}, ["fields.nots: deal has no field 'nots'"]),
    "wrong value": ({"fields": {"note": 5}}, ["fields.note: 5 is no text"]),
    "no number": ({"item_id": 0}, ["item_id: 0 is no number of an item; it has 1 to 18 digits"]),
    "no version": ({"version": 0}, ["version: 0 is no version; they begin at 1"]),
    "time without offset": (
        {"created_at": datetime(2026, 11, 21)},  # noqa: DTZ001 - that is what is refused
        ["created_at: the time has no offset from UTC"],
    ),
}


@pytest.mark.parametrize(("given", "problems"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_breaks_a_rule_is_refused_with_its_places(
    items: Items, database_url: str, given: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        await items.create(NewItem(**{"item_type": "deal", **given}))

    assert [str(problem) for problem in refused.value.problems] == problems
    assert await query(database_url, "select count(*) from items") == [(0,)]


async def test_a_number_that_is_taken_is_refused(items: Items, deal: Item) -> None:
    with pytest.raises(Refused) as refused:
        await items.create(NewItem(item_type="deal", item_id=1))

    assert str(refused.value) == "item_id: deal:1 exists already"


async def test_many_items_are_created_in_the_given_order(items: Items, deals: Database) -> None:
    portal = Portal(deals)
    await portal.define_item_type(
        ItemType(code="procurement", fields=(Field(code="due", type=FieldType.DATE),))
    )
    await portal.define_pipeline(PROCUREMENT)

    created = await items.create_many(
        [
            NewItem(item_type="deal", title="a"),
            NewItem(item_type="procurement", fields={"due": "2026-11-21"}),
            NewItem(item_type="deal", item_id=7, stage="won"),
            NewItem(item_type="deal"),
        ]
    )

    assert [str(item.ref) for item in created] == ["deal:8", "procurement:1", "deal:7", "deal:9"]
    assert [item.stage for item in created] == ["new", "asked", "won", "new"]
    for item in created:
        stored = await items.load(item.ref)
        assert stored is not None
        assert stored.item == item
        assert len(await items.history(item.ref)) == 1
        assert len(await items.timeline(item.ref)) == 1


async def test_of_many_items_all_are_refused_if_one_is(items: Items, deal: Item, database_url: str) -> None:
    with pytest.raises(Refused) as refused:
        await items.create_many(
            [
                NewItem(item_type="deal"),
                NewItem(item_type="deal", fields={"note": 5}),
                NewItem(item_type="deal", responsible=404),
            ]
        )

    assert [problem.place for problem in refused.value.problems] == [
        "items[1].fields.note",
        "items[2].responsible",
    ]
    assert await query(database_url, "select count(*) from items") == [(1,)]


async def test_a_number_given_twice_is_refused_where_it_is_repeated(items: Items, deal: Item) -> None:
    with pytest.raises(Refused) as refused:
        await items.create_many([NewItem(item_type="deal", item_id=item_id) for item_id in (5, 1, 5, None)])

    assert [str(problem) for problem in refused.value.problems] == [
        "items[1].item_id: deal:1 exists already",
        "items[2].item_id: deal:5 exists already",
    ]


async def test_thousands_of_items_are_created_at_once(items: Items, database_url: str) -> None:
    created = await items.create_many(
        [NewItem(item_type="deal", title=f"Case {number}", source="import") for number in range(2_000)]
    )

    assert [item.item_id for item in created] == list(range(1, 2_001))
    counts = (
        "select (select count(*) from items), (select count(*) from stage_history), count(*) from timeline"
    )
    assert await query(database_url, counts) == [(2_000, 2_000, 2_000)]


async def test_creating_nothing_is_nothing(items: Items) -> None:
    assert await items.create_many([]) == ()


async def test_the_newest_timeline_records_come_newest_last(
    items: Items, deal: Item, database_url: str
) -> None:
    await query(
        database_url,
        "insert into timeline (item_type, item_id, kind, cause, text) "
        "select 'deal', 1, 'note', 'user', number::text from generate_series(1, 5) as number",
    )

    assert [record.text for record in await items.timeline(deal.ref, limit=2)] == ["4", "5"]


async def test_items_of_a_pipeline_that_changed_keep_their_stage(
    items: Items, deals: Database, deal: Item
) -> None:
    stages = tuple(stage for stage in SALES.stages if stage.code != "new")
    await Portal(deals).define_pipeline(SALES.model_copy(update={"stages": stages}))

    stored = await items.load(deal.ref)
    assert stored is not None
    assert stored.item.stage == "new"
