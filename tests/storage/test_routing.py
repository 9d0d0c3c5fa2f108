"""To which items a client event goes (R18); every expectation is written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from crm.automations import Trigger, TriggerState
from crm.clients import Address, AddressKind, ClientKind, ClientRef
from crm.errors import Refused
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Semantics, Stage
from storage.automations import Automations
from storage.client_events import ClientEventRouter, RoutedEvent
from storage.clients import Clients, NewClient
from storage.database import Database
from storage.errors import DataRefused
from storage.items import Items, NewItem
from storage.portal import Portal
from tests.support.databases import connected, query
from tests.support.polling import eventually

KIND, OTHER_KIND = "document_viewed", "document_created"
TYPES = ("deal", "lead", "quote", "invoice", "procurement", "repair")
STAGES = (
    Stage(code="open"),
    Stage(code="late"),
    Stage(code="won", semantics=Semantics.WON),
    Stage(code="lost", semantics=Semantics.LOST),
)

BOTH = "02 1111111"
"""The number of contact:1 and contact:3."""
OFFICE = "02 2222222"
"""The number of contact:1 and of its company:1."""
RECEPTION = "02 3333333"
"""The number of contact:3 and of company:1, which have nothing to do with each other."""

WAITING = """
select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""

CONTACT_1, COMPANY_1 = {"client": "contact:1"}, {"client": "company:1"}


class Placed(NamedTuple):
    """An item, last modified on a day of March, and whom it is linked to."""

    item: str
    clients: str
    day: int = 1
    stage: str = "open"
    pipeline: str = "main"


@pytest.fixture
async def world(database: Database) -> Database:
    """contact:1 works for company:1 and company:2, contact:2 for company:1, contact:3 for nobody.

    Each type has one pipeline `main`. Besides, `procurement` has `unwatched`, and both types of smart process
    have an enabled trigger of the kind in `main`, while in `unwatched` there are a draft and a
    disabled one, and an enabled one of another kind.
    """
    portal = Portal(database)
    for code in TYPES:
        await portal.define_item_type(ItemType(code=code))
        await portal.define_pipeline(Pipeline(item_type=code, code="main", stages=STAGES))
    await portal.define_pipeline(Pipeline(item_type="procurement", code="unwatched", stages=STAGES))
    for code in ("procurement", "repair"):
        await publish(database, code, "main", enabled(KIND))
    await publish(
        database,
        "procurement",
        "unwatched",
        Trigger(id="draft", kind=KIND, stage="late"),
        Trigger(id="off", kind=KIND, stage="late", state=TriggerState.DISABLED),
        enabled(OTHER_KIND),
    )
    clients = Clients(database, "IT")
    one_and_two = ("company:1", "company:2")
    for new in (
        NewClient(kind=ClientKind.COMPANY, phones=[OFFICE, RECEPTION]),
        NewClient(kind=ClientKind.COMPANY),
        NewClient(kind=ClientKind.CONTACT, phones=[BOTH, OFFICE], emails=["a@b.it"], companies=one_and_two),
        NewClient(kind=ClientKind.CONTACT, companies=["company:1"]),
        NewClient(kind=ClientKind.CONTACT, phones=[BOTH, RECEPTION]),
    ):
        await clients.define(new)
    return database


def enabled(kind: str) -> Trigger:
    return Trigger(id="on", kind=kind, stage="late", state=TriggerState.ENABLED)


async def publish(database: Database, item_type: str, pipeline: str, *triggers: Trigger) -> None:
    automations = Automations(database)
    current = await automations.current(item_type, pipeline)
    assert current is not None
    await automations.publish(current.model_copy(update={"triggers": triggers}), current.revision, None)


async def place(database: Database, *placed: Placed) -> None:
    """Create the items, in an order that is not that of their numbers."""
    await Items(database).create_many(
        [
            NewItem(
                item_type=(ref := ItemRef.parse(one.item)).item_type,
                item_id=ref.item_id,
                pipeline=one.pipeline,
                stage=one.stage,
                created_at=datetime(2026, 3, one.day, tzinfo=UTC),
                clients=[ClientRef.parse(client) for client in one.clients.split()],
            )
            for one in reversed(placed)
        ]
    )


async def route(database: Database, address: dict[str, str], event_id: str = "e-1") -> RoutedEvent:
    [(kind, value)] = address.items()
    router = ClientEventRouter(database, "IT")
    return await router.route(event_id, KIND, Address(AddressKind(kind), value), {"event_id": event_id})


def names(refs: Sequence[ItemRef | ClientRef]) -> list[str]:
    return [str(ref) for ref in refs]


@pytest.mark.parametrize(
    ("address", "placed", "items"),
    [
        pytest.param(CONTACT_1, [], [], id="no item at all"),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", day=1),
                Placed("deal:2", "contact:1", day=3),
                Placed("deal:3", "contact:1", day=2),
            ],
            ["deal:2"],
            id="of deals the one modified last",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:9", "contact:1"),
                Placed("deal:10", "contact:1"),
                Placed("deal:8", "contact:1"),
            ],
            ["deal:10"],
            id="of deals modified at once the highest number",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("deal:1", "contact:1", day=1), Placed("lead:1", "contact:1", day=2)],
            ["deal:1"],
            id="a deal before a lead modified later",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", stage="won"),
                Placed("lead:1", "contact:1", day=2),
                Placed("lead:2", "contact:1", day=3),
                Placed("lead:3", "contact:1", day=3, stage="lost"),
            ],
            ["lead:2"],
            id="without a deal in progress the lead modified last",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", day=1),
                Placed("deal:2", "contact:1", day=2, stage="won"),
                Placed("deal:3", "contact:1", day=3, stage="lost"),
            ],
            ["deal:1"],
            id="closed deals get nothing",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("quote:1", "contact:1"),
                Placed("invoice:1", "contact:1"),
            ],
            [],
            id="quotes and invoices get nothing",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:2"),
                Placed("lead:1", "contact:3"),
                Placed("procurement:1", "contact:2 contact:3"),
                Placed("deal:2", ""),
            ],
            [],
            id="items of other clients get nothing",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("procurement:1", "contact:1", day=1),
                Placed("procurement:2", "contact:1", day=2),
                Placed("repair:1", "contact:1", stage="late"),
                Placed("procurement:3", "contact:1", stage="won"),
                Placed("deal:1", "contact:1"),
            ],
            ["deal:1", "procurement:1", "procurement:2", "repair:1"],
            id="every smart process in progress, besides the deal",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("procurement:1", "contact:1", pipeline="unwatched"),
                Placed("procurement:2", "contact:1", pipeline="main"),
            ],
            ["procurement:2"],
            id="drafts, disabled triggers and other kinds don't count",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("deal:1", "contact:1", day=1), Placed("deal:2", "company:1", day=2)],
            ["deal:1"],
            id="the contact's deal before its company's",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("lead:1", "contact:1"), Placed("deal:1", "company:1")],
            ["deal:1"],
            id="per item type: the company's deal before the contact's lead",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("deal:1", "contact:1", stage="won"),
                Placed("deal:2", "company:1", day=1),
                Placed("deal:3", "company:2", day=2),
            ],
            ["deal:3"],
            id="of all its companies' deals the one modified last",
        ),
        pytest.param(
            CONTACT_1,
            [
                Placed("procurement:1", "contact:1", pipeline="unwatched"),
                Placed("procurement:2", "company:1"),
                Placed("repair:1", "company:1"),
                Placed("repair:2", "company:2"),
            ],
            ["repair:1", "repair:2"],
            id="the contact wins per item type before triggers are looked at",
        ),
        pytest.param(
            CONTACT_1,
            [Placed("deal:1", "contact:1 company:1", day=1), Placed("deal:2", "contact:2 company:1", day=2)],
            ["deal:1"],
            id="linked to the contact and the company is linked to the contact",
        ),
        pytest.param(
            COMPANY_1,
            [
                Placed("deal:1", "contact:1", day=3),
                Placed("deal:2", "company:1", day=1),
                Placed("deal:3", "contact:2 company:1", day=2),
            ],
            ["deal:3"],
            id="a company's own items, not its people's",
        ),
        pytest.param({"client": "contact:9"}, [Placed("deal:1", "contact:1")], [], id="no such client"),
        pytest.param({"phone": "02 9999999"}, [Placed("deal:1", "contact:1")], [], id="nobody's number"),
        pytest.param({"email": "A@B.IT"}, [Placed("deal:1", "contact:1")], ["deal:1"], id="by email address"),
        pytest.param(
            {"phone": "+39 02 1111111"},
            [Placed("deal:1", "contact:1"), Placed("deal:3", "contact:3"), Placed("lead:3", "contact:3")],
            ["deal:1", "deal:3"],
            id="each item of two people with one number",
        ),
        pytest.param(
            {"phone": BOTH},
            [
                Placed("deal:1", "contact:1 contact:3", day=2),
                Placed("deal:3", "contact:3", day=1),
                Placed("procurement:1", "contact:1 contact:3"),
            ],
            ["deal:1", "procurement:1"],
            id="an item that two people with one number share once",
        ),
        pytest.param(
            {"phone": BOTH},
            [Placed("deal:1", "contact:1"), Placed("lead:3", "contact:3")],
            ["deal:1", "lead:3"],
            id="one's deal does not stand in the way of the other's lead",
        ),
        pytest.param(
            {"phone": OFFICE},
            [
                Placed("deal:1", "contact:1", day=1),
                Placed("deal:2", "company:1", day=2),
                Placed("repair:1", "company:1"),
            ],
            ["deal:1", "repair:1"],
            id="the contact wins over its company also where both have the number",
        ),
        pytest.param(
            {"phone": RECEPTION},
            [Placed("deal:1", "contact:3", day=1), Placed("deal:2", "company:1", day=2)],
            ["deal:1", "deal:2"],
            id="a contact and a company that is not its own",
        ),
    ],
)
async def test_a_client_event_goes_to(
    world: Database, address: dict[str, str], placed: list[Placed], items: list[str]
) -> None:
    await place(world, *placed)

    routed = await route(world, address)

    assert names(routed.items) == items
    assert not routed.duplicate


async def test_an_item_on_a_deleted_stage_is_not_in_progress(world: Database) -> None:
    await place(
        world, Placed("deal:1", "contact:1", stage="late", day=2), Placed("deal:2", "contact:1", day=1)
    )
    without_late = tuple(stage for stage in STAGES if stage.code != "late")

    await Portal(world).define_pipeline(Pipeline(item_type="deal", code="main", stages=without_late))

    assert names((await route(world, CONTACT_1)).items) == ["deal:2"]


async def test_the_triggers_that_count_are_those_of_the_current_revision(world: Database) -> None:
    await place(world, Placed("procurement:1", "contact:1"))

    assert names((await route(world, CONTACT_1, "e-1")).items) == ["procurement:1"]
    await publish(world, "procurement", "main", enabled(OTHER_KIND))
    assert names((await route(world, CONTACT_1, "e-2")).items) == []
    await publish(world, "procurement", "main", enabled(KIND))
    assert names((await route(world, CONTACT_1, "e-3")).items) == ["procurement:1"]


async def test_a_trigger_whose_stage_was_deleted_counts_no_more(world: Database) -> None:
    await place(world, Placed("repair:1", "contact:1"))
    without_late = tuple(stage for stage in STAGES if stage.code != "late")

    await Portal(world).define_pipeline(Pipeline(item_type="repair", code="main", stages=without_late))

    assert names((await route(world, CONTACT_1)).items) == []


async def test_where_it_went_is_recorded_and_the_same_id_goes_nowhere_new(
    world: Database, database_url: str
) -> None:
    await place(world, Placed("deal:1", "contact:1", day=1))
    first = await route(world, {"phone": "0039 02 1111111"}, "pbx-1")
    await place(world, Placed("deal:2", "contact:1", day=2))

    again = await ClientEventRouter(world, "IT").route(
        "pbx-1", OTHER_KIND, Address(AddressKind.CLIENT, "contact:3"), {"event_id": "pbx-1", "other": True}
    )

    assert (names(first.clients), names(first.items), first.duplicate) == (
        ["contact:1", "contact:3"],
        ["deal:1"],
        False,
    )
    assert (names(again.clients), names(again.items), again.duplicate) == (
        ["contact:1", "contact:3"],
        ["deal:1"],
        True,
    )
    assert again.message == {"event_id": "pbx-1"}
    recorded = "select event_id, kind, address ->> 'phone', clients, items from client_events"
    assert await query(database_url, recorded) == [
        ("pbx-1", KIND, "+39021111111", ["contact:1", "contact:3"], ["deal:1"])
    ]


async def test_that_nobody_was_found_is_recorded_too(world: Database, database_url: str) -> None:
    await place(world, Placed("deal:1", ""))

    assert await route(world, {"phone": "02 9999999"}) == RoutedEvent(
        items=(), clients=(), message={"event_id": "e-1"}, duplicate=False
    )
    await Clients(world, "IT").define(NewClient(kind=ClientKind.CONTACT, number=1, phones=["02 9999999"]))
    await place(world, Placed("deal:2", "contact:1"))
    assert await route(world, {"phone": "02 9999999"}) == RoutedEvent(
        items=(), clients=(), message={"event_id": "e-1"}, duplicate=True
    )
    assert await query(database_url, "select clients, items from client_events") == [([], [])]


async def test_an_address_that_can_be_nobodys_is_refused_and_nothing_is_recorded(
    world: Database, database_url: str
) -> None:
    with pytest.raises(Refused, match="phone: 'anonymous' is no phone number"):
        await route(world, {"phone": "anonymous"})

    assert await query(database_url, "select count(*) from client_events") == [(0,)]


async def test_a_message_that_cannot_be_kept_is_refused(world: Database) -> None:
    with pytest.raises(DataRefused):
        await ClientEventRouter(world).route(
            "e-1", KIND, Address(AddressKind.CLIENT, "contact:1"), {"data": "NUL \0"}
        )


async def test_of_two_with_the_same_id_the_later_answers_with_what_the_first_found(
    world: Database, database_url: str
) -> None:
    await place(world, Placed("deal:1", "contact:1"))
    async with connected(database_url) as slow, slow.transaction():
        await slow.execute(
            "insert into client_events (event_id, kind, address, clients, items, message) "
            "values ('e-1', 'document_viewed', '{}', '{contact:1}', '{deal:7}', '{}')"
        )
        rival = asyncio.create_task(route(world, CONTACT_1))
        await eventually(lambda: query(database_url, WAITING), [(1,)].__eq__)
        assert not rival.done()

    routed = await rival

    assert (names(routed.items), routed.duplicate) == (["deal:7"], True)


async def test_of_many_with_the_same_id_one_is_the_first(world: Database) -> None:
    await place(world, Placed("deal:1", "contact:1"))

    routed = await asyncio.gather(*(route(world, CONTACT_1) for _ in range(8)))

    assert sorted(one.duplicate for one in routed) == [False] + [True] * 7
    assert {tuple(names(one.items)) for one in routed} == {("deal:1",)}
